/*
 * One connection to PostgreSQL, in pipeline mode (libpq, "Pipeline Mode"), and
 * the only places where this process waits for the server: each has a bound.
 * A connection belongs to one thread at a time. It is never repaired: one that
 * is lost or no longer in step is closed, and opened anew at its next use.
 */
#ifndef SCIDAY_DB_CONNECTION_H
#define SCIDAY_DB_CONNECTION_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/prepared.h"

#define REASON_SIZE 256

struct db_notices;

struct connection_settings {
	const char *url;
	bool prepare;                     /* false: nothing is kept on the server's side between two Syncs */
	bool read_only;                   /* what would write fails with 25006 */
	unsigned lock_milliseconds;       /* a longer wait for a lock fails with 55P03 */
	unsigned statement_milliseconds;  /* a statement that takes longer fails with 57014; 0: the role's own bound */
	const struct db_notices *notices; /* which it listens for as well; NULL: none (and none without prepare) */
};

struct connection {
	const struct connection_settings *settings;
	PGconn *handle;    /* NULL: closed */
	unsigned openings; /* how often it was opened */
	bool is_fresh;     /* its session has yet to be set up, in the first pipeline */
	bool is_stale;     /* the server's prepared statements are not those of the set */
	struct prepared_set prepared;
	struct connection *next; /* the pool's */
};

/*
 * A blocking connection, or NULL with ret_reason. Each address of the URL's
 * hosts gets connect_timeout seconds (2 unless the URL says otherwise), so a
 * host that is away does not hide the one after it. Names are resolved by the
 * system's resolver, with its own bound.
 */
PGconn *connection_dial(const char *url, char ret_reason[REASON_SIZE]);

/* Opens a closed connection and enters pipeline mode. False with ret_reason if it cannot. */
bool connection_open(struct connection *connection, char ret_reason[REASON_SIZE]);

/* Whether the connection is open, as far as its socket tells: a server that went away while it was idle has closed it. */
bool connection_is_alive(struct connection *connection);

void connection_close(struct connection *connection);

/* Closes, and has the server asked to stop what it is doing. */
void connection_abandon(struct connection *connection);

enum connection_wait { CONNECTION_READY, CONNECTION_LOST, CONNECTION_OVERDUE };

/* Sends what is buffered and waits until PQgetResult would not block. The deadline is on clock_monotonic_microseconds(). */
enum connection_wait connection_await(PGconn *handle, int64_t deadline);

/* Tells of the notices that have come; a session's own are there before the end of the transaction that made them is. */
void connection_tell(PGconn *handle, const struct db_notices *notices);

/* Takes in, and lets go, what has come to a connection that nobody uses: unread, it would fill the server's queue. */
void connection_drain(PGconn *handle);

/* The first line of libpq's message, for a log. */
void connection_reason(const char *message, char ret_reason[REASON_SIZE]);

#endif
