#include "auth/caller_cache.h"
#include "auth/password.h"
#include "handlers.h"
#include "http/problem.h"
#include "operation/identity.h"
#include "operation/operation.h"
#include "operation/services.h"

/* What is stored of a password or a client's secret is its hash; where none is given, none changes. */
static struct reply run_with_hash(struct exchange *exchange, const char *field)
{
	const char *secret = values_get(&exchange->values, field), *hash = NULL;
	struct problem *problem = secret ? password_hash(exchange->arena, identity_who(exchange), secret, &hash) : NULL;
	if (problem)
		return problem_reply(exchange, problem);
	values_set(&exchange->values, "password_hash", hash);
	return operation_run(exchange);
}

/* What the account may do is looked up anew from its next request on. (The other processes hear of it from the database.) */
static struct reply patch_with_hash(struct exchange *exchange, const char *field, const char *id)
{
	struct reply reply = run_with_hash(exchange, field);
	caller_cache_drop(exchange->services->caller_cache, values_get(&exchange->values, id));
	return reply;
}

/* 新建用户 · A user, with a first password. */
struct reply create_user(struct exchange *exchange)
{
	return run_with_hash(exchange, "password");
}

/* 修改用户 · A user, the password among what may change. */
struct reply patch_user(struct exchange *exchange)
{
	return patch_with_hash(exchange, "password", "user_id");
}

/* 新建 API 客户端 · A program's account, with its secret. */
struct reply create_client(struct exchange *exchange)
{
	return run_with_hash(exchange, "client_secret");
}

/* 修改 API 客户端 · A program's account, its secret among what may change. */
struct reply patch_client(struct exchange *exchange)
{
	return patch_with_hash(exchange, "client_secret", "account_id");
}
