/*
 * The way to PostgreSQL. Statements go out as units: several statements in one
 * pipeline under one Sync, which is one implicit transaction and one round
 * trip. A caller never holds a connection, so that reads of several requests
 * can be combined. Nothing else knows libpq.
 */
#ifndef SCIDAY_DB_DB_H
#define SCIDAY_DB_DB_H

#include <stdbool.h>
#include <stddef.h>

#include "db/statement.h"

struct arena;
struct problem;
struct values;
struct db;

/*
 * What a unit is for, which has connections of its own, so that none waits for another kind. A read may write nothing (it
 * fails with 25006), and so can share its transaction with other reads. A report is a read that takes long: it is not
 * combined, and keeps no read waiting. For the last two nobody asks: what waits long for a lock under its own purpose, or
 * is a read that takes long, is stopped and run again there, so that it keeps none of its kind waiting either.
 */
enum db_purpose { DB_READ, DB_CHANGE, DB_REPORT, DB_SLOW_READ, DB_SLOW_CHANGE, DB_PURPOSES };

/*
 * NOTIFY of these channels is told of: what other sessions do, on a thread of its own (db_listen); what a change itself
 * does, by the thread that runs it, before db_run returns. What the one has told the other may tell again.
 * notice(context, NULL, NULL) says that notices may have been missed.
 */
struct db_notices {
	const char *const *channels; /* NULL-terminated, as long as the db lives */
	void (*notice)(void *context, const char *channel, const char *payload);
	void *context;
};

struct db_settings {
	const char *url;                    /* SCIDAY_DATABASE_URL */
	unsigned connections[DB_SLOW_READ]; /* for each purpose that is asked for, and as many again for what is slow of it */
	unsigned wait_milliseconds;         /* a longer wait for a connection is 503 */
	bool prepare;                       /* false behind a pooler in transaction mode, which passes no notices on */
	struct db_notices notices;
};

/* Copies the settings. Connects lazily: a database that is away makes requests fail, not the start. */
struct db *db_create(const struct db_settings *settings);
void db_destroy(struct db *db);

/* One statement of a unit; its parameters and its optional lines are looked up in `values`. */
struct db_step {
	const struct statement *statement;
	const struct values *values;
};

/* The rows of one step; every field is PostgreSQL's text form, NULL for null. The arena's. */
struct db_rows {
	size_t rows;
	size_t columns;
	const char *const *names;
	const char *const *fields; /* rows × columns */
};

/*
 * Runs the steps as one unit. On success NULL, and ret_rows[i] has the rows of
 * step i. On failure a problem made from the SQLSTATE (error.h), nothing was
 * done, and ret_rows is untouched. A read or report is tried once more when the
 * connection was lost or the server was restarted; a change is tried again
 * (three times) only on 40001 and 40P01, and when it surely was not begun.
 * Nothing waits without a bound: wait_milliseconds for a connection, half of
 * that for a lock, as much for reads that were combined, 15 s for another unit.
 */
struct problem *db_run(struct db *db, enum db_purpose purpose, struct arena *arena, const struct db_step *steps,
                       size_t step_count, struct db_rows *ret_rows) __attribute__((warn_unused_result));

/* The field of this column in this row; NULL if it is null or there is no such row or column. */
const char *db_field(const struct db_rows *rows, size_t row, const char *column);

/* Figures for /metrics: connections open, busy, and requests waiting, for each purpose. */
struct db_figures {
	unsigned open, busy, waiting;
	unsigned long long units, failures, reconnects, timeouts;
};
struct db_figures db_figures(const struct db *db, enum db_purpose purpose);

/* Whether the database answers, has this binary's tables and logic (newer ones too are no fault: the old version may
 * still run), and the role is fit to serve (owns nothing, cannot bypass row security). NULL, or a problem whose
 * `cause` says why not: PROBLEM_unavailable if it does not answer now, another if it is not fit. */
struct problem *db_check(struct db *db, struct arena *arena) __attribute__((warn_unused_result));

/* Begins to listen, on a connection of its own; notice(NULL, NULL) comes after each time that it is opened. Once for a db. */
void db_listen(struct db *db);

/* Whether it is connected: from what is told after its notice(NULL, NULL) nothing is missed until it is not. */
bool db_listens(const struct db *db);

#endif
