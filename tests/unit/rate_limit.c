#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "server/rate_limit.h"

static void counts_each_key_in_its_window(void **state)
{
	(void)state;
	struct rate_limit *rate_limit = rate_limit_create(2);
	struct rate rate;
	assert_true(rate_limit_take(rate_limit, "a", 1, 120, &rate));
	assert_int_equal(rate.remaining, 1);
	assert_int_equal(rate.reset_seconds, 60);
	assert_true(rate_limit_take(rate_limit, "a", 1, 150, &rate));
	assert_false(rate_limit_take(rate_limit, "a", 1, 179, &rate));
	assert_int_equal(rate.remaining, 0);
	assert_int_equal(rate.reset_seconds, 1);
	assert_true(rate_limit_take(rate_limit, "b", 1, 179, &rate));
	assert_true(rate_limit_take(rate_limit, "a", 1, 180, &rate));
	assert_int_equal(rate.remaining, 1);
	rate_limit_destroy(rate_limit);
}

static void what_is_dear_takes_more_and_a_refusal_nothing(void **state)
{
	(void)state;
	struct rate_limit *rate_limit = rate_limit_create(10);
	struct rate rate;
	assert_true(rate_limit_take(rate_limit, "a", 7, 0, &rate));
	assert_int_equal(rate.remaining, 3);
	assert_false(rate_limit_take(rate_limit, "a", 4, 0, &rate));
	assert_false(rate_limit_take(rate_limit, "a", UINT32_MAX, 0, &rate));
	assert_int_equal(rate.remaining, 3);
	assert_true(rate_limit_take(rate_limit, "a", 0, 0, &rate));
	assert_true(rate_limit_take(rate_limit, "a", 3, 0, &rate));
	assert_int_equal(rate.remaining, 0);
	assert_true(rate_limit_take(rate_limit, "a", 10, 60, &rate));
	rate_limit_destroy(rate_limit);
}

static void a_flood_of_keys_stays_in_bounds(void **state)
{
	(void)state;
	struct rate_limit *rate_limit = rate_limit_create(1);
	struct rate rate;
	for (int i = 0; i < 200000; i++) {
		char key[32];
		snprintf(key, sizeof key, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		assert_true(rate_limit_take(rate_limit, key, 1, 0, &rate));
	}
	rate_limit_destroy(rate_limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_each_key_in_its_window),
		cmocka_unit_test(what_is_dear_takes_more_and_a_refusal_nothing),
		cmocka_unit_test(a_flood_of_keys_stays_in_bounds),
	};
	return cmocka_run_group_tests_name("rate_limit", tests, NULL, NULL);
}
