/*
 * CSV (RFC 4180) as a table of texts, each row with the line that it begins on, read by libcsv in its strict mode:
 * a quote where none may be is an error with its place, and nothing is guessed.
 */
#ifndef SCIDAY_IMPORT_CSV_TABLE_H
#define SCIDAY_IMPORT_CSV_TABLE_H

#include <stddef.h>

struct arena;

#define CSV_COLUMNS_MAXIMUM 64

struct csv_row {
	size_t line; /* of its first character; from 1 */
	size_t count;
	const char *const *cells;
};

struct csv_table {
	struct csv_row *rows; /* blank ones left out: those with nothing in any cell */
	size_t count;
};

enum csv_status {
	CSV_READ,
	CSV_STRAY_QUOTE,        /* inside a cell without quotes, or after a closing one */
	CSV_UNTERMINATED_QUOTE, /* the text ends within quotes */
	CSV_TOO_MANY_ROWS,
	CSV_TOO_MANY_COLUMNS,
};

struct csv_place {
	size_t line, character; /* from 1; of an unterminated quote the line on which its row begins, and 0 */
};

/* UTF-8 without NUL, NUL-terminated. Rows end in LF, CR LF or CR; blanks around cells without quotes are left out. */
enum csv_status csv_table_read(struct arena *arena, const char *text, size_t length, size_t maximum_rows,
                               struct csv_table *ret_table, struct csv_place *ret_place) __attribute__((warn_unused_result));

/* A cell's text, without the apostrophe that export/csv.h puts before what spreadsheets would take for a formula. A part of `cell`. */
const char *csv_cell_text(const char *cell);

#endif
