#include "auth/password.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "http/problem.h"

/* OWASP's first choice for argon2id, and 23 ms on the machine that this was measured on. */
#define PASSES 2
#define MEMORY (19ULL * 1024 * 1024)

/* A whole class that signs in at once, from one address, waits; who waits longer has given up. */
#define LINE 128
#define WAIT_MILLISECONDS 2000

static struct gate *gate;
static char hash_of_nobody[crypto_pwhash_STRBYTES];

static void password_encode(char ret_hash[crypto_pwhash_STRBYTES], const char *password)
{
	if (crypto_pwhash_str_alg(ret_hash, password, strlen(password), PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
		abort(); /* only memory can have run out */
}

void password_start(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	const struct gate_settings settings = {
		.places = cores > 0 ? (unsigned)cores : 1,
		.line = LINE,
		.wait_milliseconds = WAIT_MILLISECONDS,
	};
	if (sodium_init() < 0)
		abort(); /* at the start, before anybody asks */
	gate = gate_create(&settings);
	unsigned char random[16];
	char secret[2 * sizeof(random) + 1];
	randombytes_buf(random, sizeof(random));
	password_encode(hash_of_nobody, sodium_bin2hex(secret, sizeof(secret), random, sizeof(random)));
}

struct problem *password_hash(struct arena *arena, const char *who, const char *password, const char **ret_hash)
{
	struct visit *visit = gate_enter(gate, who);
	if (!visit)
		return problem_create(arena, PROBLEM_overloaded);
	char hash[crypto_pwhash_STRBYTES];
	password_encode(hash, password);
	gate_leave(visit);
	*ret_hash = arena_strdup(arena, hash);
	return NULL;
}

struct problem *password_verify(struct arena *arena, const char *who, const char *hash, const char *password, bool *ret_is_right)
{
	struct visit *visit = gate_enter(gate, who);
	if (!visit)
		return problem_create(arena, PROBLEM_overloaded);
	int result = crypto_pwhash_str_verify(hash ? hash : hash_of_nobody, password, strlen(password));
	gate_leave(visit);
	*ret_is_right = hash && result == 0;
	return NULL;
}

struct gate_figures password_figures(void)
{
	return gate_figures(gate);
}
