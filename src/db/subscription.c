#include "db/subscription.h"

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

struct subscription {
	char *url;
	const struct db_notices *notices;
	pthread_t thread;
	bool is_running;
	atomic_bool attends;
	int stop; /* an eventfd, readable once the thread is to end */
};

struct subscription *subscription_create(const char *url, const struct db_notices *notices)
{
	struct subscription *subscription = calloc(1, sizeof *subscription);
	if (!subscription)
		abort(); /* only memory can have run out */
	subscription->url = strdup(url);
	subscription->notices = notices;
	subscription->stop = eventfd(0, EFD_CLOEXEC);
	if (!subscription->url || subscription->stop < 0)
		abort(); /* at the start, before anybody asks */
	return subscription;
}

void subscription_destroy(struct subscription *subscription)
{
	if (!subscription)
		return;
	if (subscription->is_running) {
		eventfd_write(subscription->stop, 1);
		pthread_join(subscription->thread, NULL);
	}
	close(subscription->stop);
	free(subscription->url);
	free(subscription);
}

/* True: the thread is to end. */
static bool subscription_pause(const struct subscription *subscription, int milliseconds)
{
	struct pollfd stop = {.fd = subscription->stop, .events = POLLIN};
	return poll(&stop, 1, milliseconds) > 0;
}

/* Runs a command whose rows do not matter. False: the connection is of no use any more. */
static bool subscription_command(PGconn *handle, const char *sql)
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

static bool subscribe(const struct subscription *subscription, PGconn *handle)
{
	struct arena *arena __attribute__((cleanup(arena_cleanup))) = arena_create();
	struct buffer sql = buffer_create(arena);
	for (const char *const *channel = subscription->notices->channels; *channel; channel++) {
		char *name = PQescapeIdentifier(handle, *channel, strlen(*channel));
		if (!name)
			return false;
		buffer_printf(&sql, "LISTEN %s;", name);
		PQfreemem(name);
	}
	return subscription_command(handle, sql.data);
}

static PGconn *subscription_dial(const struct subscription *subscription)
{
	char reason[REASON_SIZE];
	PGconn *handle = connection_dial(subscription->url, reason);
	if (!handle)
		return NULL;
	if (PQsetnonblocking(handle, 1) == 0 && subscribe(subscription, handle))
		return handle;
	PQfinish(handle);
	return NULL;
}

/* Until the connection is lost, or the thread is to end: then true. */
static bool subscription_attend(const struct subscription *subscription, PGconn *handle)
{
	for (;;) {
		connection_tell(handle, subscription->notices);
		struct pollfd sockets[] = {{.fd = PQsocket(handle), .events = POLLIN},
		                           {.fd = subscription->stop, .events = POLLIN}};
		int ready = poll(sockets, 2, PROBE_MILLISECONDS);
		if (ready < 0 && errno != EINTR)
			return false;
		if (ready > 0 && sockets[1].revents)
			return true;
		if (ready > 0 && !PQconsumeInput(handle))
			return false;
		if (ready == 0 && !subscription_command(handle, "SELECT"))
			return false;
	}
}

static void *subscription_run(void *argument)
{
	struct subscription *subscription = argument;
	int backoff = BACKOFF_FIRST_MILLISECONDS;
	do {
		PGconn *handle = subscription_dial(subscription);
		if (!handle) {
			backoff = 2 * backoff < BACKOFF_LAST_MILLISECONDS ? 2 * backoff : BACKOFF_LAST_MILLISECONDS;
			continue;
		}
		backoff = BACKOFF_FIRST_MILLISECONDS;
		subscription->notices->notice(subscription->notices->context, NULL, NULL);
		atomic_store(&subscription->attends, true);
		bool ends = subscription_attend(subscription, handle);
		atomic_store(&subscription->attends, false);
		PQfinish(handle);
		if (ends)
			return NULL;
	} while (!subscription_pause(subscription, backoff));
	return NULL;
}

void subscription_start(struct subscription *subscription)
{
	if (pthread_create(&subscription->thread, NULL, subscription_run, subscription) != 0)
		abort(); /* at the start, before anybody asks: without it caches would be stale */
	subscription->is_running = true;
}

bool subscription_attends(struct subscription *subscription)
{
	return atomic_load(&subscription->attends);
}
