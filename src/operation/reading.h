/*
 * Rows for whoever answers, read as the caller and under row security, with the exchange's values.
 */
#ifndef SCIDAY_OPERATION_READING_H
#define SCIDAY_OPERATION_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "db/db.h"
#include "http/exchange.h"

struct problem;

#define READING_STATEMENTS 4 /* at most, in one unit */

/* The rows of one statement. NULL, or the problem. */
struct problem *reading_rows(struct exchange *exchange, const struct statement *statement, struct db_rows *ret_rows)
	__attribute__((warn_unused_result));

/* The rows of several statements (at most READING_STATEMENTS), in one unit. */
struct problem *reading_unit(struct exchange *exchange, const struct statement *const *statements, size_t count,
                             struct db_rows *ret_rows) __attribute__((warn_unused_result));

/* Whether what the operation is under exists for the caller: an empty list alone does not say. */
struct problem *reading_parent(struct exchange *exchange, bool *ret_exists) __attribute__((warn_unused_result));

#endif
