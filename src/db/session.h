/*
 * The owner's session, for the operator's commands: one command after another,
 * each failure said in words. Nothing here is for a request.
 */
#ifndef SCIDAY_DB_SESSION_H
#define SCIDAY_DB_SESSION_H

#include <libpq-fe.h>
#include <stdbool.h>

struct session {
	PGconn *handle;
	void (*say)(const char *line);
};

/* With the search path of this binary's logic. False after say() has said why there is none. End it with session_close in either case. */
bool session_open(struct session *session, const char *url, void (*say)(const char *line));

/* For __attribute__((cleanup(session_close))). */
void session_close(struct session *session);

/* Says a formatted line. */
void session_say(const struct session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Runs SQL of one or more commands. `name` says in a failure whose SQL it was; with the line, when
 * the server names a place in it: "0002_organization.sql:37: ERROR: …".
 */
bool session_run(const struct session *session, const char *name, const char *sql);

/* Runs one command with parameters. The caller's, to be cleared with PQclear; NULL after a failure was said. */
PGresult *session_query(const struct session *session, const char *name, const char *sql, int parameter_count,
                        const char *const *parameters);

/* A transaction: as session_run within it, which sql must not end; and its end, false unless all of it is kept. */
bool session_begin(const struct session *session);
bool session_run_within(const struct session *session, const char *name, const char *sql);
bool session_end(const struct session *session, bool is_whole);

#endif
