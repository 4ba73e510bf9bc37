/*
 * Identifiers and secrets.
 */
#ifndef SCIDAY_BASE_ID_H
#define SCIDAY_BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ID_SIZE 37 /* 36 characters and a NUL */

/* A UUIDv7 (RFC 9562, section 5.7): the time in milliseconds, then randomness; lower case with hyphens. */
void id_create(char ret_id[ID_SIZE]);

/* Whether the text is a UUID of any version, in its 36-character form. */
bool id_is_valid(const char *text);

/* SHA-256 (FIPS 180-4) of the bytes, as 64 lower-case hexadecimal digits and a NUL. */
#define DIGEST_SIZE 65
void digest_hex(const void *bytes, size_t length, char ret_digest[DIGEST_SIZE]);

/* BLAKE2b-256 (RFC 7693) of the bytes, which takes a third of the time, where nobody outside this process sees it. */
#define RAW_DIGEST_SIZE 32
void digest_raw(const void *bytes, size_t length, unsigned char ret_digest[RAW_DIGEST_SIZE]);

/*
 * The first half of the bytes' BLAKE2b-128 (RFC 7693), as 16 lower-case hexadecimal digits and a NUL: to tell one version
 * of something from another. It takes a third of SHA-256's time, which was a third of all that a page cost this process.
 */
#define FINGERPRINT_SIZE 17
void fingerprint_hex(const void *bytes, size_t length, char ret_fingerprint[FINGERPRINT_SIZE]);

/*
 * SipHash-2-4 of the bytes, with a key that this process has drawn: where they go in a table. Whoever chooses the bytes
 * cannot choose that they meet others there.
 */
uint64_t bucket_hash(const void *bytes, size_t length);

/* SHA-256 of bytes that come in pieces; the digest is the arena's. */
struct digest;
struct arena;
struct digest *digest_create(struct arena *arena);
void digest_add(struct digest *digest, const void *bytes, size_t length);
void digest_finish(struct digest *digest, char ret_digest[DIGEST_SIZE]);

/*
 * base64url without padding (RFC 4648, section 5), in the arena. Of the texts that might stand for some bytes one alone is
 * taken: decoding gives NULL for padding, white space, other characters and spare bits that are not zero (section 3.5).
 */
char *base64url_encode(struct arena *arena, const void *bytes, size_t length);
void *base64url_decode(struct arena *arena, const char *text, size_t *ret_length);

/* As strictly, base64 with its padding (section 4). */
void *base64_decode(struct arena *arena, const char *text, size_t *ret_length);

/* `bytes` random bytes as base64url, in the arena: a secret that nobody guesses. */
char *secret_create(struct arena *arena, size_t bytes);

/* Another secret, made of this one and a salt by HMAC-SHA-256 (RFC 2104), as base64url: only with both is it made again. */
char *secret_derive(struct arena *arena, const char *secret, const char *salt);

#endif
