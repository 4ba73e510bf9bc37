/* The relevant groups of the JSON Schema Test Suite, each case a test of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>
#include <cmocka.h>

#include "base/arena.h"
#include "http/problem.h"
#include "schema_suite.h"

static void agrees_with_the_suite(void **state)
{
	const struct suite_case *one = *state;
	json_error_t error;
	json_t *value = json_loads(one->json, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	if (!value)
		fail_msg("%s: %s", one->json, error.text);
	struct arena *arena = arena_create();
	struct problem *problem = problem_create(arena, PROBLEM_invalid_parameter);
	schema_check(problem, one->schema, value, "");
	bool is_valid = problem->findings == NULL;
	arena_destroy(arena);
	json_decref(value);
	if (is_valid != one->is_valid)
		fail_msg("%s should be %s", one->json, one->is_valid ? "valid" : "invalid");
}

int main(void)
{
	for (const char *const *line = suite_left_out; *line; line++)
		printf("# left out: %s\n", *line);
	struct CMUnitTest *tests = calloc(suite_case_count, sizeof *tests);
	if (!tests)
		return 1;
	for (size_t i = 0; i < suite_case_count; i++)
		tests[i] = (struct CMUnitTest){suite_cases[i].name, agrees_with_the_suite, NULL, NULL, (void *)&suite_cases[i]};
	int failed = _cmocka_run_group_tests("schema_suite", tests, suite_case_count, NULL, NULL);
	free(tests);
	return failed;
}
