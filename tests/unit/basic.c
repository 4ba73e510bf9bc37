#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/basic.h"
#include "base/arena.h"

static int set_up(void **state)
{
	*state = arena_create();
	return 0;
}

static int tear_down(void **state)
{
	arena_destroy(*state);
	return 0;
}

static void reads(struct arena *arena, const char *authorization, const char *name, const char *secret)
{
	const char *found_name, *found_secret;
	assert_true(basic_is_used(authorization));
	assert_true(basic_read(arena, authorization, &found_name, &found_secret));
	assert_string_equal(found_name, name);
	assert_string_equal(found_secret, secret);
}

static void test_read(void **state)
{
	reads(*state, "Basic c3RhdGlzdGljczpzZWNyZXQ=", "statistics", "secret");
	reads(*state, "basic   c3RhdGlzdGljczpzZWNyZXQ=", "statistics", "secret");
	reads(*state, "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3", "s6BhdRkqt3",
	      "7Fjfp0ZBr1KtDRbnfVdmIw"); /* RFC 6749, section 2.3.1 */
	reads(*state, "Basic YTpiOmM=", "a", "b:c");
	reads(*state, "Basic YSU0MGI6YysrZCUyQg==", "a@b", "c  d+");
	reads(*state, "Basic Oj8/Pz8+Pj4+", "", "\?\?\?\?>>>>"); /* "+" and "/" of the alphabet */
	reads(*state, "Basic Og==", "", "");
	reads(*state, "Basic JUU3JUE3JTkxOuWNjw==", "科", "协");
}

static void test_refused(void **state)
{
	static const char *const malformed[] = {
		"Bearer x",
		"Basic",
		"Basic ",
		"Basic %%%%",
		"Basic YQ==",
		"Basic YTo=YTo=!",
		"Basic YSU6Yg==",
		"Basic YSU0OmI=",
		"Basic YSV6ejpi",
		"Basic YTolMDA=",
		"Basic YToA",
		"Basic YTol/w==",
		"Basic Yf86Yg==",
		/* Other spellings of "Basic Oj8/Pz8+Pj4+" and "Basic YTpi": one is enough. */
		"Basic Oj8_Pz8-Pj4-",
		"Basic YTpi====",
		"Basic YTpi ",
		"Basic YTpi\t",
		"Basic YTpi!",
		"Basic YTpi.",
		"Basic\tYTpi",
		"Basic YTpi,Basic YTpi",
		"Basic YTo",
		"Basic YTp=",
		"Basic YTph=",
	};
	const char *name, *secret;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++) {
		if (basic_read(*state, malformed[i], &name, &secret))
			fail_msg("%s was taken", malformed[i]);
	}
	assert_false(basic_is_used("Bearer x"));
	assert_false(basic_is_used("Basi"));
	assert_true(basic_is_used("BASIC x"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(read), TEST(refused)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("basic", tests, NULL, NULL);
}
