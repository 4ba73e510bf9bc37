#include "db/db.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "db/error.h"
#include "db/pool.h"
#include "db/rows.h"
#include "db/sqlstate.h"
#include "db/subscription.h"
#include "http/problem.h"

#define CONFLICT_RETRIES 3
#define OTHER_RETRIES 1
#define PAUSE_NANOSECONDS 4000000L
#define SERVER_ERROR 500
#define UNIT_MILLISECONDS 15000 /* the role's statement_timeout is shorter: this is for a server or a network that hangs */
#define SLOW_WAITING 64         /* units: what waits for a lock comes in floods, and each holds a thread */

struct db {
	unsigned wait_milliseconds;
	struct pool *pools[DB_PURPOSES];
	struct db_notices notices;   /* as they were asked for */
	struct db_notices listening; /* the subscription's */
	struct subscription *subscription;
};

/* A part of the wait, and never 0, which is no bound. */
static unsigned share(unsigned wait_milliseconds, unsigned parts)
{
	return wait_milliseconds > parts ? wait_milliseconds / parts : 1;
}

/* All that one leader of reads takes along may wait for locks in the time of one wait, and for a slow statement with it. */
static struct pool *create_pool(const struct db *db, const struct db_settings *settings, enum db_purpose purpose)
{
	bool is_quick = purpose < DB_SLOW_READ;
	bool is_change = purpose == DB_CHANGE || purpose == DB_SLOW_CHANGE;
	unsigned wait = settings->wait_milliseconds;
	const struct pool_settings pool = {
		.connection =
			{
				.url = settings->url,
				.prepare = settings->prepare,
				.read_only = !is_change,
				.lock_milliseconds = share(wait, is_quick ? POOL_BATCH : 2),
				.statement_milliseconds = purpose == DB_READ ? share(wait, 4) : 0,
				.notices = is_change && settings->notices.channels ? &db->notices : NULL,
			},
		.connections = settings->connections[is_quick    ? purpose
	                                             : is_change ? DB_CHANGE
	                                                         : DB_READ],
		.waiting_maximum = is_quick ? UINT_MAX : SLOW_WAITING,
		.led_milliseconds = purpose == DB_READ ? wait : UNIT_MILLISECONDS,
		.batch = purpose == DB_READ ? POOL_BATCH : 1,
		.is_quick = is_quick,
	};
	return pool_create(&pool);
}

/* The connections that run changes have been sent the same; those of them that rest would never read it. */
static void hear(void *context, const char *channel, const char *payload)
{
	struct db *db = context;
	db->notices.notice(db->notices.context, channel, payload);
	pool_drain(db->pools[DB_CHANGE]);
	pool_drain(db->pools[DB_SLOW_CHANGE]);
}

struct db *db_create(const struct db_settings *settings)
{
	struct db *db = calloc(1, sizeof *db);
	if (!db)
		abort(); /* only memory can have run out */
	db->wait_milliseconds = settings->wait_milliseconds;
	db->notices = settings->notices;
	db->listening = (struct db_notices){.channels = settings->notices.channels, .notice = hear, .context = db};
	for (enum db_purpose purpose = 0; purpose < DB_PURPOSES; purpose++)
		db->pools[purpose] = create_pool(db, settings, purpose);
	db->subscription = subscription_create(settings->url, &db->listening);
	return db;
}

void db_destroy(struct db *db)
{
	if (!db)
		return;
	subscription_destroy(db->subscription);
	for (enum db_purpose purpose = 0; purpose < DB_PURPOSES; purpose++)
		pool_destroy(db->pools[purpose]);
	free(db);
}

/* How often a unit that ended so may be run again: what was refused was rolled back, and what was lost may have been done. */
static unsigned retries_after(const struct unit *unit, enum db_purpose purpose)
{
	if (unit->outcome == UNIT_LOST)
		return purpose == DB_CHANGE ? 0 : OTHER_RETRIES;
	if (unit->outcome != UNIT_REFUSED)
		return 0;
	const char *sqlstate = PQresultErrorField(unit->error, PG_DIAG_SQLSTATE);
	if (sqlstate_is(sqlstate, SQLSTATE_SERIALIZATION_FAILURE) || sqlstate_is(sqlstate, SQLSTATE_DEADLOCK_DETECTED))
		return CONFLICT_RETRIES;
	if (sqlstate_is(sqlstate, SQLSTATE_INVALID_STATEMENT_NAME) || sqlstate_is(sqlstate, SQLSTATE_FEATURE_NOT_SUPPORTED))
		return OTHER_RETRIES; /* prepared anew */
	return 0;
}

/* Those that met once should not meet again at once. */
static void pause_before(unsigned attempt)
{
	const struct timespec pause = {.tv_nsec = (long)attempt * (random() % PAUSE_NANOSECONDS)};
	nanosleep(&pause, NULL);
}

static struct problem *unit_problem(struct arena *arena, const struct unit *unit)
{
	struct db_diagnostics diagnostics = {.message = unit->reason};
	if (unit->outcome == UNIT_REFUSED) {
		diagnostics = (struct db_diagnostics){
			.sqlstate = PQresultErrorField(unit->error, PG_DIAG_SQLSTATE),
			.message = PQresultErrorField(unit->error, PG_DIAG_MESSAGE_PRIMARY),
			.detail = PQresultErrorField(unit->error, PG_DIAG_MESSAGE_DETAIL),
			.constraint = PQresultErrorField(unit->error, PG_DIAG_CONSTRAINT_NAME),
			.column = PQresultErrorField(unit->error, PG_DIAG_COLUMN_NAME),
		};
	}
	return db_problem(arena, &diagnostics);
}

/* Runs the unit where it belongs, and what is stopped there again where it may take its time. */
static void run_once(struct db *db, enum db_purpose purpose, struct arena *arena, struct unit *unit, int64_t deadline)
{
	struct pool *quick = db->pools[purpose];
	pool_run(quick, arena, unit, deadline);
	if (unit->outcome != UNIT_STOPPED)
		return;
	pool_run(db->pools[purpose == DB_CHANGE ? DB_SLOW_CHANGE : DB_SLOW_READ], arena, unit, deadline);
	if (unit->outcome == UNIT_SUCCEEDED)
		pool_forgive(quick, unit);
}

struct problem *db_run(struct db *db, enum db_purpose purpose, struct arena *arena, const struct db_step *steps,
                       size_t step_count, struct db_rows *ret_rows)
{
	int64_t deadline = clock_monotonic_microseconds() + db->wait_milliseconds * INT64_C(1000);
	struct unit unit;
	unit_create(&unit, arena, steps, step_count);
	for (unsigned attempt = 0;;) {
		run_once(db, purpose, arena, &unit, deadline);
		if (unit.outcome == UNIT_SUCCEEDED)
			break;
		if (attempt++ >= retries_after(&unit, purpose)) {
			struct problem *problem = unit_problem(arena, &unit);
			unit_clear(&unit);
			if (problem_status(problem->code) >= SERVER_ERROR)
				pool_count_failure(db->pools[purpose]);
			return problem;
		}
		pause_before(attempt);
	}
	for (size_t i = 0; i < step_count; i++)
		ret_rows[i] = rows_create(arena, unit.results[i]);
	return NULL;
}

struct db_figures db_figures(const struct db *db, enum db_purpose purpose)
{
	return pool_figures(db->pools[purpose]);
}

void db_listen(struct db *db)
{
	subscription_start(db->subscription);
}

bool db_listens(const struct db *db)
{
	return subscription_attends(db->subscription);
}
