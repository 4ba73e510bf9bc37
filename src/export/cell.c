#include "export/cell.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"

#define REAL_DIGITS 15 /* what a double always gives back as it was written */

/* What the path leads to, or NULL. */
static const json_t *find(struct arena *arena, const json_t *value, const char *path)
{
	while (value && *path) {
		size_t length = strcspn(path, ".");
		const char *step = arena_strndup(arena, path, length);
		value = json_is_array(value) ? json_array_get(value, strtoul(step, NULL, 10)) : json_object_get(value, step);
		path += length + (path[length] == '.');
	}
	return value;
}

static const char *dump(struct arena *arena, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(REAL_DIGITS));
	const char *kept = arena_strdup(arena, text);
	free(text);
	return kept;
}

static struct cell text_cell(const char *text)
{
	return (struct cell){.kind = text && *text ? CELL_TEXT : CELL_EMPTY, .text = text};
}

static struct cell boolean_cell(const struct wording *wording, bool value)
{
	if (wording->is_for_programs)
		return (struct cell){.kind = CELL_BOOLEAN, .text = value ? "true" : "false", .number = value};
	if (wording->locale == LOCALE_EN)
		return text_cell(value ? "Yes" : "No");
	return text_cell(value ? "是" : "否");
}

static struct cell date_cell(const char *text)
{
	struct cell cell = {.kind = CELL_DATE, .text = text};
	const char *end = strptime(text, "%Y-%m-%d", &cell.local);
	return end && !*end ? cell : text_cell(text);
}

/* For people the local time to the minute; what cannot be placed stays as it was. */
static struct cell instant_cell(struct arena *arena, struct wording *wording, const char *text, const char *zone)
{
	struct tm utc = {0};
	struct cell cell = {.kind = CELL_INSTANT};
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
	if (wording->is_for_programs || !end || !strchr(".Z", *end) || !wording_local(wording, zone, timegm(&utc), &cell.local))
		return text_cell(text);
	char *local = arena_alloc(arena, sizeof "2021-05-12 16:00" + 8);
	strftime(local, sizeof "2021-05-12 16:00" + 8, "%Y-%m-%d %H:%M", &cell.local);
	cell.text = local;
	return cell;
}

/* A number, or its label where it is a code, as the ordinal of a phase is. */
static struct cell number_cell(struct arena *arena, const struct wording *wording, const struct column *column,
                               const json_t *value)
{
	const char *text = dump(arena, value);
	const char *label = wording_label(wording, column->vocabulary, text);
	if (label != text)
		return text_cell(label);
	return (struct cell){
		.kind = column->type == COLUMN_RATE ? CELL_RATE : CELL_NUMBER,
		.text = text,
		.number = json_number_value(value),
	};
}

static struct cell value_cell(struct arena *arena, struct wording *wording, const struct column *column, const json_t *value,
                              const char *zone);

/* The items, each what its parts say with a space between. */
static struct cell list_cell(struct arena *arena, struct wording *wording, const struct column *column, const json_t *items,
                             const char *zone)
{
	struct buffer text = buffer_create(arena);
	size_t at;
	json_t *item;
	json_array_foreach(items, at, item)
	{
		if (at > 0)
			buffer_append_string(&text, CELL_JOINT);
		size_t begin = text.length;
		for (size_t i = 0; i < column->part_count; i++) {
			const struct column *part = &column->parts[i];
			struct cell cell = value_cell(arena, wording, part, find(arena, item, part->path), zone);
			if (cell.kind == CELL_EMPTY)
				continue;
			if (text.length > begin)
				buffer_append(&text, " ", 1);
			buffer_append_string(&text, cell.text);
		}
	}
	return text_cell(text.data);
}

static struct cell value_cell(struct arena *arena, struct wording *wording, const struct column *column, const json_t *value,
                              const char *zone)
{
	if (!value || json_is_null(value))
		return (struct cell){.kind = CELL_EMPTY};
	if (json_is_array(value) && column->type == COLUMN_LIST)
		return list_cell(arena, wording, column, value, zone);
	if (json_is_boolean(value))
		return boolean_cell(wording, json_is_true(value));
	if (json_is_number(value))
		return number_cell(arena, wording, column, value);
	if (!json_is_string(value))
		return text_cell(dump(arena, value));
	const char *text = json_string_value(value);
	if (column->type == COLUMN_DATE)
		return date_cell(text);
	if (column->type == COLUMN_INSTANT)
		return instant_cell(arena, wording, text, zone);
	return text_cell(wording_label(wording, column->vocabulary, text));
}

struct cell cell_read(struct arena *arena, struct wording *wording, const struct column *column, const json_t *row)
{
	const char *zone = json_string_value(json_object_get(row, "time_zone"));
	return value_cell(arena, wording, column, find(arena, row, column->path), zone);
}
