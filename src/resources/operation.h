/*
 * What an operation does that its statement does all alone: a reading, a list,
 * or a change with its history, its answer and its idempotency key, as one unit.
 * A handler that only prepares values ends with `return operation_run(exchange)`.
 */
#ifndef SCIDAY_RESOURCES_OPERATION_H
#define SCIDAY_RESOURCES_OPERATION_H

#include "db/db.h"
#include "http/exchange.h"
#include "http/reply.h"

struct problem;

#define OPERATION_STATEMENTS 4 /* that one reading may have */

/* Runs the operation's statement for this exchange and shapes the reply. */
struct reply operation_run(struct exchange *exchange);

/*
 * The rows of several statements (at most OPERATION_STATEMENTS), as the caller and under row security, in one unit, with
 * the exchange's values. NULL, or the problem.
 */
struct problem *operation_read(struct exchange *exchange, const struct statement *const *statements, size_t count,
                               struct db_rows *ret_rows) __attribute__((warn_unused_result));

/* Whether what the operation is under exists for the caller: an empty list alone does not say. */
struct problem *operation_check_parent(struct exchange *exchange, bool *ret_exists) __attribute__((warn_unused_result));

/*
 * Rows for a handler: the statement, as the caller and under row security, with the
 * exchange's values. NULL, or the problem.
 */
struct problem *operation_rows(struct exchange *exchange, const struct statement *statement, struct db_rows *ret_rows)
	__attribute__((warn_unused_result));

/* The answer that is kept for the exchange's idempotency key, after a unit that ended with PROBLEM_idempotency_replay. */
struct reply operation_replay(struct exchange *exchange);

#endif
