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
 * A database that is away is asked for at most once in each back-off, which
 * grows to one second; until then units that would need a new connection, and
 * have none to wait for, come back unsent at once.
 */
#ifndef SCIDAY_DB_POOL_H
#define SCIDAY_DB_POOL_H

#include "db/connection.h"
#include "db/db.h"
#include "db/pipeline.h"

#define POOL_BATCH 16 /* units in one pipeline: a slow one keeps no more than these waiting */

struct arena;
struct pool;

struct pool_settings {
	struct connection_settings connection;
	unsigned connections;
	unsigned wait_milliseconds;
	size_t batch; /* units in one pipeline, at most POOL_BATCH; 1: no combining */
};

struct pool *pool_create(const struct pool_settings *settings);

/* Closes everything. Nothing may be running. */
void pool_destroy(struct pool *pool);

/* Runs the unit, or leaves it UNIT_UNSENT or UNIT_UNSERVED. Its results are the caller's, to be cleared with unit_clear. */
void pool_run(struct pool *pool, struct arena *scratch, struct unit *unit);

/* Counts a unit that came to a problem of the server's side. */
void pool_count_failure(struct pool *pool);

struct db_figures pool_figures(struct pool *pool);

#endif
