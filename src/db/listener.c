#include "db/listener.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "db/connection.h"
#include "db/db.h"

#define COMMAND_MICROSECONDS INT64_C(5000000)
#define PROBE_MILLISECONDS 5000 /* a network that lets a connection die in silence is noticed after this */
#define BACKOFF_FIRST_MILLISECONDS 50
#define BACKOFF_LAST_MILLISECONDS 1000

struct listener {
	char *url;
	const struct db_notices *notices;
	pthread_t thread;
	bool is_running;
	atomic_bool attends;
	int stop; /* an eventfd, readable once the thread is to end */
};

struct listener *listener_create(const char *url, const struct db_notices *notices)
{
	struct listener *listener = calloc(1, sizeof *listener);
	if (!listener)
		abort(); /* only memory can have run out */
	listener->url = strdup(url);
	listener->notices = notices;
	listener->stop = eventfd(0, EFD_CLOEXEC);
	if (!listener->url || listener->stop < 0)
		abort(); /* at the start, before anybody asks */
	return listener;
}

void listener_destroy(struct listener *listener)
{
	if (!listener)
		return;
	if (listener->is_running) {
		eventfd_write(listener->stop, 1);
		pthread_join(listener->thread, NULL);
	}
	close(listener->stop);
	free(listener->url);
	free(listener);
}

/* True: the thread is to end. */
static bool listener_pause(const struct listener *listener, int milliseconds)
{
	struct pollfd stop = {.fd = listener->stop, .events = POLLIN};
	return poll(&stop, 1, milliseconds) > 0;
}

/* Runs a command whose rows do not matter. False: the connection is of no use any more. */
static bool listener_command(PGconn *handle, const char *sql)
{
	int64_t deadline = clock_monotonic_microseconds() + COMMAND_MICROSECONDS;
	if (!PQsendQuery(handle, sql))
		return false;
	for (;;) {
		if (connection_await(handle, deadline) != CONNECTION_READY)
			return false;
		PGresult *result = PQgetResult(handle);
		if (!result)
			return PQstatus(handle) == CONNECTION_OK;
		bool failed = PQresultStatus(result) == PGRES_FATAL_ERROR;
		PQclear(result);
		if (failed)
			return false;
	}
}

static bool listener_subscribe(const struct listener *listener, PGconn *handle)
{
	struct arena *arena __attribute__((cleanup(arena_cleanup))) = arena_create();
	struct buffer sql = buffer_create(arena);
	for (const char *const *channel = listener->notices->channels; *channel; channel++) {
		char *name = PQescapeIdentifier(handle, *channel, strlen(*channel));
		if (!name)
			return false;
		buffer_printf(&sql, "LISTEN %s;", name);
		PQfreemem(name);
	}
	return listener_command(handle, sql.data);
}

static PGconn *listener_dial(const struct listener *listener)
{
	char reason[REASON_SIZE];
	PGconn *handle = connection_dial(listener->url, reason);
	if (!handle)
		return NULL;
	if (PQsetnonblocking(handle, 1) == 0 && listener_subscribe(listener, handle))
		return handle;
	PQfinish(handle);
	return NULL;
}

/* Until the connection is lost, or the thread is to end: then true. */
static bool listener_attend(const struct listener *listener, PGconn *handle)
{
	for (;;) {
		connection_tell(handle, listener->notices);
		struct pollfd sockets[] = {{.fd = PQsocket(handle), .events = POLLIN}, {.fd = listener->stop, .events = POLLIN}};
		int ready = poll(sockets, 2, PROBE_MILLISECONDS);
		if (ready < 0 && errno != EINTR)
			return false;
		if (ready > 0 && sockets[1].revents)
			return true;
		if (ready > 0 && !PQconsumeInput(handle))
			return false;
		if (ready == 0 && !listener_command(handle, "SELECT"))
			return false;
	}
}

static void *listener_run(void *argument)
{
	struct listener *listener = argument;
	int backoff = BACKOFF_FIRST_MILLISECONDS;
	do {
		PGconn *handle = listener_dial(listener);
		if (!handle) {
			backoff = 2 * backoff < BACKOFF_LAST_MILLISECONDS ? 2 * backoff : BACKOFF_LAST_MILLISECONDS;
			continue;
		}
		backoff = BACKOFF_FIRST_MILLISECONDS;
		listener->notices->notice(listener->notices->context, NULL, NULL);
		atomic_store(&listener->attends, true);
		bool ends = listener_attend(listener, handle);
		atomic_store(&listener->attends, false);
		PQfinish(handle);
		if (ends)
			return NULL;
	} while (!listener_pause(listener, backoff));
	return NULL;
}

void listener_start(struct listener *listener)
{
	if (pthread_create(&listener->thread, NULL, listener_run, listener) != 0)
		abort(); /* at the start, before anybody asks: without it caches would be stale */
	listener->is_running = true;
}

bool listener_attends(struct listener *listener)
{
	return atomic_load(&listener->attends);
}
