#include "operation/secret.h"

#include "auth/password.h"
#include "http/problem.h"
#include "operation/identity.h"
#include "operation/operation.h"

struct reply secret_run(struct exchange *exchange, const char *field)
{
	const char *secret = values_get(&exchange->values, field), *hash = NULL;
	struct problem *problem = secret ? password_hash(exchange->arena, identity_who(exchange), secret, &hash) : NULL;
	if (problem)
		return problem_reply(exchange, problem);
	values_set(&exchange->values, "password_hash", hash);
	return operation_run(exchange);
}
