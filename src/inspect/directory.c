#include "inspect/directory.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAXIMUM 2000
#define LOCAL_SIZE 30   /* bytes of an entry's local header, besides its name and extra fields */
#define CENTRAL_SIZE 46 /* and of its central one */
#define END_SIZE 22     /* of the record that ends the directory, besides its comment */
#define COMMENT_MAXIMUM 65535
#define LOCATOR_SIZE 20 /* of the one before it, which says where the record of 64 bits is */
#define END64_SIZE 56
#define MARK16 0xFFFFu /* "see the record of 64 bits" */
#define MARK32 0xFFFFFFFFu
#define EXTRA64 1 /* the extra field with an entry's sizes of 64 bits */

struct directory {
	const unsigned char *bytes;
	uint64_t length;             /* of the file */
	uint64_t count, size, start; /* entries; bytes, and where they begin */
};

/* What an entry takes of the file: from its local header to the end of its bytes. */
struct extent {
	uint64_t start, end;
};

static uint64_t little_endian(const unsigned char *bytes, size_t length)
{
	uint64_t value = 0;
	while (length-- > 0)
		value = value << 8 | bytes[length];
	return value;
}

static bool has_signature(const unsigned char *bytes, const char *signature)
{
	return memcmp(bytes, signature, 4) == 0;
}

/* The last one whose comment fits. */
static bool find_end(const struct directory *directory, uint64_t *ret_at)
{
	if (directory->length < END_SIZE)
		return false;
	for (uint64_t comment = 0; comment <= COMMENT_MAXIMUM && comment <= directory->length - END_SIZE; comment++) {
		uint64_t at = directory->length - END_SIZE - comment;
		const unsigned char *end = directory->bytes + at;
		if (!has_signature(end, "PK\5\6") || little_endian(end + 20, 2) > comment)
			continue;
		*ret_at = at;
		return true;
	}
	return false;
}

/* Where one of 32 bits has marks in place of figures. */
static bool read_end64(struct directory *directory, uint64_t end)
{
	if (end < LOCATOR_SIZE || !has_signature(directory->bytes + end - LOCATOR_SIZE, "PK\6\7"))
		return false;
	uint64_t at = little_endian(directory->bytes + end - LOCATOR_SIZE + 8, 8);
	if (at > end || end - at < END64_SIZE || !has_signature(directory->bytes + at, "PK\6\6"))
		return false;
	directory->count = little_endian(directory->bytes + at + 32, 8);
	directory->size = little_endian(directory->bytes + at + 40, 8);
	directory->start = little_endian(directory->bytes + at + 48, 8);
	return true;
}

static bool read_end(struct directory *directory)
{
	uint64_t at;
	if (!find_end(directory, &at))
		return false;
	const unsigned char *end = directory->bytes + at;
	directory->count = little_endian(end + 10, 2);
	directory->size = little_endian(end + 12, 4);
	directory->start = little_endian(end + 16, 4);
	if ((directory->count == MARK16 || directory->size == MARK32 || directory->start == MARK32) && !read_end64(directory, at))
		return false;
	return directory->start <= at && directory->size <= at - directory->start;
}

/* Those of the figures that are marks are in the extra field, in this order: unpacked, packed, where. */
static void read_extra64(const unsigned char *extra, size_t length, uint64_t *figures[], size_t count)
{
	while (length >= 4) {
		size_t size = (size_t)little_endian(extra + 2, 2);
		if (size > length - 4)
			return;
		const unsigned char *at = extra + 4, *end = at + size;
		for (size_t i = 0; little_endian(extra, 2) == EXTRA64 && i < count; i++)
			if (*figures[i] == MARK32 && end - at >= 8) {
				*figures[i] = little_endian(at, 8);
				at += 8;
			}
		extra = end;
		length -= 4 + size;
	}
}

/*
 * Whether an entry's header in front of its bytes says what the directory does (section 4.3.7): a reader that goes from
 * one entry to the next takes that for the truth, and would find another document. Sizes may stand behind the bytes.
 */
static bool is_said_twice(const unsigned char *local, const unsigned char *central, size_t name)
{
	bool is_encrypted_once = (local[6] ^ central[8]) & 1, are_sizes_behind = local[6] & 8;
	uint64_t packed = little_endian(local + 18, 4);
	return has_signature(local, "PK\3\4") && !is_encrypted_once && memcmp(local + 8, central + 10, 2) == 0 &&
	       little_endian(local + 26, 2) == name && memcmp(local + LOCAL_SIZE, central + CENTRAL_SIZE, name) == 0 &&
	       (are_sizes_behind || packed == MARK32 || packed == little_endian(central + 20, 4));
}

static bool read_entry(const struct directory *directory, uint64_t *at, struct extent *ret_extent)
{
	uint64_t left = directory->start + directory->size - *at;
	const unsigned char *entry = directory->bytes + *at;
	if (left < CENTRAL_SIZE || !has_signature(entry, "PK\1\2"))
		return false;
	size_t name = (size_t)little_endian(entry + 28, 2), extra = (size_t)little_endian(entry + 30, 2);
	uint64_t whole = CENTRAL_SIZE + name + extra + little_endian(entry + 32, 2);
	if (whole > left)
		return false;
	uint64_t packed = little_endian(entry + 20, 4), unpacked = little_endian(entry + 24, 4);
	uint64_t start = little_endian(entry + 42, 4);
	read_extra64(entry + CENTRAL_SIZE + name, extra, (uint64_t *[]){&unpacked, &packed, &start}, 3);
	if (start > directory->length || packed > directory->length || packed + LOCAL_SIZE + name > directory->length - start)
		return false;
	if (!is_said_twice(directory->bytes + start, entry, name))
		return false;
	*ret_extent = (struct extent){start, start + LOCAL_SIZE + name + packed};
	*at += whole;
	return true;
}

static int compare(const void *left, const void *right)
{
	const struct extent *a = left, *b = right;
	return (a->start > b->start) - (a->start < b->start);
}

const char *directory_look(const unsigned char *bytes, size_t length, size_t *ret_count)
{
	struct directory directory = {.bytes = bytes, .length = length};
	if (!read_end(&directory))
		return "damaged_file";
	if (directory.count > ENTRIES_MAXIMUM)
		return "file_too_complex";
	struct extent extents[ENTRIES_MAXIMUM];
	uint64_t at = directory.start;
	for (size_t i = 0; i < directory.count; i++)
		if (!read_entry(&directory, &at, &extents[i]))
			return "damaged_file";
	if (at != directory.start + directory.size)
		return "damaged_file";
	qsort(extents, directory.count, sizeof *extents, compare);
	for (size_t i = 1; i < directory.count; i++)
		if (extents[i].start < extents[i - 1].end)
			return "damaged_file";
	*ret_count = (size_t)directory.count;
	return NULL;
}
