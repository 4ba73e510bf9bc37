#include "server/memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/id.h"
#include "contract/contract.h"
#include "db/db.h"
#include "http/exchange.h"
#include "http/reply.h"
#include "operation/services.h"
#include "server/gzip.h"

#define LIFE_MICROSECONDS INT64_C(60000000) /* max-age: what tells its time (as_of) is no older than this */
#define LARGEST_PART 8                      /* of the memory, that one reply may take */
#define BUCKET_BYTES 1024                   /* of the memory, for each bucket */
#define TOPICS_MAXIMUM 64
#define WAIT_MICROSECONDS INT64_C(1000000) /* for what somebody else makes */

/* What is asked: every value that the answer is made from. */
struct key {
	const char *bytes;
	size_t length;
	uint64_t hash;
};

/* Of an answer that is being made, until it is there or given up. */
struct memory_ticket {
	LIST_ENTRY(memory_ticket) in_making;
	struct memory *memory;
	struct key key;
	unsigned long long version;
	unsigned long long number; /* no other had or will have */
	bool is_in_making;
};

struct kept {
	LIST_ENTRY(kept) in_bucket;
	TAILQ_ENTRY(kept) in_use;
	struct key key;
	unsigned long long version;
	int64_t until; /* monotonic microseconds */
	size_t size;
	atomic_uint holders; /* the memory, and exchanges */
	struct reply reply;  /* its strings are its own */
};

LIST_HEAD(bucket, kept);
TAILQ_HEAD(use, kept);
LIST_HEAD(making, memory_ticket);

struct memory {
	pthread_mutex_t mutex; /* over everything below it */
	pthread_cond_t made;   /* or given up: something that was being made */
	struct making making;
	unsigned long long tickets;
	struct use use; /* what was not asked for the longest time first */
	struct bucket *buckets;
	size_t bucket_count; /* a power of two */
	size_t limit;
	unsigned long long drops[TOPICS_MAXIMUM]; /* of each topic */
	unsigned long long drops_of_all;
	struct memory_figures figures;
};

static void *allocated(void *bytes)
{
	if (!bytes)
		abort(); /* as an arena does */
	return bytes;
}

struct memory *memory_create(size_t limit)
{
	struct memory *memory = allocated(calloc(1, sizeof *memory));
	pthread_mutex_init(&memory->mutex, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&memory->made, &monotonic);
	pthread_condattr_destroy(&monotonic);
	LIST_INIT(&memory->making);
	TAILQ_INIT(&memory->use);
	memory->limit = limit;
	memory->bucket_count = 16;
	while (memory->bucket_count < limit / BUCKET_BYTES)
		memory->bucket_count *= 2;
	memory->buckets = allocated(calloc(memory->bucket_count, sizeof *memory->buckets));
	return memory;
}

/* One reply */

static void kept_release(void *object)
{
	struct kept *kept = object;
	if (atomic_fetch_sub(&kept->holders, 1) > 1)
		return;
	struct reply *reply = &kept->reply;
	for (size_t i = 0; i < reply->header_count; i++) {
		free((char *)reply->headers[i].name);
		free((char *)reply->headers[i].value);
	}
	free((char *)reply->body);
	free((char *)reply->gzip);
	free((char *)reply->etag);
	free((char *)reply->media_type);
	free((char *)kept->key.bytes);
	free(kept);
}

static const char *copy_text(struct kept *kept, const char *text)
{
	if (!text)
		return NULL;
	kept->size += strlen(text) + 1;
	return allocated(strdup(text));
}

/* Of no bytes too it is something. */
static const char *copy_bytes(struct kept *kept, const char *bytes, size_t length)
{
	kept->size += length;
	return memcpy(allocated(malloc(length + 1)), bytes, length);
}

static struct kept *kept_create(const struct memory_ticket *ticket, const struct reply *reply)
{
	struct kept *kept = allocated(calloc(1, sizeof *kept));
	*kept = (struct kept){.key = ticket->key, .version = ticket->version, .size = sizeof *kept, .reply = *reply};
	kept->key.bytes = copy_bytes(kept, ticket->key.bytes, ticket->key.length);
	kept->until = clock_monotonic_microseconds() + LIFE_MICROSECONDS;
	atomic_init(&kept->holders, 1);
	kept->reply.is_shared = true;
	kept->reply.media_type = copy_text(kept, reply->media_type);
	kept->reply.etag = copy_text(kept, reply->etag);
	kept->reply.body = copy_bytes(kept, reply->body, reply->length);
	kept->reply.gzip = gzip_worthwhile(reply) ? gzip_bytes(reply->body, reply->length, &kept->reply.gzip_length) : NULL;
	kept->size += kept->reply.gzip_length;
	for (size_t i = 0; i < reply->header_count; i++) {
		kept->reply.headers[i].name = copy_text(kept, reply->headers[i].name);
		kept->reply.headers[i].value = copy_text(kept, reply->headers[i].value);
	}
	return kept;
}

/* The reply is there until the exchange has been written out. */
static void kept_hold(struct kept *kept, struct exchange *exchange)
{
	atomic_fetch_add(&kept->holders, 1);
	arena_defer(exchange->arena, kept_release, kept);
	exchange->reply = kept->reply;
}

/* All of them; under the mutex */

static bool is_same_key(const struct key *key, const struct key *other)
{
	return key->hash == other->hash && key->length == other->length && memcmp(key->bytes, other->bytes, key->length) == 0;
}

static struct bucket *memory_bucket(struct memory *memory, const struct key *key)
{
	return &memory->buckets[key->hash & (memory->bucket_count - 1)];
}

static void memory_remove(struct memory *memory, struct kept *kept)
{
	LIST_REMOVE(kept, in_bucket);
	TAILQ_REMOVE(&memory->use, kept, in_use);
	memory->figures.replies--;
	memory->figures.bytes -= kept->size;
	kept_release(kept);
}

static void memory_insert(struct memory *memory, struct kept *kept)
{
	LIST_INSERT_HEAD(memory_bucket(memory, &kept->key), kept, in_bucket);
	TAILQ_INSERT_TAIL(&memory->use, kept, in_use);
	memory->figures.replies++;
	memory->figures.bytes += kept->size;
}

static void memory_make_room(struct memory *memory)
{
	struct kept *oldest = TAILQ_FIRST(&memory->use);
	while (oldest && memory->figures.bytes > memory->limit) {
		struct kept *next = TAILQ_NEXT(oldest, in_use);
		memory_remove(memory, oldest);
		oldest = next;
	}
}

static struct kept *memory_look_up(struct memory *memory, const struct key *key)
{
	struct kept *kept;
	LIST_FOREACH(kept, memory_bucket(memory, key), in_bucket)
	{
		if (is_same_key(&kept->key, key))
			return kept;
	}
	return NULL;
}

/* The sum of what only grows: it is another one as soon as one of them is. */
static unsigned long long memory_version(const struct memory *memory, unsigned long long topics)
{
	unsigned long long version = memory->drops_of_all;
	for (size_t i = 0; i < contract_topic_count; i++) {
		if (topics >> i & 1)
			version += memory->drops[i];
	}
	return version;
}

void memory_destroy(struct memory *memory)
{
	if (!memory)
		return;
	while (!TAILQ_EMPTY(&memory->use))
		memory_remove(memory, TAILQ_FIRST(&memory->use));
	pthread_cond_destroy(&memory->made);
	pthread_mutex_destroy(&memory->mutex);
	free(memory->buckets);
	free(memory);
}

static size_t topic_find(const char *table)
{
	size_t i = 0;
	while (table && i < contract_topic_count && strcmp(contract_topics[i], table) != 0)
		i++;
	return table ? i : contract_topic_count;
}

/* What is dropped goes when it is next asked for, or when room is needed. */
void memory_drop(struct memory *memory, const char *table)
{
	size_t topic = topic_find(table);
	pthread_mutex_lock(&memory->mutex);
	if (topic < contract_topic_count)
		memory->drops[topic]++;
	else
		memory->drops_of_all++;
	pthread_mutex_unlock(&memory->mutex);
}

/* Asking */

/* It is the same however the request wrote it. */
static struct key key_of(const struct exchange *exchange)
{
	const struct operation *operation = exchange->operation;
	struct buffer asked = buffer_create(exchange->arena);
	buffer_append_string(&asked, operation->id);
	buffer_append(&asked, exchange->locale == LOCALE_EN ? "e" : "z", 1);
	for (size_t i = 0; i < operation->parameter_count; i++) {
		const char *value = values_get(&exchange->values, operation->parameters[i].name);
		buffer_append(&asked, "", 1);
		if (value) {
			buffer_append(&asked, "=", 1);
			buffer_append_string(&asked, value);
		}
	}
	return (struct key){asked.data, asked.length, bucket_hash(asked.data, asked.length)};
}

/* Of a caller who is known, only what rests on nothing: it is the same for all. */
static bool may_be_kept(const struct memory *memory, const struct exchange *exchange)
{
	const struct operation *operation = exchange->operation;
	if (!memory || !operation->is_kept || exchange->format != FORMAT_JSON)
		return false;
	return operation->topics == 0 || (!exchange->caller.authenticated && db_listens(exchange->services->db));
}

/* What is kept under the ticket's key and is not stale; what is stale goes. */
static struct kept *memory_fresh(struct memory *memory, const struct memory_ticket *ticket)
{
	struct kept *kept = memory_look_up(memory, &ticket->key);
	if (!kept || (kept->version == ticket->version && kept->until > clock_monotonic_microseconds()))
		return kept;
	memory_remove(memory, kept);
	return NULL;
}

/* Who makes the same, from no older reading than would be made now. */
static const struct memory_ticket *memory_maker(const struct memory *memory, const struct memory_ticket *ticket)
{
	const struct memory_ticket *other;
	LIST_FOREACH(other, &memory->making, in_making)
	{
		if (other->version == ticket->version && is_same_key(&other->key, &ticket->key))
			return other;
	}
	return NULL;
}

static bool memory_is_making(const struct memory *memory, unsigned long long number)
{
	const struct memory_ticket *ticket;
	LIST_FOREACH(ticket, &memory->making, in_making)
	{
		if (ticket->number == number)
			return true;
	}
	return false;
}

/*
 * Of many who ask the same while it is being made, one asks the database. Nobody waits for a second one: what is not kept
 * when it is made, each makes for themselves.
 */
static void memory_wait(struct memory *memory, const struct memory_ticket *ticket)
{
	const struct memory_ticket *maker = memory_maker(memory, ticket);
	if (!maker)
		return;
	unsigned long long number = maker->number;
	int64_t end = clock_monotonic_microseconds() + WAIT_MICROSECONDS;
	const struct timespec until = {.tv_sec = end / 1000000, .tv_nsec = end % 1000000 * 1000};
	memory->figures.waiting++;
	while (memory_is_making(memory, number) && pthread_cond_timedwait(&memory->made, &memory->mutex, &until) == 0)
		;
	memory->figures.waiting--;
}

static void ticket_begin(struct memory_ticket *ticket)
{
	struct memory *memory = ticket->memory;
	ticket->number = memory->tickets++;
	ticket->is_in_making = true;
	LIST_INSERT_HEAD(&memory->making, ticket, in_making);
}

static void ticket_end(struct memory_ticket *ticket)
{
	if (!ticket->is_in_making)
		return;
	ticket->is_in_making = false;
	LIST_REMOVE(ticket, in_making);
	pthread_cond_broadcast(&ticket->memory->made);
}

/* Of an exchange that ended before its operation ran. */
static void ticket_give_up(void *object)
{
	struct memory_ticket *ticket = object;
	pthread_mutex_lock(&ticket->memory->mutex);
	ticket_end(ticket);
	pthread_mutex_unlock(&ticket->memory->mutex);
}

bool memory_find(struct exchange *exchange)
{
	struct memory *memory = exchange->services->memory;
	if (!may_be_kept(memory, exchange))
		return false;
	struct memory_ticket *ticket = arena_alloc(exchange->arena, sizeof *ticket);
	*ticket = (struct memory_ticket){.memory = memory, .key = key_of(exchange)};

	pthread_mutex_lock(&memory->mutex);
	ticket->version = memory_version(memory, exchange->operation->topics);
	struct kept *kept = memory_fresh(memory, ticket);
	if (!kept) {
		memory_wait(memory, ticket);
		ticket->version = memory_version(memory, exchange->operation->topics);
		kept = memory_fresh(memory, ticket);
	}
	if (kept) {
		TAILQ_REMOVE(&memory->use, kept, in_use);
		TAILQ_INSERT_TAIL(&memory->use, kept, in_use);
		kept_hold(kept, exchange);
		memory->figures.found++;
	} else {
		ticket_begin(ticket);
		memory->figures.missed++;
	}
	pthread_mutex_unlock(&memory->mutex);
	if (kept)
		return true;
	exchange->ticket = ticket;
	arena_defer(exchange->arena, ticket_give_up, ticket);
	return false;
}

void memory_keep(struct exchange *exchange)
{
	const struct reply *reply = &exchange->reply;
	struct memory *memory = exchange->services->memory;
	struct memory_ticket *ticket = exchange->ticket;
	if (!ticket)
		return;
	bool is_good = reply->status == 200 && !reply->stream && reply->length <= memory->limit / LARGEST_PART;
	struct kept *kept = is_good ? kept_create(ticket, reply) : NULL;
	if (kept)
		kept_hold(kept, exchange);

	pthread_mutex_lock(&memory->mutex);
	if (kept && memory_version(memory, exchange->operation->topics) == ticket->version) {
		struct kept *present = memory_look_up(memory, &ticket->key); /* of who did not wait */
		if (present)
			memory_remove(memory, present);
		memory_insert(memory, kept);
		memory_make_room(memory);
	} else if (kept) {
		kept_release(kept);
	}
	ticket_end(ticket);
	pthread_mutex_unlock(&memory->mutex);
}

struct memory_figures memory_figures(struct memory *memory)
{
	pthread_mutex_lock(&memory->mutex);
	struct memory_figures figures = memory->figures;
	pthread_mutex_unlock(&memory->mutex);
	return figures;
}
