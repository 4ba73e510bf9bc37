#include "db/connection.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "db/db.h"

#define CONNECT_SECONDS "2"
#define UNACKNOWLEDGED_MILLISECONDS "10000"
#define IDLE_MESSAGES 8 /* what a healthy server may have said to an idle connection: a changed setting, a notice */

#define CANCELLING_MAXIMUM 4 /* threads that may hang in PQcancel; what is beyond is left to the server's own timeouts */

static atomic_int cancelling;

static void ignore_notice(void *context, const char *message)
{
	(void)context;
	(void)message;
}

void connection_reason(const char *message, char ret_reason[REASON_SIZE])
{
	int length = (int)strcspn(message, "\n");
	snprintf(ret_reason, REASON_SIZE, "%.*s", length, message);
}

PGconn *connection_dial(const char *url, char ret_reason[REASON_SIZE])
{
	/* What stands before dbname yields to the URL; what stands after it does not. */
	const char *const names[] = {"connect_timeout",  "tcp_user_timeout", "dbname",
	                             "application_name", "client_encoding",  NULL};
	const char *const values[] = {CONNECT_SECONDS, UNACKNOWLEDGED_MILLISECONDS, url, "sciday", "UTF8", NULL};
	PGconn *handle = PQconnectdbParams(names, values, 1);
	if (!handle) {
		connection_reason("out of memory", ret_reason);
		return NULL;
	}
	if (PQstatus(handle) != CONNECTION_OK) {
		connection_reason(PQerrorMessage(handle), ret_reason);
		PQfinish(handle);
		return NULL;
	}
	PQsetNoticeProcessor(handle, ignore_notice, NULL);
	return handle;
}

bool connection_open(struct connection *connection, char ret_reason[REASON_SIZE])
{
	PGconn *handle = connection_dial(connection->settings->url, ret_reason);
	if (!handle)
		return false;
	if (PQsetnonblocking(handle, 1) != 0 || !PQenterPipelineMode(handle)) {
		connection_reason(PQerrorMessage(handle), ret_reason);
		PQfinish(handle);
		return false;
	}
	connection->handle = handle;
	connection->openings++;
	connection->is_fresh = true;
	connection->is_stale = false;
	return true;
}

bool connection_is_alive(struct connection *connection)
{
	if (!connection->handle || PQstatus(connection->handle) != CONNECTION_OK)
		return false;
	struct pollfd socket = {.fd = PQsocket(connection->handle), .events = POLLIN};
	for (int i = 0; i < IDLE_MESSAGES; i++) {
		if (poll(&socket, 1, 0) == 0)
			return true;
		if (!PQconsumeInput(connection->handle) || PQstatus(connection->handle) != CONNECTION_OK)
			return false;
		PQisBusy(connection->handle); /* reads the messages that have come */
	}
	return false;
}

void connection_tell(PGconn *handle, const struct db_notices *notices)
{
	for (PGnotify *notify; (notify = PQnotifies(handle)) != NULL; PQfreemem(notify))
		notices->notice(notices->context, notify->relname, notify->extra);
}

void connection_drain(PGconn *handle)
{
	PQconsumeInput(handle); /* what is wrong with it is found out at its next use */
	PQisBusy(handle);
	for (PGnotify *notify; (notify = PQnotifies(handle)) != NULL;)
		PQfreemem(notify);
}

void connection_close(struct connection *connection)
{
	PQfinish(connection->handle);
	connection->handle = NULL;
	prepared_clear(&connection->prepared);
}

/* PQcancel waits for the server without a bound, and so never in a thread that has a request to answer. */
static void *cancel_run(void *argument)
{
	PGcancel *cancel = argument;
	char reason[REASON_SIZE];
	PQcancel(cancel, reason, sizeof reason); /* if it is refused, the role's statement_timeout is behind it */
	PQfreeCancel(cancel);
	atomic_fetch_sub(&cancelling, 1);
	return NULL;
}

static void cancel_start(PGcancel *cancel)
{
	pthread_t thread;
	if (atomic_fetch_add(&cancelling, 1) < CANCELLING_MAXIMUM && pthread_create(&thread, NULL, cancel_run, cancel) == 0) {
		pthread_detach(thread);
		return;
	}
	atomic_fetch_sub(&cancelling, 1);
	PQfreeCancel(cancel);
}

void connection_abandon(struct connection *connection)
{
	PGcancel *cancel = PQgetCancel(connection->handle);
	if (cancel)
		cancel_start(cancel);
	connection_close(connection);
}

static int milliseconds_until(int64_t deadline)
{
	int64_t left = (deadline - clock_monotonic_microseconds() + 999) / 1000;
	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

enum connection_wait connection_await(PGconn *handle, int64_t deadline)
{
	for (;;) {
		int unsent = PQflush(handle);
		if (unsent < 0)
			return CONNECTION_LOST;
		if (!PQisBusy(handle))
			return CONNECTION_READY;
		struct pollfd socket = {.fd = PQsocket(handle), .events = (short)(unsent ? POLLIN | POLLOUT : POLLIN)};
		int left = milliseconds_until(deadline);
		int ready = poll(&socket, 1, left);
		if (ready < 0 && errno != EINTR)
			return CONNECTION_LOST;
		if (ready == 0 || left == 0)
			return CONNECTION_OVERDUE;
		if (ready > 0 && socket.revents & ~POLLOUT && !PQconsumeInput(handle))
			return CONNECTION_LOST;
	}
}
