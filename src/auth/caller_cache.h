/*
 * Verified tokens: who they speak for, by the token's digest, so that a read
 * need not verify a signature nor look up memberships again. An entry lives
 * until the sooner of 60 s and the token's end, and is dropped when a session,
 * a membership or a key ends. Bounded; safe from several threads.
 */
#ifndef SCIDAY_AUTH_CALLER_CACHE_H
#define SCIDAY_AUTH_CALLER_CACHE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct caller;
struct caller_cache;

/* Room for `capacity` tokens; beyond that the oldest goes. */
struct caller_cache *caller_cache_create(size_t capacity);
void caller_cache_destroy(struct caller_cache *cache);

/* Whether the token is known and still valid at `now` (seconds since the epoch); its caller is copied into the arena. */
bool caller_cache_find(struct caller_cache *cache, const char *token, long long now, struct arena *arena,
                       struct caller *ret_caller) __attribute__((warn_unused_result));

/* Remembers a caller, copying it. `generation` is caller_cache_generation as it was before the caller was
 * looked up: if something was dropped since, the entry may be stale already and is not kept. */
void caller_cache_keep(struct caller_cache *cache, const char *token, long long now, long long expires_at,
                       unsigned long long generation, const struct caller *caller);

unsigned long long caller_cache_generation(struct caller_cache *cache);

/* Drops every token of the account, or all of them when account_id is NULL. */
void caller_cache_drop(struct caller_cache *cache, const char *account_id);

#endif
