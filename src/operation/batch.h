/*
 * A batch: the items of a body that is JSON, or of a CSV whose header names their fields. A CSV's rows are read as
 * spreadsheets write them and checked by the rules of an item, as the JSON has been before; what is wrong is told with
 * its line and column.
 */
#ifndef SCIDAY_OPERATION_BATCH_H
#define SCIDAY_OPERATION_BATCH_H

#include <jansson.h>
#include <stdbool.h>

#include "http/exchange.h"
#include "import/csv_table.h"

struct problem;
struct schema;

struct batch {
	struct exchange *exchange;
	const struct schema *item; /* the rules of one */
	json_t *items;             /* the exchange's */
	bool is_csv;
	struct csv_table table; /* where each item came from: the first row is the header */
};

/* NULL, or what is wrong with the CSV; ret_batch is good for batch_add_places either way. */
struct problem *batch_read(struct exchange *exchange, struct batch *ret_batch) __attribute__((warn_unused_result));

/* Findings get the line and the column of their item, "/items/3/name", for whoever looks at the file and not at JSON. */
void batch_add_places(const struct batch *batch, struct problem *problem);

#endif
