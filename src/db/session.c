#include "db/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/connection.h"
#include "db/migrate.h"

bool session_open(struct session *session, const char *url, void (*say)(const char *line))
{
	char reason[REASON_SIZE];
	*session = (struct session){.handle = connection_dial(url, reason), .say = say};
	if (!session->handle) {
		session_say(session, "no connection to the database: %s", reason);
		return false;
	}
	const char *parameters[] = {logic_search_path};
	PGresult *set = session_query(session, "search_path", "SELECT set_config('search_path', $1, false)", 1, parameters);
	PQclear(set);
	return set != NULL;
}

void session_close(struct session *session)
{
	PQfinish(session->handle);
	session->handle = NULL;
}

void session_say(const struct session *session, const char *format, ...)
{
	char *line;
	va_list arguments;
	va_start(arguments, format);
	int length = vasprintf(&line, format, arguments);
	va_end(arguments);
	if (length < 0)
		abort(); /* only memory can have run out */
	session->say(line);
	free(line);
}

/* The line of the text in which its n-th character is (the server counts characters, not bytes); 0 if it has none. */
static unsigned line_of(const char *text, long character)
{
	unsigned line = 1;
	for (const char *at = text; *at; at++) {
		bool is_continuation = ((unsigned char)*at & 0xC0) == 0x80;
		if (!is_continuation && --character == 0)
			return line;
		line += *at == '\n';
	}
	return 0;
}

/* `sql` is the file's, or NULL for a command of our own with parameters, which the context would show. */
static void say_failure(const struct session *session, const char *name, const char *sql, const PGresult *error)
{
	const char *severity = PQresultErrorField(error, PG_DIAG_SEVERITY);
	if (!severity) { /* libpq's own words */
		char reason[REASON_SIZE];
		connection_reason(PQerrorMessage(session->handle), reason);
		session_say(session, "%s: %s", name, reason);
		return;
	}
	const char *message = PQresultErrorField(error, PG_DIAG_MESSAGE_PRIMARY);
	const char *sqlstate = PQresultErrorField(error, PG_DIAG_SQLSTATE);
	const char *position = PQresultErrorField(error, PG_DIAG_STATEMENT_POSITION);
	unsigned line = sql && position ? line_of(sql, strtol(position, NULL, 10)) : 0;
	if (line > 0)
		session_say(session, "%s:%u: %s: %s (%s)", name, line, severity, message, sqlstate);
	else
		session_say(session, "%s: %s: %s (%s)", name, severity, message, sqlstate);
	const char *detail = PQresultErrorField(error, PG_DIAG_MESSAGE_DETAIL);
	if (detail)
		session_say(session, "  %s", detail);
	const char *context = sql ? PQresultErrorField(error, PG_DIAG_CONTEXT) : NULL;
	if (context)
		session_say(session, "  %.*s", (int)strcspn(context, "\n"), context);
}

static PGresult *session_judge(const struct session *session, const char *name, const char *sql, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY)
		return result;
	say_failure(session, name, sql, result);
	PQclear(result);
	return NULL;
}

bool session_run(const struct session *session, const char *name, const char *sql)
{
	PGresult *result = session_judge(session, name, sql, PQexec(session->handle, sql));
	PQclear(result);
	return result != NULL;
}

PGresult *session_query(const struct session *session, const char *name, const char *sql, int parameter_count,
                        const char *const *parameters)
{
	PGresult *result = PQexecParams(session->handle, sql, parameter_count, NULL, parameters, NULL, NULL, 0);
	return session_judge(session, name, NULL, result);
}

bool session_begin(const struct session *session)
{
	return session_run(session, "BEGIN", "BEGIN");
}

bool session_run_within(const struct session *session, const char *name, const char *sql)
{
	if (!session_run(session, name, sql))
		return false;
	if (PQtransactionStatus(session->handle) == PQTRANS_INTRANS)
		return true;
	session_say(session, "%s: it ends its own transaction, which it must not", name);
	return false;
}

bool session_end(const struct session *session, bool is_whole)
{
	if (is_whole)
		return session_run(session, "COMMIT", "COMMIT");
	if (PQtransactionStatus(session->handle) == PQTRANS_INERROR)
		session_say(session, "nothing was changed");
	PQclear(PQexec(session->handle, "ROLLBACK"));
	return false;
}
