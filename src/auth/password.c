#include "auth/password.h"

#include <errno.h>
#include <semaphore.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

/* OWASP's first choice for argon2id, and 23 ms on the machine that this was measured on. */
#define PASSES 2
#define MEMORY (19ULL * 1024 * 1024)

static sem_t running; /* how many more may hash at once */
static char hash_of_nobody[crypto_pwhash_STRBYTES];

static void password_encode(char ret_hash[crypto_pwhash_STRBYTES], const char *password)
{
	/* It fails for want of memory alone, which is the end of the process here as everywhere. */
	if (crypto_pwhash_str_alg(ret_hash, password, strlen(password), PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
		abort();
}

void password_start(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	if (sodium_init() < 0 || sem_init(&running, 0, cores > 0 ? (unsigned)cores : 1) != 0)
		abort();
	unsigned char random[16];
	char secret[2 * sizeof(random) + 1];
	randombytes_buf(random, sizeof(random));
	password_encode(hash_of_nobody, sodium_bin2hex(secret, sizeof(secret), random, sizeof(random)));
}

static void password_wait(void)
{
	while (sem_wait(&running) != 0 && errno == EINTR)
		;
}

const char *password_hash(struct arena *arena, const char *password)
{
	char hash[crypto_pwhash_STRBYTES];
	password_wait();
	password_encode(hash, password);
	sem_post(&running);
	return arena_strdup(arena, hash);
}

bool password_verify(const char *hash, const char *password)
{
	password_wait();
	int result = crypto_pwhash_str_verify(hash ? hash : hash_of_nobody, password, strlen(password));
	sem_post(&running);
	return hash && result == 0;
}
