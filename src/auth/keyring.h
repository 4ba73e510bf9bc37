/*
 * What the ring holds, for keyring.c which fills it and token.c which signs
 * and verifies with it. Read-only once loaded, so threads share it freely.
 */
#ifndef SCIDAY_AUTH_KEYRING_H
#define SCIDAY_AUTH_KEYRING_H

#include <stddef.h>

#include "auth/key.h"

#define KEYRING_LIMIT 32 /* keys; more is a directory that nobody tidies */

struct keyring {
	struct arena *arena; /* the ring's own: it lives as long as the ring */
	struct key keys[KEYRING_LIMIT];
	size_t count;
	const struct key *signer; /* the newest private one */
	const char *jwks;
};

/* The key of this kid, or NULL. */
const struct key *keyring_find(const struct keyring *ring, const char *kid);

#endif
