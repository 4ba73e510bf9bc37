/*
 * Who asks: whose rights a unit has, and how that is found out.
 */
#ifndef SCIDAY_OPERATION_IDENTITY_H
#define SCIDAY_OPERATION_IDENTITY_H

#include "db/db.h"
#include "http/exchange.h"

struct arena;
struct problem;
struct token_claims;

/* Whose rate, slots and hashing it is: the account's, else the address's. */
const char *identity_who(const struct exchange *exchange);

/*
 * The step that every unit begins with (unit.h), the anonymous caller's too: a setting of whoever had the connection before
 * would still hold. It refers to ret_values. The one has the scopes of the verified-token cache; the other has the session and
 * its memberships read in the unit's own transaction.
 */
struct db_step identity_cached(const struct exchange *exchange, struct values *ret_values);
struct db_step identity_afresh(const struct exchange *exchange, struct arena *arena, struct values *ret_values);

/*
 * Who the session speaks for now, by its memberships, to exchange->caller. Not found: the session or its
 * account has ended. NULL, or the problem.
 */
struct problem *identity_look_up(struct exchange *exchange, const char *account_id, const char *session_id, bool *ret_found)
	__attribute__((warn_unused_result));

/* The same of the session that a link speaks for. Not found also: links to the thing have been revoked since. */
struct problem *identity_look_up_link(struct exchange *exchange, const struct token_claims *claims, bool *ret_found)
	__attribute__((warn_unused_result));

#endif
