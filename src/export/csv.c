#include "export/csv.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"
#include "export/cell.h"

void csv_append_cell(struct buffer *out, const char *text)
{
	if (!text)
		return;
	bool is_defused = text_is_formula(text);
	size_t length = strlen(text);
	bool is_quoted = strpbrk(text, ",\"\r\n") || (length > 0 && strchr(" \t", text[0])) ||
	                 (length > 0 && strchr(" \t", text[length - 1]));
	if (is_quoted)
		buffer_append(out, "\"", 1);
	if (is_defused)
		buffer_append(out, "'", 1);
	for (; *text; text++)
		buffer_append(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
	if (is_quoted)
		buffer_append(out, "\"", 1);
}

void csv_append_headings(struct buffer *out, const struct wording *wording, const struct column *columns, size_t count)
{
	size_t written = 0;
	for (size_t i = 0; i < count; i++) {
		if (!wording_has(wording, &columns[i]))
			continue;
		buffer_append(out, ",", written++ > 0);
		csv_append_cell(out, wording_heading(wording, &columns[i]));
	}
	buffer_append_string(out, "\r\n");
}

void csv_append_row(struct buffer *out, struct wording *wording, const struct column *columns, size_t count,
                    const struct json_t *row)
{
	size_t written = 0;
	for (size_t i = 0; i < count; i++) {
		if (!wording_has(wording, &columns[i]))
			continue;
		buffer_append(out, ",", written++ > 0);
		struct cell cell = cell_read(out->arena, wording, &columns[i], row);
		if (cell.kind == CELL_NUMBER || cell.kind == CELL_RATE)
			buffer_append_string(out, cell.text); /* a minus is no formula here */
		else
			csv_append_cell(out, cell.text);
	}
	buffer_append_string(out, "\r\n");
}
