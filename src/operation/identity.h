/*
 * Who a unit runs as. Every unit begins with one of these steps, the
 * anonymous too, because a setting of the caller before would still hold.
 */
#ifndef SCIDAY_OPERATION_IDENTITY_H
#define SCIDAY_OPERATION_IDENTITY_H

#include "db/db.h"
#include "http/exchange.h"

struct problem;
struct token_claims;

struct identity {
	struct values values;
};

/* Whose rate, slots and hashing it is: the account's, else the address's. */
const char *identity_who(const struct exchange *exchange);

/* For reads: the scopes that the verified-token cache holds. */
struct db_step identity_cached(const struct exchange *exchange, struct identity *ret_identity);

/* For changes: the session and the memberships are read afresh, in the change's own transaction. */
struct db_step identity_afresh(const struct exchange *exchange, struct identity *ret_identity);

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
