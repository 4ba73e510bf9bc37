/*
 * What an operation does that its statement does all alone: a reading, a list,
 * or a change with its history, its answer and its idempotency key, as one unit.
 * A handler that only prepares values ends with `return operation_run(exchange)`.
 */
#ifndef SCIDAY_OPERATION_OPERATION_H
#define SCIDAY_OPERATION_OPERATION_H

#include "db/db.h"
#include "http/exchange.h"
#include "http/reply.h"

struct problem;

/* Runs the operation's statement for this exchange and shapes the reply. */
struct reply operation_run(struct exchange *exchange);

/* The answer that is kept for the exchange's idempotency key, after a unit that ended with PROBLEM_idempotency_replay. */
struct reply operation_replay(struct exchange *exchange);

#endif
