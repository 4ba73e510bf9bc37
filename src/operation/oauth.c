#include "operation/oauth.h"

#include "base/arena.h"
#include "contract/contract.h"
#include "http/problem.h"

struct oauth_error {
	enum problem_code code;
	const char *error, *description;
};

static const struct oauth_error errors[] = {
	{PROBLEM_invalid_client, "invalid_client", "the client's id or secret is wrong"},
	{PROBLEM_invalid_grant, "invalid_grant", "the user name or password is wrong"},
	{PROBLEM_unsupported_grant_type, "unsupported_grant_type", "grant_type is password, refresh_token or client_credentials"},
	{PROBLEM_rate_limited, "temporarily_unavailable", "too many requests: see Retry-After"},
	{PROBLEM_too_many_sign_ins, "temporarily_unavailable", "too many attempts have failed: see Retry-After"},
	{PROBLEM_unavailable, "temporarily_unavailable", "the service is busy: see Retry-After"},
	{PROBLEM_overloaded, "temporarily_unavailable", "the service is busy: see Retry-After"},
	{PROBLEM_internal, "server_error", "something went wrong on our side"},
};

static const struct oauth_error otherwise = {PROBLEM_invalid_request, "invalid_request", "the request is not acceptable"};

static const struct oauth_error *error_of(enum problem_code code)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (errors[i].code == code)
			return &errors[i];
	return &otherwise;
}

void oauth_describe(const struct exchange *exchange, struct problem *problem, const char *description)
{
	if (!(exchange->operation->media & MEDIA_FORM))
		return;
	const struct oauth_error *error = error_of(problem->code);
	problem->params = arena_printf(exchange->arena, "{\"error\":\"%s\",\"error_description\":\"%s\"%s%s", error->error,
	                               description ? description : error->description, problem->params ? "," : "}",
	                               problem->params ? problem->params + 1 : "");
}
