/*
 * A workbook (Office Open XML), written by libxlsxwriter row by row into an unlinked temporary file, in memory that
 * does not grow with the rows. Numbers, dates and instants are real ones; a text is always a text and never a formula.
 * Each sheet has a bold heading that stays in view, filters, and columns as wide as what is in them, a Chinese character
 * counting two. A table of more rows than a sheet holds goes on in a further one.
 *
 *	struct xlsx *xlsx = xlsx_create(arena, &wording);
 *	struct xlsx_sheet *sheet = xlsx_add_sheet(xlsx, "全部", columns, count);
 *	xlsx_write(sheet, row);
 *	if (!xlsx_finish(xlsx, &file)) …
 */
#ifndef SCIDAY_EXPORT_XLSX_H
#define SCIDAY_EXPORT_XLSX_H

#include <stdbool.h>
#include <stddef.h>

#include "export/column.h"
#include "export/wording.h"

struct arena;
struct json_t;
struct xlsx;
struct xlsx_sheet;

#define XLSX_ROWS 1048576       /* of a sheet, the heading among them */
#define XLSX_TEXT_MAXIMUM 32767 /* code points of a cell; what is longer is cut, and ends in … */

/* What was written, to be read with pread(2) until the arena ends, which closes it. */
struct xlsx_file {
	int descriptor;
	unsigned long long size; /* bytes */
};

/* An empty workbook, in the arena, which also lets its files go; the wording is kept. NULL: no temporary file could be made. */
struct xlsx *xlsx_create(struct arena *arena, struct wording *wording);

/*
 * A further sheet with its heading. The name is cleaned as Excel wants it: at most 31 characters, none of []:*?/\, no
 * apostrophe at its ends, and no other sheet's. The columns are kept. Several sheets may be written in turns.
 */
struct xlsx_sheet *xlsx_add_sheet(struct xlsx *xlsx, const char *name, const struct column *columns, size_t count);

/* A row, a JSON object, below those of the sheet. */
void xlsx_write(struct xlsx_sheet *sheet, const struct json_t *row);

/*
 * A chart of columns below the sheet's last row: a group for each of its first `rows` rows, named by the sheet's first
 * column, and in it a bar for each of the columns first to last (those that are shown); none where these are more than Excel's charts may have. For a sheet that is written to its end.
 */
void xlsx_add_chart(struct xlsx_sheet *sheet, const char *title, size_t rows, size_t first, size_t last);

/* Closes the workbook; nothing may be written afterwards. False: the disk is full, or a file is one too many. */
bool xlsx_finish(struct xlsx *xlsx, struct xlsx_file *ret_file) __attribute__((warn_unused_result));

#endif
