/*
 * A unit: statements that are one transaction and one round trip, with the rights of whoever asks. Whatever an operation
 * reads or writes goes through here and through nothing else. (What nobody asks for, or what finds out who asks, runs by
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
	/* Writes nothing, so that it may share its transaction with other reads. The caller is who the verified-token cache says. */
	UNIT_READ,
	/* The session and its memberships are read afresh, by the unit itself: no right that has gone is acted by. */
	UNIT_CHANGE,
	/* Writes what no membership decides, as signing in, or what a change of the same request has decided, as a piece of an upload. */
	UNIT_WRITE,
};

/*
 * Runs the steps; ret_rows[i] has the rows of step i, in the arena, which need not be the exchange's: what runs as often as a
 * long answer has pieces brings one for each. NULL, or the problem; then nothing was done, and ret_rows is untouched.
 */
struct problem *unit_run(const struct exchange *exchange, enum unit_kind kind, struct arena *arena, const struct db_step *steps,
                         size_t step_count, struct db_rows *ret_rows) __attribute__((warn_unused_result));

#endif
