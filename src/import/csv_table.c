#include "import/csv_table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include "base/arena.h"
#include "base/text.h"

struct reading {
	struct arena *arena;
	struct csv_table table;
	size_t capacity, maximum_rows;
	const char *cells[CSV_COLUMNS_MAXIMUM];
	size_t count;
	bool has_text; /* in a cell of this row */
	bool is_open;  /* a row has begun */
	size_t row_line;
	enum csv_status status;
};

static void take_cell(void *bytes, size_t length, void *context)
{
	struct reading *reading = context;
	if (reading->count == CSV_COLUMNS_MAXIMUM) {
		reading->status = CSV_TOO_MANY_COLUMNS;
		return;
	}
	reading->has_text = reading->has_text || length > 0;
	reading->cells[reading->count++] = arena_strndup(reading->arena, bytes, length);
}

static void grow(struct reading *reading)
{
	if (reading->table.count < reading->capacity)
		return;
	reading->capacity = reading->capacity ? 2 * reading->capacity : 64;
	struct csv_row *rows = arena_array(reading->arena, reading->capacity, sizeof *rows);
	if (reading->table.count > 0)
		memcpy(rows, reading->table.rows, reading->table.count * sizeof *rows);
	reading->table.rows = rows;
}

static void take_row(int end, void *context)
{
	(void)end;
	struct reading *reading = context;
	if (reading->has_text && reading->table.count == reading->maximum_rows)
		reading->status = CSV_TOO_MANY_ROWS;
	else if (reading->has_text) {
		grow(reading);
		const char **cells = arena_array(reading->arena, reading->count, sizeof *cells);
		memcpy(cells, reading->cells, reading->count * sizeof *cells);
		reading->table.rows[reading->table.count++] =
			(struct csv_row){.line = reading->row_line, .count = reading->count, .cells = cells};
	}
	reading->count = 0;
	reading->has_text = false;
	reading->is_open = false;
}

/* To behind the line's end: LF, CR LF or CR. */
static size_t line_length(const char *text, size_t length)
{
	size_t end = 0;
	while (end < length && text[end] != '\n' && text[end] != '\r')
		end++;
	if (end + 1 < length && text[end] == '\r' && text[end + 1] == '\n')
		return end + 2;
	return end < length ? end + 1 : end;
}

/* Line by line, so that each row knows its own. */
static void read_lines(struct csv_parser *parser, struct reading *reading, const char *text, size_t length,
                       struct csv_place *ret_place)
{
	size_t line = 1;
	for (size_t at = 0; at < length && reading->status == CSV_READ; line++) {
		size_t size = line_length(text + at, length - at);
		if (!reading->is_open)
			reading->row_line = line;
		reading->is_open = reading->is_open || strspn(text + at, " \t\r\n") < size;
		*ret_place = (struct csv_place){.line = line};
		size_t read = csv_parse(parser, text + at, size, take_cell, take_row, reading);
		if (read < size) {
			if (csv_error(parser) != CSV_EPARSE)
				abort(); /* only memory can have run out */
			reading->status = CSV_STRAY_QUOTE;
			ret_place->character = text_length(arena_strndup(reading->arena, text + at, read)) + 1;
		}
		at += size;
	}
}

enum csv_status csv_table_read(struct arena *arena, const char *text, size_t length, size_t maximum_rows,
                               struct csv_table *ret_table, struct csv_place *ret_place)
{
	struct reading reading = {.arena = arena, .maximum_rows = maximum_rows};
	struct csv_parser parser;
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		abort(); /* it fails for want of a parser alone */
	read_lines(&parser, &reading, text, length, ret_place);
	if (reading.status == CSV_READ && csv_fini(&parser, take_cell, take_row, &reading) != 0) {
		reading.status = CSV_UNTERMINATED_QUOTE;
		*ret_place = (struct csv_place){.line = reading.row_line};
	}
	csv_free(&parser);
	*ret_table = reading.table;
	return reading.status;
}

const char *csv_cell_text(const char *cell)
{
	return cell[0] == '\'' && text_is_formula(cell) ? cell + 1 : cell;
}
