#include "db/listener.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "db/connection.h"

#define COMMAND_MICROSECONDS INT64_C(5000000)
#define PROBE_MILLISECONDS 30000 /* a network that lets a connection die in silence is noticed after this */
#define BACKOFF_FIRST_MILLISECONDS 50
#define BACKOFF_LAST_MILLISECONDS 1000

struct listener {
	struct arena *arena; /* the URL and the names */
	const char *url;
	const char **channels; /* NULL-terminated */
	void (*notice)(void *context, const char *channel, const char *payload);
	void *context;
	pthread_t thread;
	bool is_running;
	int stop; /* an eventfd, readable once the thread is to end */
};

struct listener *listener_create(const char *url)
{
	struct listener *listener = calloc(1, sizeof *listener);
	if (!listener)
		abort(); /* only memory can have run out */
	listener->arena = arena_create();
	listener->url = arena_strdup(listener->arena, url);
	listener->stop = eventfd(0, EFD_CLOEXEC);
	if (listener->stop < 0)
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
	arena_destroy(listener->arena);
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
	for (const char *const *channel = listener->channels; *channel; channel++) {
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

static void listener_tell(const struct listener *listener, PGconn *handle)
{
	for (PGnotify *notify; (notify = PQnotifies(handle)) != NULL; PQfreemem(notify))
		listener->notice(listener->context, notify->relname, notify->extra);
}

/* Until the connection is lost, or the thread is to end: then true. */
static bool listener_attend(const struct listener *listener, PGconn *handle)
{
	for (;;) {
		listener_tell(listener, handle);
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
		listener->notice(listener->context, NULL, NULL);
		bool ends = listener_attend(listener, handle);
		PQfinish(handle);
		if (ends)
			return NULL;
	} while (!listener_pause(listener, backoff));
	return NULL;
}

void listener_start(struct listener *listener, const char *const *channels,
                    void (*notice)(void *context, const char *channel, const char *payload), void *context)
{
	size_t count = 0;
	while (channels[count])
		count++;
	listener->channels = arena_array(listener->arena, count + 1, sizeof *listener->channels);
	for (size_t i = 0; i < count; i++)
		listener->channels[i] = arena_strdup(listener->arena, channels[i]);
	listener->notice = notice;
	listener->context = context;
	if (pthread_create(&listener->thread, NULL, listener_run, listener) != 0)
		abort(); /* at the start, before anybody asks: without it caches would be stale */
	listener->is_running = true;
}
