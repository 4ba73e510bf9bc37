#include "db/db.h"

#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "db/error.h"
#include "db/listener.h"
#include "db/pool.h"
#include "db/rows.h"
#include "db/sqlstate.h"
#include "http/problem.h"

#define CONFLICT_RETRIES 3
#define OTHER_RETRIES 1
#define PAUSE_NANOSECONDS 4000000L
#define SERVER_ERROR 500
#define UNIT_MILLISECONDS 15000 /* the role's statement_timeout is shorter: this is for a server or a network that hangs */

struct db {
	struct pool *pools[DB_PURPOSES];
	struct listener *listener;
};

static struct pool *create_pool(const struct db_settings *settings, enum db_purpose purpose)
{
	const struct pool_settings pool = {
		.connection =
			{
				.url = settings->url,
				.prepare = settings->prepare,
				.read_only = purpose != DB_CHANGE,
				.unit_milliseconds = UNIT_MILLISECONDS,
			},
		.connections = settings->connections[purpose],
		.wait_milliseconds = settings->wait_milliseconds,
		.batch = purpose == DB_READ ? POOL_BATCH : 1,
	};
	return pool_create(&pool);
}

struct db *db_create(const struct db_settings *settings)
{
	struct db *db = calloc(1, sizeof *db);
	if (!db)
		abort();
	for (enum db_purpose purpose = 0; purpose < DB_PURPOSES; purpose++)
		db->pools[purpose] = create_pool(settings, purpose);
	db->listener = listener_create(settings->url);
	return db;
}

void db_destroy(struct db *db)
{
	if (!db)
		return;
	listener_destroy(db->listener);
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

struct problem *db_run(struct db *db, enum db_purpose purpose, struct arena *arena, const struct db_step *steps,
                       size_t step_count, struct db_rows *ret_rows)
{
	struct pool *pool = db->pools[purpose];
	struct unit unit;
	unit_create(&unit, arena, steps, step_count);
	for (unsigned attempt = 0;;) {
		pool_run(pool, arena, &unit);
		if (unit.outcome == UNIT_SUCCEEDED)
			break;
		if (attempt++ >= retries_after(&unit, purpose)) {
			struct problem *problem = unit_problem(arena, &unit);
			unit_clear(&unit);
			if (problem_status(problem->code) >= SERVER_ERROR)
				pool_count_failure(pool);
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

void db_listen(struct db *db, const char *const *channels,
               void (*notice)(void *context, const char *channel, const char *payload), void *context)
{
	listener_start(db->listener, channels, notice, context);
}
