#include "operation/link.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth/token.h"
#include "base/buffer.h"
#include "base/id.h"
#include "http/problem.h"
#include "operation/answer.h"
#include "operation/identity.h"
#include "operation/reading.h"
#include "operation/services.h"
#include "statements.h"

static struct problem *count_revocations(struct exchange *exchange, const char *resource_id, long long *ret_revocations)
{
	struct db_rows rows;
	values_set(&exchange->values, "resource_id", resource_id);
	struct problem *problem = reading_rows(exchange, &statement_link_revocations, &rows);
	if (!problem)
		*ret_revocations = strtoll(db_field(&rows, 0, "revocations"), NULL, 10);
	return problem;
}

struct reply link_reply(struct exchange *exchange, const struct link *link, const struct operation *download, long long seconds)
{
	const char *resource_id = values_get(&exchange->values, link->resource);
	long long revocations;
	struct problem *problem = count_revocations(exchange, resource_id, &revocations);
	if (problem)
		return problem_reply(exchange, problem);
	time_t now = time(NULL), expires_at = now + (time_t)seconds;
	char token_id[ID_SIZE], instant[32];
	id_create(token_id);
	const struct token_claims claims = {
		.account_id = exchange->caller.account_id,
		.session_id = exchange->caller.session_id,
		.token_id = token_id,
		.resource_id = resource_id,
		.revocations = revocations,
		.issued_at = now,
		.not_before = now,
		.expires_at = expires_at,
	};
	const char *token = token_sign(exchange->services->keyring, exchange->arena, link->audience, &claims);
	if (!token)
		return problem_reply_code(exchange, PROBLEM_internal);
	struct tm utc;
	strftime(instant, sizeof instant, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&expires_at, &utc));
	struct buffer body = buffer_create(exchange->arena);
	const char *path = answer_path(exchange->arena, download, &exchange->values);
	buffer_printf(&body, "{\"url\":\"%s?token=%s\",\"expires_at\":\"%s\"}", path, token, instant);
	struct reply reply = reply_json(200, body.data, body.length);
	reply.no_store = true;
	return reply;
}

struct problem *link_follow(struct exchange *exchange, const struct link *link)
{
	const char *token = values_get(&exchange->values, "token");
	if (!token)
		return NULL;
	struct token_claims claims;
	bool found = token_verify(exchange->services->keyring, exchange->arena, link->audience, token, time(NULL), &claims) &&
	             strcmp(claims.resource_id, values_get(&exchange->values, link->resource)) == 0;
	struct problem *problem = found ? identity_look_up_link(exchange, &claims, &found) : NULL;
	return problem || found ? problem : problem_create(exchange->arena, PROBLEM_invalid_link);
}
