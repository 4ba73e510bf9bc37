/*
 * Access tokens, and those of signed links: JWT (RFC 7519) signed with ES256 (RFC 7518, section 3.4), and
 * the ring of keys that sign and verify them. The only file that knows libjwt.
 */
#ifndef SCIDAY_AUTH_TOKEN_H
#define SCIDAY_AUTH_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

#define TOKEN_LIMIT 4096 /* bytes; a longer one is refused unread */

#define TOKEN_ISSUER "sciday"       /* iss */
#define TOKEN_AUDIENCE "sciday-api" /* aud: no typ is written or taken but "JWT", so it is aud that tells an access token */

struct token_claims {
	const char *account_id;                      /* sub */
	const char *session_id;                      /* sid */
	const char *token_id;                        /* jti */
	const char *resource_id;                     /* res: what a link leads to; an access token has none */
	long long revocations;                       /* rev: how often links to it had been revoked when this one was made */
	long long issued_at, not_before, expires_at; /* iat, nbf, exp: seconds since the epoch */
};

struct keyring;

/*
 * Reads every *.pem of the directory: private EC keys on P-256 (PKCS #8 or SEC 1), or public
 * ones that only verify, at most 32 of both. The kid is the file's name without
 * ".pem"; names sort by time, and the last private one signs. NULL after say() has said what is wrong.
 */
struct keyring *keyring_load(const char *directory, void (*say)(const char *line));
void keyring_destroy(struct keyring *ring);

/* Makes a new private key file, mode 0600, named by the time; *ret_kid in the arena. 0, or −1 after say(). */
int keyring_generate(const char *directory, struct arena *arena, const char **ret_kid, void (*say)(const char *line));

/* The kid of a key, the oldest being 0, and whether it is the one that signs; NULL beyond the last. The ring's. */
const char *keyring_kid(const struct keyring *ring, size_t index, bool *ret_signs);

/* The public keys as a JWK set (RFC 7517, section 5), owned by the ring. */
const char *keyring_jwks(const struct keyring *ring);

/* The signed token for this audience, in the arena, or NULL if the library fails. */
const char *token_sign(const struct keyring *ring, struct arena *arena, const char *audience, const struct token_claims *claims);

/*
 * Whether the token is ours, signed by a key of the ring with ES256, for this audience and no other, and
 * valid at `now` (60 s of leeway for iat and nbf, none for exp). Anything else is false, and says
 * no more: a token's contents are in no log and no error. The strings are the arena's.
 */
bool token_verify(const struct keyring *ring, struct arena *arena, const char *audience, const char *token, long long now,
                  struct token_claims *ret_claims) __attribute__((warn_unused_result));

#endif
