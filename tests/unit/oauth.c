#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "contract/contract.h"
#include "http/problem.h"
#include "operation/oauth.h"

static const struct operation endpoint = {.id = "create_token", .media = MEDIA_FORM};
static const struct operation other = {.id = "create_plan", .media = MEDIA_JSON};

/* The params of a problem that had these, as the operation's refusal has them. */
static const char *described(struct arena *arena, const struct operation *operation, enum problem_code code, const char *params,
                             const char *description)
{
	const struct exchange exchange = {.arena = arena, .operation = operation};
	struct problem *problem = problem_create(arena, code);
	problem->params = params;
	oauth_describe(&exchange, problem, description);
	return problem->params;
}

static void the_error_follows_from_the_code(void **state)
{
	(void)state;
	static const struct {
		enum problem_code code;
		const char *params;
	} expected[] = {
		{PROBLEM_invalid_client,
	         "{\"error\":\"invalid_client\",\"error_description\":\"the client's id or secret is wrong\"}"},
		{PROBLEM_invalid_grant,
	         "{\"error\":\"invalid_grant\",\"error_description\":\"the user name or password is wrong\"}"},
		{PROBLEM_unsupported_grant_type,
	         "{\"error\":\"unsupported_grant_type\",\"error_description\":\"grant_type is password, refresh_token or "
	         "client_credentials\"}"},
		{PROBLEM_rate_limited,
	         "{\"error\":\"temporarily_unavailable\",\"error_description\":\"too many requests: see Retry-After\"}"},
		{PROBLEM_too_many_sign_ins,
	         "{\"error\":\"temporarily_unavailable\",\"error_description\":\"too many attempts have failed: see "
	         "Retry-After\"}"},
		{PROBLEM_unavailable,
	         "{\"error\":\"temporarily_unavailable\",\"error_description\":\"the service is busy: see Retry-After\"}"},
		{PROBLEM_overloaded,
	         "{\"error\":\"temporarily_unavailable\",\"error_description\":\"the service is busy: see Retry-After\"}"},
		{PROBLEM_internal, "{\"error\":\"server_error\",\"error_description\":\"something went wrong on our side\"}"},
		{PROBLEM_unsupported_media_type,
	         "{\"error\":\"invalid_request\",\"error_description\":\"the request is not acceptable\"}"},
	};
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		assert_string_equal(described(arena, &endpoint, expected[i].code, NULL, NULL), expected[i].params);
	assert_string_equal(described(arena, &endpoint, PROBLEM_invalid_request, NULL, "token is required"),
	                    "{\"error\":\"invalid_request\",\"error_description\":\"token is required\"}");
}

static void what_the_problem_says_itself_is_kept(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	assert_string_equal(
		described(arena, &endpoint, PROBLEM_body_too_large, "{\"maximum\":8192}", NULL),
		"{\"error\":\"invalid_request\",\"error_description\":\"the request is not acceptable\",\"maximum\":8192}");
}

static void no_other_operation_has_them(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	assert_null(described(arena, &other, PROBLEM_rate_limited, NULL, NULL));
	assert_string_equal(described(arena, &other, PROBLEM_body_too_large, "{\"maximum\":8192}", NULL), "{\"maximum\":8192}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_error_follows_from_the_code),
		cmocka_unit_test(what_the_problem_says_itself_is_kept),
		cmocka_unit_test(no_other_operation_has_them),
	};
	return cmocka_run_group_tests_name("oauth", tests, NULL, NULL);
}
