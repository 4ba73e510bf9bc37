/*
 * What one statement finds for the caller, read with the exchange's values.
 */
#ifndef SCIDAY_OPERATION_READING_H
#define SCIDAY_OPERATION_READING_H

#include <jansson.h>
#include <stdbool.h>

#include "db/db.h"
#include "http/exchange.h"

struct problem;

/* The statement's rows, of which there may be none. NULL, or the problem. */
struct problem *reading_rows(struct exchange *exchange, const struct statement *statement, struct db_rows *ret_rows)
	__attribute__((warn_unused_result));

/* At least one row: what is not there, or not there for the caller, is a problem. */
struct problem *reading_found(struct exchange *exchange, const struct statement *statement, struct db_rows *ret_rows)
	__attribute__((warn_unused_result));

/* The body that the operation's own statement answers with, in the arena; and the same parsed, which the arena lets go. */
struct problem *reading_body(struct exchange *exchange, const char **ret_body) __attribute__((warn_unused_result));
struct problem *reading_json(struct exchange *exchange, json_t **ret_json) __attribute__((warn_unused_result));

/* Whether what the operation is under exists for the caller: an empty list alone does not say. */
struct problem *reading_parent(struct exchange *exchange, bool *ret_exists) __attribute__((warn_unused_result));

#endif
