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

/* What an answer that is yet to be made will be kept under. */
struct memory_ticket {
	char key[DIGEST_SIZE];
	unsigned long long version;
};

struct kept {
	LIST_ENTRY(kept) in_bucket;
	TAILQ_ENTRY(kept) in_use;
	char key[DIGEST_SIZE];
	unsigned long long version;
	int64_t until; /* monotonic microseconds */
	size_t size;
	atomic_uint holders; /* the memory, and exchanges */
	struct reply reply;  /* its strings are its own */
};

LIST_HEAD(bucket, kept);
TAILQ_HEAD(use, kept);

struct memory {
	pthread_mutex_t mutex; /* over everything below it */
	struct use use;        /* what was not asked for the longest time first */
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
	free(kept);
}

static const char *copy_text(struct kept *kept, const char *text)
{
	if (!text)
		return NULL;
	kept->size += strlen(text) + 1;
	return allocated(strdup(text));
}

static const char *copy_bytes(struct kept *kept, const char *bytes, size_t length)
{
	kept->size += length + 1;
	return memcpy(allocated(malloc(length + 1)), bytes, length);
}

static struct kept *kept_create(const struct memory_ticket *ticket, const struct reply *reply)
{
	struct kept *kept = allocated(calloc(1, sizeof *kept));
	*kept = (struct kept){.version = ticket->version, .size = sizeof *kept, .reply = *reply};
	memcpy(kept->key, ticket->key, DIGEST_SIZE);
	kept->until = clock_monotonic_microseconds() + LIFE_MICROSECONDS;
	atomic_init(&kept->holders, 1);
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

/* A key is as good as random (SHA-256), so its first digits choose the bucket. */
static struct bucket *memory_bucket(struct memory *memory, const char *key)
{
	char first[9];
	memcpy(first, key, 8);
	first[8] = '\0';
	return &memory->buckets[strtoul(first, NULL, 16) & (memory->bucket_count - 1)];
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
	LIST_INSERT_HEAD(memory_bucket(memory, kept->key), kept, in_bucket);
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

static struct kept *memory_look_up(struct memory *memory, const char *key)
{
	struct kept *kept;
	LIST_FOREACH(kept, memory_bucket(memory, key), in_bucket)
	{
		if (memcmp(kept->key, key, DIGEST_SIZE) == 0)
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

/* Every value that the answer is made from; it is the same however the request wrote it. */
static void key_of(const struct exchange *exchange, char ret_key[DIGEST_SIZE])
{
	const struct operation *operation = exchange->operation;
	struct buffer asked = buffer_create(exchange->arena);
	buffer_printf(&asked, "%s %d", operation->id, (int)exchange->locale);
	for (size_t i = 0; i < operation->parameter_count; i++) {
		const char *value = values_get(&exchange->values, operation->parameters[i].name);
		buffer_append(&asked, "", 1);
		if (value) {
			buffer_append(&asked, "=", 1);
			buffer_append_string(&asked, value);
		}
	}
	digest_hex(asked.data, asked.length, ret_key);
}

static bool may_be_kept(const struct memory *memory, const struct exchange *exchange)
{
	const struct operation *operation = exchange->operation;
	return memory && operation->is_kept && !exchange->caller.authenticated && exchange->format == FORMAT_JSON &&
	       (operation->topics == 0 || db_listens(exchange->services->db));
}

bool memory_find(struct exchange *exchange)
{
	struct memory *memory = exchange->services->memory;
	if (!may_be_kept(memory, exchange))
		return false;
	struct memory_ticket *ticket = arena_alloc(exchange->arena, sizeof *ticket);
	key_of(exchange, ticket->key);

	pthread_mutex_lock(&memory->mutex);
	ticket->version = memory_version(memory, exchange->operation->topics);
	struct kept *kept = memory_look_up(memory, ticket->key);
	if (kept && (kept->version != ticket->version || kept->until <= clock_monotonic_microseconds())) {
		memory_remove(memory, kept);
		kept = NULL;
	}
	if (kept) {
		TAILQ_REMOVE(&memory->use, kept, in_use);
		TAILQ_INSERT_TAIL(&memory->use, kept, in_use);
		kept_hold(kept, exchange);
		memory->figures.found++;
	} else {
		exchange->ticket = ticket;
		memory->figures.missed++;
	}
	pthread_mutex_unlock(&memory->mutex);
	return kept != NULL;
}

void memory_keep(struct exchange *exchange)
{
	const struct reply *reply = &exchange->reply;
	struct memory *memory = exchange->services->memory;
	const struct memory_ticket *ticket = exchange->ticket;
	if (!ticket || reply->status != 200 || reply->stream || reply->length > memory->limit / LARGEST_PART)
		return;
	struct kept *kept = kept_create(ticket, reply);
	kept_hold(kept, exchange);

	pthread_mutex_lock(&memory->mutex);
	if (memory_version(memory, exchange->operation->topics) == ticket->version) {
		struct kept *present = memory_look_up(memory, ticket->key); /* of who asked the same at the same time */
		if (present)
			memory_remove(memory, present);
		memory_insert(memory, kept);
		memory_make_room(memory);
	} else {
		kept_release(kept);
	}
	pthread_mutex_unlock(&memory->mutex);
}

struct memory_figures memory_figures(struct memory *memory)
{
	pthread_mutex_lock(&memory->mutex);
	struct memory_figures figures = memory->figures;
	pthread_mutex_unlock(&memory->mutex);
	return figures;
}
