/*
 * One cell of a table: what a column finds in a row, put in the table's words. What CSV writes as text and XLSX as a
 * real number or date is decided here, once.
 */
#ifndef SCIDAY_EXPORT_CELL_H
#define SCIDAY_EXPORT_CELL_H

#include <time.h>

#include "export/column.h"
#include "export/wording.h"

struct arena;
struct json_t;

#define CELL_JOINT "；" /* between the items of a list */

enum cell_kind { CELL_EMPTY, CELL_TEXT, CELL_NUMBER, CELL_RATE, CELL_BOOLEAN, CELL_DATE, CELL_INSTANT };

struct cell {
	enum cell_kind kind;
	const char *text; /* as CSV has it; the arena's, the row's or static; NULL if empty */
	double number;    /* of a number and a rate; a boolean's is 0 or 1 */
	struct tm local;  /* of a date and an instant */
};

/*
 * The cell of this column in a row, a JSON object. Null and what is not there are empty, and so is what the row
 * redacts, for it is null. A value of another type than the column's is its text. The row's own `time_zone` is that
 * of its instants.
 */
struct cell cell_read(struct arena *arena, struct wording *wording, const struct column *column, const struct json_t *row);

#endif
