/*
 * A few connections for many requests. A caller hands in a unit and gets it
 * back when it has been run, and never holds a connection.
 *
 * Combining: when every connection is busy, units wait in a queue. A
 * connection that comes free goes to the first of them, whose thread then
 * leads: it takes others from the queue along and sends all in one pipeline
 * under one Sync. The wakeups and system calls that this saves are most of
 * what a small read costs: by id with identity, two connections and 16 to 200
 * threads gave 2.0 to 3.0 times a plain pool, and 1.5 to 2.2 with a Sync for
 * each unit (libpq 15 writes at each). If one of them is refused, those that
 * the error skipped are run again by the same leader, with a Sync each. Only
 * reads may be combined: a unit that wrote would be undone by another's error.
 *
 * Slow units: a pool that is quick has its server stop what waits long for a
 * lock or takes long, gives the unit back as UNIT_STOPPED, and remembers the
 * statement: until pool_forgive, units with it come back at once, those that
 * already wait among them. So whatever is locked, and however many ask for
 * it, costs the others the bound of one wait, once; the caller runs the unit
 * in another pool, which is patient. What is led together ends together, by
 * led_milliseconds.
 *
 * A database that is away is asked for at most once in each back-off, which
 * grows to one second; until then units that would need a new connection, and
 * have none to wait for, come back unsent at once.
 */
#ifndef SCIDAY_DB_POOL_H
#define SCIDAY_DB_POOL_H

#include "db/connection.h"
#include "db/db.h"
#include "db/pipeline.h"

#define POOL_BATCH 16 /* units in one pipeline */
#define POOL_SLOW 32  /* statements that are remembered as slow */

struct arena;
struct pool;

struct pool_settings {
	struct connection_settings connection;
	unsigned connections;
	unsigned waiting_maximum;  /* units in the queue; one more is UNIT_UNSERVED at once */
	unsigned led_milliseconds; /* the bound of all that one leader takes along */
	size_t batch;              /* units in one pipeline, at most POOL_BATCH; 1: no combining */
	bool is_quick;
};

struct pool *pool_create(const struct pool_settings *settings);

/* Closes everything. Nothing may be running. */
void pool_destroy(struct pool *pool);

/*
 * Runs the unit, or leaves it UNIT_UNSENT, UNIT_STOPPED or, when no connection came free by the deadline (on
 * clock_monotonic_microseconds()), UNIT_UNSERVED. Its results are the caller's, to be cleared with unit_clear.
 */
void pool_run(struct pool *pool, struct arena *scratch, struct unit *unit, int64_t deadline);

/* The unit has been run elsewhere: if it was quick there, its statements are slow no longer. */
void pool_forgive(struct pool *pool, const struct unit *unit);

/* Lets go of the notices that have come to connections which nobody uses. */
void pool_drain(struct pool *pool);

/* Counts a unit that came to a problem of the server's side. */
void pool_count_failure(struct pool *pool);

struct db_figures pool_figures(struct pool *pool);

#endif
