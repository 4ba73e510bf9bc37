#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "server/router.h"

static const struct operation *found(enum method method, const char *path)
{
	return router_find(path)->operations[method];
}

static void finds_the_operation(void **state)
{
	(void)state;
	assert_string_equal(found(METHOD_GET, "/v1/organizations")->id, "list_organizations");
	assert_string_equal(found(METHOD_HEAD, "/v1/organizations")->id, "list_organizations");
	assert_string_equal(found(METHOD_PATCH, "/v1/organizations/x")->id, "patch_organization");
}

static void a_known_path_says_its_methods(void **state)
{
	(void)state;
	assert_null(found(METHOD_PUT, "/v1/organizations"));
	assert_string_equal(router_find("/v1/organizations")->allow, "GET, HEAD, POST, OPTIONS");
}

static void a_target_has_one_path(void **state)
{
	(void)state;
	static const struct {
		const char *target, *path;
	} cases[] = {
		{"/v1/labels", "/v1/labels"},
		{"", ""},
		{"*", "*"},
		{"http://example.org/v1/labels", "/v1/labels"},
		{"HTTPS://example.org:443/v1/labels", "/v1/labels"},
		{"http://example.org", "/"},
		{"http:/v1/labels", "http:/v1/labels"},
		{"ftp://example.org/v1/labels", "ftp://example.org/v1/labels"},
		{"/http://example.org/v1", "/http://example.org/v1"},
		{"/v1/%6cabel%73", "/v1/labels"},
		{"/%76%31/%6C%61bels", "/v1/labels"},
		/* What would mean something else, or is no escape, stays as it is. */
		{"/v1%2Flabels", "/v1%2Flabels"},
		{"/v1/%2e%2e/labels", "/v1/../labels"},
		{"/v1/%256cabels", "/v1/%256cabels"},
		{"/v1/%00labels%", "/v1/%00labels%"},
		{"/v1/%6", "/v1/%6"},
		{"/%E5%8D%97%zz", "/%E5%8D%97%zz"},
	};
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(router_path(arena, cases[i].target, strlen(cases[i].target)), cases[i].path);
}

static void a_path_is_taken_as_it_stands(void **state)
{
	(void)state;
	static const char *const strangers[] = {"",
	                                        "/",
	                                        "/v1",
	                                        "/v1/organizations/",
	                                        "//v1/organizations",
	                                        "/v1//organizations",
	                                        "/v1/organizations/x/",
	                                        "/v1/./organizations",
	                                        "/v1%2Forganizations",
	                                        "/V1/organizations"};
	for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
		if (router_find(strangers[i]))
			fail_msg("%s was found", strangers[i]);
	}
}

static void a_segment_is_decoded_after_it_matched(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *path = "/v1/organizations/..%2F%e5%8d%97";
	const struct operation *operation = found(METHOD_GET, path);
	assert_string_equal(operation->id, "get_organization");
	assert_string_equal(router_parameter(arena, operation, path, "organization_id"), "../南");
	assert_null(router_parameter(arena, operation, "/v1/organizations/%ff", "organization_id"));
	assert_null(router_parameter(arena, operation, "/v1/organizations/%00", "organization_id"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_operation),
		cmocka_unit_test(a_known_path_says_its_methods),
		cmocka_unit_test(a_target_has_one_path),
		cmocka_unit_test(a_path_is_taken_as_it_stands),
		cmocka_unit_test(a_segment_is_decoded_after_it_matched),
	};
	return cmocka_run_group_tests_name("router", tests, NULL, NULL);
}
