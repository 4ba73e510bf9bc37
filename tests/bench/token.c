/*
 * What it takes to know by its token who calls: verified for the first time, and found again. Microseconds, as JSON.
 *
 *   bench_token KEY_DIRECTORY
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "auth/caller_cache.h"
#include "auth/token.h"
#include "base/arena.h"
#include "http/exchange.h"

#define FIRST 2000
#define CACHED 200000

static double now_in_microseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void say(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

/* Of so many verifications each; negative when a good token was refused. */
static double verify(const struct keyring *ring, const char *token, long long at)
{
	double began = now_in_microseconds();
	for (int i = 0; i < FIRST; i++) {
		__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
		struct token_claims claims;
		if (!token_verify(ring, arena, TOKEN_AUDIENCE, token, at, &claims))
			return -1;
	}
	return (now_in_microseconds() - began) / FIRST;
}

static double find(struct caller_cache *cache, const char *token, long long at)
{
	double began = now_in_microseconds();
	for (int i = 0; i < CACHED; i++) {
		__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
		struct caller caller;
		if (!caller_cache_find(cache, token, at, arena, &caller))
			return -1;
	}
	return (now_in_microseconds() - began) / CACHED;
}

int main(int argc, char **argv)
{
	struct keyring *ring = argc == 2 ? keyring_load(argv[1], say) : NULL;
	if (!ring)
		return 1;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *id = "0196b1d4-7c00-7000-8000-0000000000a1";
	long long at = time(NULL);
	struct token_claims claims = {
		.account_id = id, .session_id = id, .token_id = id, .issued_at = at, .not_before = at, .expires_at = at + 900};
	const char *token = token_sign(ring, arena, TOKEN_AUDIENCE, &claims);
	struct caller caller = {.authenticated = true, .account_id = id, .session_id = id, .scopes = {"", id, "", ""}};
	struct caller_cache *cache = caller_cache_create(1000);
	caller_cache_keep(cache, token, at, at + 900, caller_cache_generation(cache), &caller);

	double first = verify(ring, token, at);
	double cached = find(cache, token, at);
	printf("{\"first\": %.3f, \"cached\": %.3f}\n", first, cached);
	caller_cache_destroy(cache);
	keyring_destroy(ring);
	return first < 0 || cached < 0;
}
