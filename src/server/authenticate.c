#include <string.h>
#include <strings.h>
#include <time.h>

#include "auth/caller_cache.h"
#include "auth/token.h"
#include "base/arena.h"
#include "contract/contract.h"
#include "http/problem.h"
#include "operation/identity.h"
#include "operation/services.h"
#include "server/stages.h"

static const struct caller anonymous = {.account_id = "", .session_id = "", .scopes = {"", "", "", ""}};

/* What follows the scheme (RFC 6750, section 2.1). Whether it is one token and nothing else is token_verify's to say. */
static const char *bearer_token(const char *authorization)
{
	if (strncasecmp(authorization, "Bearer ", 7) != 0)
		return NULL;
	return authorization + 7 + strspn(authorization + 7, " ");
}

bool stage_authenticate(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	(void)dispatcher;
	exchange->caller = anonymous;
	const char *authorization = request_header(&exchange->request, "Authorization");
	if (!authorization || exchange->operation->tokenless)
		return true;

	const char *token = bearer_token(authorization);
	struct services *services = exchange->services;
	long long now = time(NULL);
	if (token && caller_cache_find(services->caller_cache, token, now, exchange->arena, &exchange->caller))
		return true;
	exchange->caller = anonymous;
	unsigned long long generation = caller_cache_generation(services->caller_cache);
	struct token_claims claims;
	bool found = token && token_verify(services->keyring, exchange->arena, TOKEN_AUDIENCE, token, now, &claims);
	if (found) {
		struct problem *problem = identity_look_up(exchange, claims.account_id, claims.session_id, &found);
		if (problem) {
			exchange->reply = problem_reply(exchange, problem);
			return false;
		}
	}
	if (!found) {
		exchange->reply = problem_reply_code(exchange, PROBLEM_invalid_token);
		return false;
	}
	caller_cache_keep(services->caller_cache, token, now, claims.expires_at, generation, &exchange->caller);
	return true;
}
