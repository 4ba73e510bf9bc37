#include "base/zone.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

#define ZONES "/usr/share/zoneinfo/"
#define FILE_MAXIMUM (64 * 1024)
#define HEADER_SIZE 44

struct zone {
	size_t count;               /* of transitions */
	const unsigned char *times; /* 8 bytes each, in order */
	const unsigned char *kinds; /* of the time after each: an index into types */
	const unsigned char *types; /* 6 bytes each: the offset in seconds, and what does not matter here */
	size_t type_count;
};

static int64_t read_number(const unsigned char *bytes, size_t size)
{
	uint64_t number = bytes[0] & 0x80 ? UINT64_MAX : 0;
	for (size_t i = 0; i < size; i++)
		number = number << 8 | bytes[i];
	return (int64_t)number;
}

/* What a header says of its data block (section 3.1). */
struct block {
	size_t transitions, types, size;
};

static bool read_header(const unsigned char *header, size_t time_size, struct block *ret_block)
{
	if (memcmp(header, "TZif", 4) != 0)
		return false;
	size_t counts[6]; /* isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt */
	for (size_t i = 0; i < 6; i++)
		counts[i] = (size_t)(uint32_t)read_number(header + 20 + 4 * i, 4);
	for (size_t i = 0; i < 6; i++)
		if (counts[i] > FILE_MAXIMUM)
			return false;
	*ret_block = (struct block){
		.transitions = counts[3],
		.types = counts[4],
		.size = counts[3] * (time_size + 1) + counts[4] * 6 + counts[5] + counts[2] * (time_size + 4) + counts[1] +
	                counts[0],
	};
	return true;
}

/* The second block, whose times have eight bytes; a file of version 1 has none, and is not taken. */
static const struct zone *parse(struct arena *arena, const unsigned char *file, size_t length)
{
	struct block first, second;
	if (length < HEADER_SIZE || file[4] < '2' || !read_header(file, 4, &first))
		return NULL;
	size_t at = HEADER_SIZE + first.size;
	if (length < at + HEADER_SIZE || !read_header(file + at, 8, &second))
		return NULL;
	at += HEADER_SIZE;
	if (length < at + second.size || second.types == 0)
		return NULL;
	struct zone *zone = arena_alloc(arena, sizeof *zone);
	zone->count = second.transitions;
	zone->times = file + at;
	zone->kinds = zone->times + 8 * zone->count;
	zone->types = zone->kinds + zone->count;
	zone->type_count = second.types;
	return zone;
}

const struct zone *zone_read(struct arena *arena, const char *name)
{
	if (*name == '/' || strstr(name, ".."))
		return NULL;
	FILE *stream = fopen(arena_printf(arena, ZONES "%s", name), "rbe");
	if (!stream)
		return NULL;
	unsigned char *file = arena_alloc(arena, FILE_MAXIMUM);
	size_t length = fread(file, 1, FILE_MAXIMUM, stream);
	fclose(stream);
	return parse(arena, file, length);
}

struct tm zone_local(const struct zone *zone, time_t instant)
{
	size_t low = 0, high = zone->count; /* transitions before `low` have been, those from `high` on have not */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (read_number(zone->times + 8 * middle, 8) <= instant)
			low = middle + 1;
		else
			high = middle;
	}
	size_t type = low > 0 ? zone->kinds[low - 1] : 0;
	if (type >= zone->type_count)
		type = 0;
	time_t local = instant + (time_t)read_number(zone->types + 6 * type, 4);
	struct tm parts;
	gmtime_r(&local, &parts);
	return parts;
}
