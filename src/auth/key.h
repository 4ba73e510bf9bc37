/*
 * One signing key: an EC key on P-256, read from a PEM file by OpenSSL, by which
 * it verifies too: libjwt would parse a PEM at each token, which takes four times
 * as long as the verifying. Only for the files of auth/; it will never know what
 * is signed with it.
 */
#ifndef SCIDAY_AUTH_KEY_H
#define SCIDAY_AUTH_KEY_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct key {
	const char *id;    /* the kid of its tokens (RFC 7515, section 4.1.4) */
	EVP_PKEY *pkey;    /* freed by key_end */
	char *private_pem; /* PKCS #8: what libjwt signs with, or NULL; wiped by key_end */
	const char *x, *y; /* the public point's coordinates, base64url (RFC 7518, section 6.2.1) */
};

/* Reads the key of a PEM file; its strings are the arena's, and key_end ends it. NULL, or what is wrong with the file. */
const char *key_read(const char *path, const char *id, struct arena *arena, struct key *ret_key)
	__attribute__((warn_unused_result));

/* Writes a new private key where there is no file yet, mode 0600, whole or not at all. NULL, or what went wrong. */
const char *key_write_new(const char *path) __attribute__((warn_unused_result));

/* Frees it, and overwrites the private part in memory. */
void key_end(struct key *key);

/* Whether it has signed the bytes with ES256: r and s, one after the other (RFC 7518, section 3.4). Safe from several threads. */
#define KEY_SIGNATURE_SIZE 64
bool key_verify(const struct key *key, const void *bytes, size_t length, const unsigned char signature[KEY_SIGNATURE_SIZE])
	__attribute__((warn_unused_result));

/* The public part as a JWK (RFC 7517, section 4), in the arena. */
const char *key_jwk(const struct key *key, struct arena *arena);

#endif
