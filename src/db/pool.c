#include "db/pool.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "db/sqlstate.h"

#define BACKOFF_FIRST_MICROSECONDS INT64_C(50000)
#define BACKOFF_LAST_MICROSECONDS INT64_C(1000000)

/* One unit in the pool, on its caller's stack. */
struct waiter {
	struct unit *unit;
	struct waiter *next;
	bool is_queued;                /* under the pool's mutex */
	struct connection *connection; /* given to it: it leads. NULL: its unit has been run, or refused */
	sem_t wake;                    /* posted once, after which nobody else touches the waiter */
	atomic_bool is_woken;          /* what was done before the post is seen after the wait (C17, 5.1.2.4) */
};

struct pool {
	struct pool_settings settings;
	pthread_mutex_t mutex;
	struct connection *connections; /* an array of settings.connections */
	struct connection *idle_open;   /* the last used first, so that the others may rest */
	struct connection *idle_closed;
	struct waiter *first;
	struct waiter **last;
	unsigned opening; /* connections being opened by a leader */
	int64_t backoff;  /* microseconds; 0: the last attempt succeeded */
	int64_t retry_at;
	char reason[REASON_SIZE]; /* of the last attempt that failed */
	const struct statement *slow[POOL_SLOW];
	size_t slow_count;
	struct db_figures figures;
};

struct pool *pool_create(const struct pool_settings *settings)
{
	struct pool *pool = calloc(1, sizeof *pool);
	struct connection *connections = calloc(settings->connections, sizeof *connections);
	char *url = strdup(settings->connection.url);
	if (!pool || !connections || !url)
		abort(); /* only memory can have run out */
	pool->settings = *settings;
	pool->settings.connection.url = url;
	pthread_mutex_init(&pool->mutex, NULL);
	pool->connections = connections;
	pool->last = &pool->first;
	for (unsigned i = 0; i < settings->connections; i++) {
		connections[i].settings = &pool->settings.connection;
		connections[i].next = pool->idle_closed;
		pool->idle_closed = &connections[i];
	}
	return pool;
}

void pool_destroy(struct pool *pool)
{
	if (!pool)
		return;
	for (unsigned i = 0; i < pool->settings.connections; i++)
		connection_close(&pool->connections[i]);
	pthread_mutex_destroy(&pool->mutex);
	free((char *)pool->settings.connection.url);
	free(pool->connections);
	free(pool);
}

/* The queue; all under the mutex. */

static void queue_push(struct pool *pool, struct waiter *waiter)
{
	waiter->is_queued = true;
	waiter->next = NULL;
	*pool->last = waiter;
	pool->last = &waiter->next;
	pool->figures.waiting++;
}

static struct waiter *queue_pop(struct pool *pool)
{
	struct waiter *waiter = pool->first;
	if (!waiter)
		return NULL;
	pool->first = waiter->next;
	if (!pool->first)
		pool->last = &pool->first;
	waiter->is_queued = false;
	pool->figures.waiting--;
	return waiter;
}

static void queue_remove(struct pool *pool, struct waiter *waiter)
{
	struct waiter **link = &pool->first;
	while (*link != waiter)
		link = &(*link)->next;
	*link = waiter->next;
	if (!*link)
		pool->last = link;
	waiter->is_queued = false;
	pool->figures.waiting--;
}

/* The slow statements; all under the mutex. */

static size_t slow_find(const struct pool *pool, const struct statement *statement)
{
	size_t i = 0;
	while (i < pool->slow_count && pool->slow[i] != statement)
		i++;
	return i;
}

static bool pool_finds_slow(const struct pool *pool, const struct unit *unit)
{
	for (size_t i = 0; pool->slow_count > 0 && i < unit->step_count; i++) {
		if (slow_find(pool, unit->steps[i].statement) < pool->slow_count)
			return true;
	}
	return false;
}

/* Takes those of the queue that are slow now. The list is to be woken once the mutex is released. */
static struct waiter *queue_stop_slow(struct pool *pool)
{
	struct waiter *stopped = NULL;
	for (struct waiter *waiter = pool->first, *next; waiter; waiter = next) {
		next = waiter->next;
		if (!pool_finds_slow(pool, waiter->unit))
			continue;
		queue_remove(pool, waiter);
		waiter->unit->outcome = UNIT_STOPPED;
		waiter->next = stopped;
		stopped = waiter;
	}
	return stopped;
}

static void slow_add(struct pool *pool, const struct statement *statement)
{
	if (!statement || slow_find(pool, statement) < pool->slow_count)
		return;
	if (pool->slow_count == POOL_SLOW) /* forgets one of them, which will be found slow again if it is */
		pool->slow_count--;
	pool->slow[pool->slow_count++] = statement;
}

void pool_forgive(struct pool *pool, const struct unit *unit)
{
	unsigned bound = pool->settings.connection.statement_milliseconds;
	if (bound && unit->microseconds >= bound * INT64_C(1000))
		return;
	pthread_mutex_lock(&pool->mutex);
	for (size_t i = 0; i < unit->step_count; i++) {
		size_t found = slow_find(pool, unit->steps[i].statement);
		if (found < pool->slow_count)
			pool->slow[found] = pool->slow[--pool->slow_count];
	}
	pthread_mutex_unlock(&pool->mutex);
}

/* The connections; all under the mutex. */

static bool pool_may_open(const struct pool *pool)
{
	return clock_monotonic_microseconds() >= pool->retry_at;
}

/* While none may be opened: no connection is open or being opened, so that waiting would be for nothing. */
static bool pool_is_away(const struct pool *pool)
{
	return pool->figures.open == 0 && pool->opening == 0;
}

static struct connection *pool_take_idle(struct pool *pool, bool may_open)
{
	struct connection **list = &pool->idle_open;
	if (!*list && may_open)
		list = &pool->idle_closed;
	struct connection *connection = *list;
	if (!connection)
		return NULL;
	*list = connection->next;
	pool->figures.busy++;
	return connection;
}

static void pool_put_idle(struct pool *pool, struct connection *connection)
{
	struct connection **list = connection->handle ? &pool->idle_open : &pool->idle_closed;
	connection->next = *list;
	*list = connection;
	pool->figures.busy--;
}

static void waiter_refuse(struct pool *pool, struct waiter *waiter)
{
	waiter->unit->outcome = UNIT_UNSENT;
	memcpy(waiter->unit->reason, pool->reason, REASON_SIZE);
}

/* Wakes the waiters of a list; each may be gone as soon as it is woken. */
static void wake_all(struct waiter *first)
{
	while (first) {
		struct waiter *next = first->next;
		atomic_store_explicit(&first->is_woken, true, memory_order_release);
		sem_post(&first->wake);
		first = next;
	}
}

/*
 * Hands the connection to the first that waits, or lays it by. When the
 * database is away, all that wait are refused instead. What the answer lists is
 * to be woken once the mutex is released.
 */
static struct waiter *pool_give_back(struct pool *pool, struct connection *connection)
{
	bool may_open = pool_may_open(pool);
	if (pool->first && (connection->handle || may_open)) {
		struct waiter *leader = queue_pop(pool);
		leader->next = NULL;
		leader->connection = connection;
		return leader;
	}
	pool_put_idle(pool, connection);
	if (may_open || !pool_is_away(pool))
		return NULL;
	struct waiter *refused = NULL;
	for (struct waiter *waiter; (waiter = queue_pop(pool)) != NULL;) {
		waiter_refuse(pool, waiter);
		waiter->next = refused;
		refused = waiter;
	}
	return refused;
}

static void pool_back_off(struct pool *pool, const char reason[REASON_SIZE])
{
	pool->backoff = pool->backoff ? 2 * pool->backoff : BACKOFF_FIRST_MICROSECONDS;
	if (pool->backoff > BACKOFF_LAST_MICROSECONDS)
		pool->backoff = BACKOFF_LAST_MICROSECONDS;
	pool->retry_at = clock_monotonic_microseconds() + pool->backoff;
	memcpy(pool->reason, reason, REASON_SIZE);
}

/* Leading */

/* The leader has the connection, and so nobody else touches it; `open` is counted under the mutex. */
static bool lead_open(struct pool *pool, struct connection *connection, char ret_reason[REASON_SIZE])
{
	if (connection_is_alive(connection))
		return true;
	bool was_open = connection->handle != NULL;
	connection_close(connection);
	pthread_mutex_lock(&pool->mutex);
	pool->figures.open -= was_open;
	pool->opening++;
	pthread_mutex_unlock(&pool->mutex);

	bool opened = connection_open(connection, ret_reason);

	pthread_mutex_lock(&pool->mutex);
	pool->opening--;
	if (opened) {
		pool->figures.open++;
		pool->figures.reconnects += connection->openings > 1;
		pool->backoff = 0;
		pool->retry_at = 0;
	} else {
		pool_back_off(pool, ret_reason);
	}
	pthread_mutex_unlock(&pool->mutex);
	return opened;
}

/* The connection may have been lost on the way. */
static void lead_pipeline(struct pool *pool, struct connection *connection, struct arena *scratch, struct unit *const *units,
                          size_t count, enum pipeline_sync sync, int64_t deadline)
{
	pipeline_run(connection, scratch, units, count, sync, deadline);
	if (connection->handle)
		return;
	pthread_mutex_lock(&pool->mutex);
	pool->figures.open--;
	pthread_mutex_unlock(&pool->mutex);
}

/* A bound that is shared says nothing about the one unit, which can be run again since only reads share. */
static bool is_stopped(const struct pool *pool, const struct unit *unit)
{
	if (unit->outcome == UNIT_OVERDUE)
		return pool->settings.batch > 1;
	const char *sqlstate = unit->outcome == UNIT_REFUSED ? PQresultErrorField(unit->error, PG_DIAG_SQLSTATE) : NULL;
	return sqlstate_is(sqlstate, SQLSTATE_LOCK_NOT_AVAILABLE) ||
	       (pool->settings.connection.statement_milliseconds && sqlstate_is(sqlstate, SQLSTATE_QUERY_CANCELED));
}

/* Whether the server stopped one of them, which is then remembered. */
static bool lead_learn(struct pool *pool, struct unit *const *units, size_t count)
{
	bool learnt = false;
	for (size_t i = 0; pool->settings.is_quick && i < count; i++) {
		if (!is_stopped(pool, units[i]))
			continue;
		learnt = true;
		pthread_mutex_lock(&pool->mutex);
		slow_add(pool, units[i]->refused);
		struct waiter *stopped = queue_stop_slow(pool);
		pthread_mutex_unlock(&pool->mutex);
		wake_all(stopped);
		units[i]->outcome = UNIT_STOPPED;
	}
	return learnt;
}

/* Keeps those that are yet to be run, and may be. */
static size_t lead_sift(struct pool *pool, struct unit **units, size_t count)
{
	size_t kept = 0;
	pthread_mutex_lock(&pool->mutex);
	for (size_t i = 0; i < count; i++) {
		if (units[i]->outcome != UNIT_UNSENT && units[i]->outcome != UNIT_SKIPPED)
			continue;
		if (pool_finds_slow(pool, units[i]))
			units[i]->outcome = UNIT_STOPPED;
		else
			units[kept++] = units[i];
	}
	pthread_mutex_unlock(&pool->mutex);
	return kept;
}

/* What one that was stopped skipped goes together again, without its like; what an error skipped goes one by one. */
static void lead_run(struct pool *pool, struct connection *connection, struct arena *scratch, struct unit **units, size_t count)
{
	int64_t deadline = clock_monotonic_microseconds() + pool->settings.led_milliseconds * INT64_C(1000);
	enum pipeline_sync sync = PIPELINE_ONE_SYNC;
	while ((count = lead_sift(pool, units, count)) > 0) {
		lead_pipeline(pool, connection, scratch, units, count, sync, deadline);
		sync = lead_learn(pool, units, count) ? PIPELINE_ONE_SYNC : PIPELINE_EACH_SYNC;
	}
}

/* Takes along as many of those that wait as fit; their units stand after the leader's. */
static struct waiter *lead_gather(struct pool *pool, struct unit *units[POOL_BATCH], size_t *count)
{
	struct waiter *followers = NULL;
	pthread_mutex_lock(&pool->mutex);
	while (*count < pool->settings.batch && pool->first) {
		struct waiter *follower = queue_pop(pool);
		follower->next = followers;
		followers = follower;
		units[(*count)++] = follower->unit;
	}
	pool->figures.units += *count;
	pthread_mutex_unlock(&pool->mutex);
	return followers;
}

/* Runs the leader's unit, and others with it. The next leader is woken first: the connection must not rest. */
static void pool_lead(struct pool *pool, struct connection *connection, struct arena *scratch, struct waiter *leader)
{
	struct unit *units[POOL_BATCH] = {leader->unit};
	struct waiter *followers = NULL;
	size_t count = 1;
	if (lead_open(pool, connection, leader->unit->reason)) {
		followers = lead_gather(pool, units, &count);
		lead_run(pool, connection, scratch, units, count);
	} else {
		leader->unit->outcome = UNIT_UNSENT;
	}
	pthread_mutex_lock(&pool->mutex);
	struct waiter *next = pool_give_back(pool, connection);
	pthread_mutex_unlock(&pool->mutex);
	wake_all(next);
	wake_all(followers);
}

/* Waiting */

static void pool_count_timeout(struct pool *pool)
{
	pthread_mutex_lock(&pool->mutex);
	pool->figures.timeouts++;
	pthread_mutex_unlock(&pool->mutex);
}

static struct timespec timespec_of(int64_t microseconds)
{
	return (struct timespec){.tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000};
}

/* False: the deadline passed. */
static bool waiter_sleep(struct waiter *waiter, int64_t deadline)
{
	const struct timespec until = timespec_of(deadline);
	while (sem_clockwait(&waiter->wake, CLOCK_MONOTONIC, &until) != 0) {
		if (errno != EINTR)
			return false;
	}
	return atomic_load_explicit(&waiter->is_woken, memory_order_acquire);
}

/* Until the waiter is woken. One that has been taken along is woken soon after its unit's own bound. */
static void pool_wait(struct pool *pool, struct waiter *waiter, int64_t deadline)
{
	if (waiter_sleep(waiter, deadline))
		return;
	pthread_mutex_lock(&pool->mutex);
	bool was_queued = waiter->is_queued;
	if (was_queued) {
		queue_remove(pool, waiter);
		waiter->unit->outcome = UNIT_UNSERVED;
		connection_reason("no connection came free", waiter->unit->reason);
	}
	pthread_mutex_unlock(&pool->mutex);
	if (!was_queued)
		waiter_sleep(waiter, INT64_MAX);
}

/* A connection at once, a place in the queue, or an outcome at once. */
static void pool_place(struct pool *pool, struct waiter *waiter)
{
	struct unit *unit = waiter->unit;
	if (pool_finds_slow(pool, unit)) {
		unit->outcome = UNIT_STOPPED;
		return;
	}
	bool may_open = pool_may_open(pool);
	waiter->connection = pool_take_idle(pool, may_open);
	if (waiter->connection)
		return;
	if (!may_open && pool_is_away(pool)) {
		waiter_refuse(pool, waiter);
	} else if (pool->figures.waiting < pool->settings.waiting_maximum) {
		queue_push(pool, waiter);
	} else {
		unit->outcome = UNIT_UNSERVED;
		connection_reason("too many wait for a connection", unit->reason);
	}
}

/* True: it is queued, and must wait. */
static bool pool_enter(struct pool *pool, struct waiter *waiter)
{
	pthread_mutex_lock(&pool->mutex);
	pool_place(pool, waiter);
	bool is_queued = waiter->is_queued;
	pthread_mutex_unlock(&pool->mutex);
	return is_queued;
}

void pool_run(struct pool *pool, struct arena *scratch, struct unit *unit, int64_t deadline)
{
	struct waiter waiter = {.unit = unit};
	unit->outcome = UNIT_UNSENT;
	sem_init(&waiter.wake, 0, 0);
	if (pool_enter(pool, &waiter))
		pool_wait(pool, &waiter, deadline);
	if (waiter.connection)
		pool_lead(pool, waiter.connection, scratch, &waiter);
	sem_destroy(&waiter.wake);
	if (unit->outcome == UNIT_UNSERVED || unit->outcome == UNIT_OVERDUE)
		pool_count_timeout(pool);
}

void pool_drain(struct pool *pool)
{
	pthread_mutex_lock(&pool->mutex);
	for (struct connection *connection = pool->idle_open; connection; connection = connection->next)
		connection_drain(connection->handle);
	pthread_mutex_unlock(&pool->mutex);
}

/* Figures */

void pool_count_failure(struct pool *pool)
{
	pthread_mutex_lock(&pool->mutex);
	pool->figures.failures++;
	pthread_mutex_unlock(&pool->mutex);
}

struct db_figures pool_figures(struct pool *pool)
{
	pthread_mutex_lock(&pool->mutex);
	struct db_figures figures = pool->figures;
	pthread_mutex_unlock(&pool->mutex);
	return figures;
}
