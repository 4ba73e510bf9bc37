/*
 * Units on their way through one connection: everything is sent at once, then
 * the results are read in the same order (libpq, "Pipeline Mode"). A Sync ends
 * an implicit transaction, and an error undoes and skips what stands before
 * the next Sync.
 */
#ifndef SCIDAY_DB_PIPELINE_H
#define SCIDAY_DB_PIPELINE_H

#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

#include "db/connection.h"
#include "db/db.h"

enum unit_outcome {
	UNIT_UNSENT,    /* no connection could be had: nothing was begun */
	UNIT_UNSERVED,  /* no connection came free within the bound: nothing was begun */
	UNIT_SUCCEEDED, /* committed; `results` has a result for each step */
	UNIT_REFUSED,   /* rolled back; `error` is what the server said */
	UNIT_STOPPED,   /* rolled back as too slow for this pool, or not begun because it would be: it is to be run in another */
	UNIT_SKIPPED,   /* rolled back, because another unit under the same Sync was refused */
	UNIT_LOST,      /* the connection went away: whether it was committed is unknown */
	UNIT_OVERDUE,   /* its bound passed: whether it was committed is unknown */
};

struct unit {
	const struct db_step *steps;
	size_t step_count;
	uint64_t *lines;    /* each step's optional lines */
	PGresult **results; /* each step's, or NULL */
	PGresult *error;
	const struct statement *refused; /* the statement that the error is of; NULL: the commit */
	int64_t microseconds;            /* how long its run took, with all that was sent with it */
	enum unit_outcome outcome;
	char reason[REASON_SIZE]; /* in words, when there is no error to read them from */
};

/* A unit of these steps, its arrays in the arena. */
void unit_create(struct unit *unit, struct arena *arena, const struct db_step *steps, size_t step_count);

/* Frees the results that it still has. */
void unit_clear(struct unit *unit);

enum pipeline_sync {
	PIPELINE_ONE_SYNC, /* after the last unit: least work, but an error skips the units after it */
	PIPELINE_EACH_SYNC /* after each unit: an error touches no other */
};

/*
 * Runs the units on an open connection, and sets the outcome of each. The
 * scratch arena is for what is needed until then. A connection that is lost on
 * the way is closed; when the deadline (on clock_monotonic_microseconds())
 * passes, the server is asked to stop before.
 */
void pipeline_run(struct connection *connection, struct arena *scratch, struct unit *const *units, size_t count,
                  enum pipeline_sync sync, int64_t deadline);

#endif
