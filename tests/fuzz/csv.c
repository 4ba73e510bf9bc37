/*
 * Tables as spreadsheets save them (import/charset.h, import/csv_table.h): the input's first line is the charset, or
 * nothing, and the rest the file.
 */
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/text.h"
#include "export/csv.h"
#include "fuzz.h"
#include "import/charset.h"
#include "import/csv_table.h"

#define ROWS_MAXIMUM 200

static bool are_equal(const struct csv_table *left, const struct csv_table *right)
{
	if (left->count != right->count)
		return false;
	for (size_t i = 0; i < left->count; i++) {
		if (left->rows[i].count != right->rows[i].count)
			return false;
		for (size_t k = 0; k < left->rows[i].count; k++)
			if (strcmp(left->rows[i].cells[k], csv_cell_text(right->rows[i].cells[k])) != 0)
				return false;
	}
	return true;
}

static void check_rows(const struct csv_table *table, size_t lines)
{
	HOLDS(table->count <= ROWS_MAXIMUM);
	for (size_t i = 0; i < table->count; i++) {
		const struct csv_row *row = &table->rows[i];
		HOLDS(row->line >= 1 && row->line <= lines && (i == 0 || row->line > table->rows[i - 1].line));
		HOLDS(row->count >= 1 && row->count <= CSV_COLUMNS_MAXIMUM);
		bool has_text = false;
		for (size_t k = 0; k < row->count; k++) {
			HOLDS(text_is_utf8(row->cells[k], strlen(row->cells[k])));
			has_text = has_text || *row->cells[k];
		}
		HOLDS(has_text);
	}
}

/* What was read, written as we write CSV, is read as the same: a table can be taken out, and in again. */
static void check_written(struct arena *arena, const struct csv_table *table)
{
	struct buffer out = buffer_create(arena);
	for (size_t i = 0; i < table->count; i++) {
		for (size_t k = 0; k < table->rows[i].count; k++) {
			buffer_append(&out, ",", k > 0);
			csv_append_cell(&out, table->rows[i].cells[k]);
		}
		buffer_append_string(&out, "\r\n");
	}
	struct csv_table again;
	struct csv_place place;
	HOLDS(csv_table_read(arena, out.data, out.length, ROWS_MAXIMUM, &again, &place) == CSV_READ);
	HOLDS(are_equal(table, &again));
}

/* With all the room that there might be need of, whatever may be known of the charset. */
static bool is_gb18030(struct arena *arena, const uint8_t *bytes, size_t size)
{
	iconv_t converter = iconv_open("UTF-8", "GB18030");
	char *in = (char *)arena_strndup(arena, (const char *)bytes, size), *text = arena_alloc(arena, 4 * size + 1), *out = text;
	size_t left = size, room = 4 * size;
	bool is_whole = iconv(converter, &in, &left, &out, &room) != (size_t)-1 && left == 0;
	iconv_close(converter);
	return is_whole && !memchr(text, '\0', (size_t)(out - text));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *name = fuzz_line(arena, &bytes, &size), *text;
	size_t length, line = 0, lines = 1;
	enum charset_status status = charset_decode(arena, *name ? name : NULL, (const char *)bytes, size, &text, &length, &line);
	if (status != CHARSET_OK) {
		HOLDS(status == CHARSET_UNKNOWN ? *name : line >= 1);
		bool is_utf8 = *name ? strncasecmp(name, "u", 1) == 0 : size >= 3 && memcmp(bytes, CSV_MARK, 3) == 0;
		HOLDS(status == CHARSET_UNKNOWN || is_utf8 || !is_gb18030(arena, bytes, size));
		return 0;
	}
	HOLDS(strlen(text) == length && text_is_utf8(text, length));
	for (size_t i = 0; i < length; i++)
		lines += text[i] == '\n' || text[i] == '\r';
	struct csv_table table;
	struct csv_place place = {0};
	enum csv_status read = csv_table_read(arena, text, length, ROWS_MAXIMUM, &table, &place);
	HOLDS(read == CSV_READ || (place.line >= 1 && place.line <= lines));
	check_rows(&table, lines);
	if (read == CSV_READ)
		check_written(arena, &table);
	return 0;
}
