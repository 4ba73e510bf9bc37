/*
 * Passwords: argon2id (RFC 9106) by libsodium, 19 MiB and two passes (about
 * 23 ms), at most as many at once as there are cores, so that a flood of
 * sign-ins cannot take the machine's memory.
 */
#ifndef SCIDAY_AUTH_PASSWORD_H
#define SCIDAY_AUTH_PASSWORD_H

#include <stdbool.h>

struct arena;

/* Once, at the start of the process, before any thread; ends the process if libsodium cannot start. */
void password_start(void);

/* The encoded hash ("$argon2id$v=19$…"), in the arena. */
const char *password_hash(struct arena *arena, const char *password);

/* Whether the password is the hash's. A NULL hash (no such user) costs the same and is false. */
bool password_verify(const char *hash, const char *password) __attribute__((warn_unused_result));

#endif
