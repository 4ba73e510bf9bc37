/*
 * Passwords: argon2id (RFC 9106) by libsodium, 19 MiB and two passes (about 23 ms), at most as many at once as there are
 * cores, so that a flood of sign-ins cannot take the machine's memory; who would have to wait long is told so
 * (PROBLEM_overloaded), and nobody waits for one caller's (base/gate.h).
 */
#ifndef SCIDAY_AUTH_PASSWORD_H
#define SCIDAY_AUTH_PASSWORD_H

#include <stdbool.h>

#include "base/gate.h"

struct arena;
struct problem;

/* Once, at the start of the process, before any thread; ends the process if libsodium cannot start. */
void password_start(void);

/* The encoded hash ("$argon2id$v=19$…"), in the arena; `who` is whom it is for. NULL, or the problem. */
struct problem *password_hash(struct arena *arena, const char *who, const char *password, const char **ret_hash)
	__attribute__((warn_unused_result));

/* Whether the password is the hash's. A NULL hash (no such user) costs the same and is false. NULL, or the problem. */
struct problem *password_verify(struct arena *arena, const char *who, const char *hash, const char *password, bool *ret_is_right)
	__attribute__((warn_unused_result));

/* How many hash and wait to. */
struct gate_figures password_figures(void);

#endif
