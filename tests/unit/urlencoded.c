#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "server/urlencoded.h"

static struct pair pairs[PAIRS_MAXIMUM];
static size_t count;

static enum urlencoded_status parse(struct arena *arena, const char *text)
{
	count = SIZE_MAX;
	return urlencoded_parse(arena, text, strlen(text), pairs, &count);
}

static void keeps_order_and_decodes(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	assert_int_equal(parse(arena, "q=%E5%8D%97%E4%BA%AC&&a+b=c%2Bd&empty=&flag"), URLENCODED_OK);
	assert_int_equal(count, 4);
	assert_string_equal(pairs[0].name, "q");
	assert_string_equal(pairs[0].value, "南京");
	assert_string_equal(pairs[1].name, "a b");
	assert_string_equal(pairs[1].value, "c+d");
	assert_string_equal(pairs[2].value, "");
	assert_string_equal(pairs[3].name, "flag");
	assert_string_equal(pairs[3].value, "");
}

static void refuses_what_is_not_text(void **state)
{
	(void)state;
	static const char *const bad[] = {"a=%", "a=%4", "a=%zz", "a=%00", "a=%ff", "%c3=1", "a=%ed%a0%80"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
		if (parse(arena, bad[i]) != URLENCODED_BAD)
			fail_msg("%s was taken", bad[i]);
		assert_int_equal(count, SIZE_MAX);
		assert_true(!pairs[0].name || !pairs[0].value);
	}
}

static void bounds_the_number(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	char text[PAIRS_MAXIMUM * 4 + 8] = "";
	for (int i = 0; i < PAIRS_MAXIMUM; i++)
		strcat(text, "a=1&");
	assert_int_equal(parse(arena, text), URLENCODED_OK);
	assert_int_equal(count, PAIRS_MAXIMUM);
	strcat(text, "a=1");
	assert_int_equal(parse(arena, text), URLENCODED_TOO_MANY);
}

static void plus_is_a_space_only_in_forms(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	assert_string_equal(percent_decode(arena, "a+b%2F", 6, false), "a+b/");
	assert_string_equal(percent_decode(arena, "a+b%2F", 6, true), "a b/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_order_and_decodes),
		cmocka_unit_test(refuses_what_is_not_text),
		cmocka_unit_test(bounds_the_number),
		cmocka_unit_test(plus_is_a_space_only_in_forms),
	};
	return cmocka_run_group_tests_name("urlencoded", tests, NULL, NULL);
}
