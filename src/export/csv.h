/*
 * CSV on its way out (RFC 4180, in UTF-8): lines that end in CR LF, quotes only where they are needed, and nothing that
 * a spreadsheet would take for a formula. Reading it is import/csv_table.h's.
 */
#ifndef SCIDAY_EXPORT_CSV_H
#define SCIDAY_EXPORT_CSV_H

#include "export/column.h"
#include "export/wording.h"

struct buffer;
struct json_t;

#define CSV_MARK "\xEF\xBB\xBF" /* the byte order mark, by which Excel knows UTF-8 */
#define CSV_MEDIA_TYPE "text/csv; charset=utf-8; header=present"

/*
 * One cell. What spreadsheets would take for a formula (text_is_formula) goes out with an apostrophe before it, which
 * csv_cell_text takes off again, so that every text comes back as it was. NULL is nothing.
 */
void csv_append_cell(struct buffer *out, const char *text);

/* The line of headings. */
void csv_append_headings(struct buffer *out, const struct wording *wording, const struct column *columns, size_t count);

/* A row's line; memory for it is the buffer's arena's. */
void csv_append_row(struct buffer *out, struct wording *wording, const struct column *columns, size_t count,
                    const struct json_t *row);

#endif
