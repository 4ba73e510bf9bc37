#include "auth/caller_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/arena.h"
#include "base/id.h"
#include "http/exchange.h"

#define LIFE 60 /* seconds: how long a change that nobody told us of may go unnoticed */

struct entry {
	LIST_ENTRY(entry) in_bucket;
	TAILQ_ENTRY(entry) in_age;
	unsigned char digest[RAW_DIGEST_SIZE];
	long long until; /* valid before this second */
	struct caller caller;
};

LIST_HEAD(bucket, entry);
TAILQ_HEAD(age, entry);

struct caller_cache {
	pthread_mutex_t mutex; /* over everything below it */
	struct age age;        /* oldest first */
	struct bucket *buckets;
	size_t bucket_count; /* a power of two */
	size_t count, capacity;
	unsigned long long generation;
};

static void *cache_memory(void *memory)
{
	if (!memory)
		abort(); /* only memory can have run out */
	return memory;
}

static void cache_unlock(pthread_mutex_t **mutex)
{
	pthread_mutex_unlock(*mutex);
}

/* Held until the end of the block that it stands in. */
#define CACHE_LOCK(cache) \
	__attribute__((cleanup(cache_unlock))) pthread_mutex_t *held = &(cache)->mutex; \
	pthread_mutex_lock(held)

struct caller_cache *caller_cache_create(size_t capacity)
{
	struct caller_cache *cache = cache_memory(calloc(1, sizeof(*cache)));
	pthread_mutex_init(&cache->mutex, NULL);
	TAILQ_INIT(&cache->age);
	cache->capacity = capacity;
	cache->bucket_count = 16;
	while (cache->bucket_count < capacity)
		cache->bucket_count *= 2;
	cache->buckets = cache_memory(calloc(cache->bucket_count, sizeof(*cache->buckets)));
	return cache;
}

/* A digest is as good as random, so its first bytes choose the bucket; nobody can aim at one. */
static struct bucket *cache_bucket(struct caller_cache *cache, const unsigned char *digest)
{
	size_t first;
	memcpy(&first, digest, sizeof first);
	return &cache->buckets[first & (cache->bucket_count - 1)];
}

static struct entry *cache_entry(struct caller_cache *cache, const unsigned char *digest)
{
	struct entry *entry;
	LIST_FOREACH(entry, cache_bucket(cache, digest), in_bucket)
	{
		if (memcmp(entry->digest, digest, RAW_DIGEST_SIZE) == 0)
			return entry;
	}
	return NULL;
}

static void entry_free(struct entry *entry)
{
	free((char *)entry->caller.account_id);
	free((char *)entry->caller.session_id);
	for (size_t i = 0; i < ROLE_COUNT; i++)
		free((char *)entry->caller.scopes[i]);
	free(entry);
}

static struct entry *entry_create(const unsigned char *digest, long long until, const struct caller *caller)
{
	struct entry *entry = cache_memory(calloc(1, sizeof(*entry)));
	memcpy(entry->digest, digest, RAW_DIGEST_SIZE);
	entry->until = until;
	entry->caller = *caller;
	entry->caller.account_id = cache_memory(strdup(caller->account_id));
	entry->caller.session_id = cache_memory(strdup(caller->session_id));
	for (size_t i = 0; i < ROLE_COUNT; i++)
		entry->caller.scopes[i] = cache_memory(strdup(caller->scopes[i]));
	return entry;
}

static void cache_remove(struct caller_cache *cache, struct entry *entry)
{
	LIST_REMOVE(entry, in_bucket);
	TAILQ_REMOVE(&cache->age, entry, in_age);
	cache->count--;
	entry_free(entry);
}

void caller_cache_destroy(struct caller_cache *cache)
{
	if (!cache)
		return;
	while (!TAILQ_EMPTY(&cache->age))
		cache_remove(cache, TAILQ_FIRST(&cache->age));
	pthread_mutex_destroy(&cache->mutex);
	free(cache->buckets);
	free(cache);
}

static void caller_copy(struct arena *arena, const struct caller *caller, struct caller *ret_caller)
{
	*ret_caller = *caller;
	ret_caller->account_id = arena_strdup(arena, caller->account_id);
	ret_caller->session_id = arena_strdup(arena, caller->session_id);
	for (size_t i = 0; i < ROLE_COUNT; i++)
		ret_caller->scopes[i] = arena_strdup(arena, caller->scopes[i]);
}

bool caller_cache_find(struct caller_cache *cache, const char *token, long long now, struct arena *arena,
                       struct caller *ret_caller)
{
	unsigned char digest[RAW_DIGEST_SIZE];
	digest_raw(token, strlen(token), digest);
	CACHE_LOCK(cache);
	struct entry *entry = cache_entry(cache, digest);
	if (!entry)
		return false;
	if (entry->until <= now) {
		cache_remove(cache, entry);
		return false;
	}
	caller_copy(arena, &entry->caller, ret_caller);
	return true;
}

void caller_cache_keep(struct caller_cache *cache, const char *token, long long now, long long expires_at,
                       unsigned long long generation, const struct caller *caller)
{
	unsigned char digest[RAW_DIGEST_SIZE];
	digest_raw(token, strlen(token), digest);
	CACHE_LOCK(cache);
	if (cache->generation != generation || cache->capacity == 0)
		return;
	/* Another request with the same token may have looked the same caller up at the same time. */
	struct entry *present = cache_entry(cache, digest);
	if (present)
		cache_remove(cache, present);
	if (cache->count == cache->capacity)
		cache_remove(cache, TAILQ_FIRST(&cache->age));
	struct entry *entry = entry_create(digest, expires_at < now + LIFE ? expires_at : now + LIFE, caller);
	LIST_INSERT_HEAD(cache_bucket(cache, digest), entry, in_bucket);
	TAILQ_INSERT_TAIL(&cache->age, entry, in_age);
	cache->count++;
}

unsigned long long caller_cache_generation(struct caller_cache *cache)
{
	CACHE_LOCK(cache);
	return cache->generation;
}

void caller_cache_drop(struct caller_cache *cache, const char *account_id)
{
	CACHE_LOCK(cache);
	cache->generation++;
	struct entry *entry = TAILQ_FIRST(&cache->age);
	while (entry) {
		struct entry *next = TAILQ_NEXT(entry, in_age);
		if (!account_id || strcmp(entry->caller.account_id, account_id) == 0)
			cache_remove(cache, entry);
		entry = next;
	}
}
