#include "server/rate_limit.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#define SLOTS 65536
#define NEIGHBOURS 8

struct slot {
	uint64_t key;
	long long window;
	unsigned count;
};

struct rate_limit {
	pthread_mutex_t mutex;
	unsigned limit;
	struct slot slots[SLOTS];
};

struct rate_limit *rate_limit_create(unsigned limit)
{
	struct rate_limit *rate_limit = calloc(1, sizeof *rate_limit);
	if (!rate_limit)
		abort(); /* only memory can have run out */
	pthread_mutex_init(&rate_limit->mutex, NULL);
	rate_limit->limit = limit;
	return rate_limit;
}

void rate_limit_destroy(struct rate_limit *rate_limit)
{
	if (!rate_limit)
		return;
	pthread_mutex_destroy(&rate_limit->mutex);
	free(rate_limit);
}

/* FNV-1a, 64 bits: two keys that collide share an allowance, which is harmless at this size. */
static uint64_t key_hash(const char *key)
{
	uint64_t hash = 0xcbf29ce484222325u;
	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 0x100000001b3u;
	return hash ? hash : 1;
}

/* The key's slot, or the one among its neighbours that is least needed. */
static struct slot *find_slot(struct rate_limit *rate_limit, uint64_t key, long long window)
{
	struct slot *oldest = NULL;
	for (uint64_t i = 0; i < NEIGHBOURS; i++) {
		struct slot *slot = &rate_limit->slots[(key + i) % SLOTS];
		if (slot->key == key)
			return slot;
		if (!oldest || slot->window < oldest->window || (slot->window == oldest->window && slot->count < oldest->count))
			oldest = slot;
	}
	*oldest = (struct slot){.key = key, .window = window};
	return oldest;
}

bool rate_limit_take(struct rate_limit *rate_limit, const char *key, unsigned weight, long long now, struct rate *ret_rate)
{
	long long window = now / RATE_WINDOW_SECONDS;
	pthread_mutex_lock(&rate_limit->mutex);
	struct slot *slot = find_slot(rate_limit, key_hash(key), window);
	if (slot->window != window) {
		slot->window = window;
		slot->count = 0;
	}
	bool allowed = weight <= rate_limit->limit - slot->count;
	if (allowed)
		slot->count += weight;
	unsigned remaining = rate_limit->limit - slot->count;
	pthread_mutex_unlock(&rate_limit->mutex);
	*ret_rate = (struct rate){
		.limit = rate_limit->limit,
		.remaining = remaining,
		.reset_seconds = (unsigned)(RATE_WINDOW_SECONDS - now % RATE_WINDOW_SECONDS),
	};
	return allowed;
}
