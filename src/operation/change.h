/*
 * A change, which is one unit: the claim of its idempotency key, the operation's statement, which touches no row unless the
 * version and the state are as they must be, and the reading that is its answer and, for that key, is kept. A row that was not
 * touched is explained afterwards, by the operation's refuse_… statement; where nothing stands against it any more, it is tried again.
 */
#ifndef SCIDAY_OPERATION_CHANGE_H
#define SCIDAY_OPERATION_CHANGE_H

#include "http/exchange.h"
#include "http/reply.h"

struct reply change_run(struct exchange *exchange);

/* The answer that is kept for the exchange's idempotency key, after a unit that ended with PROBLEM_idempotency_replay. */
struct reply change_replay(struct exchange *exchange);

#endif
