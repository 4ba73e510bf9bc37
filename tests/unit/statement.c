#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "db/statement.h"
#include "http/values.h"

/*
 * SELECT a FROM t
 *  WHERE x = :x
 *    AND y = :y            --? y
 *    AND (z, x) > (:z, :x) --? after, sort=z
 *  ORDER BY z              --? sort=z
 *  LIMIT :limit
 */
enum { X, Y, Z, LIMIT };
static const char *const parameters[] = {[X] = "x", [Y] = "y", [Z] = "z", [LIMIT] = "limit"};
static const struct statement_piece pieces[] = {
	{"SELECT a FROM t WHERE x = ", X, -1},
	{" AND y = ", Y, 0},
	{" AND (z, x) > (", Z, 1},
	{", ", X, 1},
	{")", -1, 1},
	{" ORDER BY z", -1, 2},
	{" LIMIT ", LIMIT, -1},
};
static const struct statement_condition on_y[] = {{"y", NULL}};
static const struct statement_condition after_z[] = {{"after", NULL}, {"sort", "z"}};
static const struct statement_condition by_z[] = {{"sort", "z"}};
static const struct statement_line lines[] = {{on_y, 1}, {after_z, 2}, {by_z, 1}};
static const struct statement list = {
	.name = "list_things",
	.parameters = parameters,
	.parameter_count = 4,
	.pieces = pieces,
	.piece_count = sizeof pieces / sizeof *pieces,
	.lines = lines,
	.line_count = 3,
};

static void expect_text(uint64_t mask, const char *expected, const unsigned short *expected_order, size_t expected_count)
{
	struct arena *arena __attribute__((cleanup(arena_cleanup))) = arena_create();
	unsigned short order[4];
	size_t count;
	assert_string_equal(statement_text(arena, &list, mask, order, &count), expected);
	assert_int_equal(count, expected_count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(order[i], expected_order[i]);
}

static void test_text_without_optional_lines(void **state)
{
	(void)state;
	expect_text(0, "SELECT a FROM t WHERE x = $1 LIMIT $2", (const unsigned short[]){X, LIMIT}, 2);
}

static void test_text_with_one_line(void **state)
{
	(void)state;
	expect_text(1, "SELECT a FROM t WHERE x = $1 AND y = $2 LIMIT $3", (const unsigned short[]){X, Y, LIMIT}, 3);
}

static void test_a_parameter_that_comes_again_keeps_its_number(void **state)
{
	(void)state;
	expect_text(6, "SELECT a FROM t WHERE x = $1 AND (z, x) > ($2, $1) ORDER BY z LIMIT $3",
	            (const unsigned short[]){X, Z, LIMIT}, 3);
}

static void test_text_with_all_lines(void **state)
{
	(void)state;
	expect_text(7, "SELECT a FROM t WHERE x = $1 AND y = $2 AND (z, x) > ($3, $1) ORDER BY z LIMIT $4",
	            (const unsigned short[]){X, Y, Z, LIMIT}, 4);
}

static void test_lines_hold_when_their_values_are_set(void **state)
{
	(void)state;
	struct values values = {0};
	assert_int_equal(statement_lines(&list, &values), 0);
	values_set(&values, "y", NULL);
	assert_int_equal(statement_lines(&list, &values), 0);
	values_set(&values, "y", "");
	assert_int_equal(statement_lines(&list, &values), 1);
}

static void test_all_conditions_of_a_line_must_hold(void **state)
{
	(void)state;
	struct values values = {0};
	values_set(&values, "after", "");
	assert_int_equal(statement_lines(&list, &values), 0);
	values_set(&values, "sort", "-z");
	assert_int_equal(statement_lines(&list, &values), 0);
	values_set(&values, "sort", "z");
	assert_int_equal(statement_lines(&list, &values), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_without_optional_lines),
		cmocka_unit_test(test_text_with_one_line),
		cmocka_unit_test(test_a_parameter_that_comes_again_keeps_its_number),
		cmocka_unit_test(test_text_with_all_lines),
		cmocka_unit_test(test_lines_hold_when_their_values_are_set),
		cmocka_unit_test(test_all_conditions_of_a_line_must_hold),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
