/*
 * A unit: statements that are one transaction and one round trip, with the rights of whoever asks. Whatever an operation
 * reads or writes goes through here and through nothing else. (What nobody asks for, and what finds out who asks, runs by
 * db_run alone: document/scanner.h, operation/identity.h.)
 */
#ifndef SCIDAY_OPERATION_UNIT_H
#define SCIDAY_OPERATION_UNIT_H

#include <stddef.h>

#include "db/db.h"
#include "http/exchange.h"

struct arena;
struct problem;

#define UNIT_STEPS 4 /* at most */

enum unit_kind {
	/* Writes nothing, and so may share its transaction with other reads. The caller has the scopes of the verified-token cache. */
	UNIT_READ,
	/* The session and its memberships are read afresh, in the unit's own transaction: no right that has gone is acted by. */
	UNIT_CHANGE,
	/* Writes with the cached scopes what no membership decides, as a sign-in, or what a UNIT_CHANGE before it has, as a file's bytes. */
	UNIT_WRITE,
};

/*
 * Runs the steps; ret_rows[i] has the rows of step i, in the arena, which need not be the exchange's: what runs as often as a
 * long answer has pieces brings one for each. NULL, or the problem; then nothing was done, and ret_rows is untouched.
 */
struct problem *unit_run(const struct exchange *exchange, enum unit_kind kind, struct arena *arena, const struct db_step *steps,
                         size_t step_count, struct db_rows *ret_rows) __attribute__((warn_unused_result));

#endif
