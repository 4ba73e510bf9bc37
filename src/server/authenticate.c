#include <string.h>
#include <strings.h>
#include <time.h>

#include "auth/caller_cache.h"
#include "auth/token.h"
#include "base/arena.h"
#include "contract/contract.h"
#include "db/db.h"
#include "http/problem.h"
#include "resources/services.h"
#include "server/stages.h"
#include "statements.h"

static const char *const scope_columns[ROLE_COUNT] = {"submitter", "reviewer", "observer", "administrator"};

static const struct caller anonymous = {.account_id = "", .session_id = "", .scopes = {"", "", "", ""}};

/* The token of the Authorization header. A comma means that the header came twice (the server library joins them). */
static const char *bearer_token(const char *authorization)
{
	if (strncasecmp(authorization, "Bearer ", 7) != 0 || strpbrk(authorization, ","))
		return NULL;
	const char *token = authorization + 7 + strspn(authorization + 7, " ");
	return *token && !strpbrk(token, " ") ? token : NULL;
}

/* Who the session speaks for now, by its memberships. Not found: the session or its account has ended. */
static struct problem *look_up_caller(struct exchange *exchange, const struct token_claims *claims, bool *ret_found)
{
	struct values values = {0};
	values_set(&values, "session", claims->session_id);
	values_set(&values, "caller", claims->account_id);
	struct db_step step = {&statement_caller_scopes, &values};
	struct db_rows rows;
	struct problem *problem = db_run(exchange->services->db, DB_READ, exchange->arena, &step, 1, &rows);
	if (problem)
		return problem;
	*ret_found = rows.rows == 1;
	if (!*ret_found)
		return NULL;
	struct caller *caller = &exchange->caller;
	*caller = (struct caller){.authenticated = true, .account_id = claims->account_id, .session_id = claims->session_id};
	for (size_t i = 0; i < ROLE_COUNT; i++) {
		const char *scopes = db_field(&rows, 0, scope_columns[i]);
		caller->scopes[i] = scopes ? scopes : "{}";
		if (strcmp(caller->scopes[i], "{}") != 0)
			caller->roles |= 1u << i;
	}
	return NULL;
}

bool stage_authenticate(const struct dispatcher *dispatcher, struct exchange *exchange, struct reply *ret_reply)
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
	bool found = token && token_verify(services->keyring, exchange->arena, token, now, &claims);
	if (found) {
		struct problem *problem = look_up_caller(exchange, &claims, &found);
		if (problem) {
			*ret_reply = problem_reply(exchange, problem);
			return false;
		}
	}
	if (!found) {
		*ret_reply = problem_reply_code(exchange, PROBLEM_invalid_token);
		return false;
	}
	caller_cache_keep(services->caller_cache, token, now, claims.expires_at, generation, &exchange->caller);
	return true;
}
