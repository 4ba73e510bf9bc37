#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/accept.h"

static void json_is_acceptable(void **state)
{
	(void)state;
	static const char *const good[] = {NULL,
	                                   "",
	                                   "*/*",
	                                   "application/json",
	                                   "text/html, application/*;q=0.5",
	                                   "Application/JSON; q=0.1",
	                                   "text/html,application/xhtml+xml,*/*;q=0.8",
	                                   "application/problem+json"};
	static const char *const bad[] = {"text/html", "application/xml", "application/json;q=0", "*/*;q=0",
	                                  "*/*, application/json;q=0"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!accept_json(good[i]))
			fail_msg("%s was refused", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (accept_json(bad[i]))
			fail_msg("%s was taken", bad[i]);
}

static void gzip_is_asked_for(void **state)
{
	(void)state;
	assert_true(accept_gzip("gzip"));
	assert_true(accept_gzip("br, gzip;q=0.5"));
	assert_true(accept_gzip("*"));
	assert_false(accept_gzip(NULL));
	assert_false(accept_gzip("br"));
	assert_false(accept_gzip("gzip;q=0, *"));
}

static void chinese_unless_english_is_preferred(void **state)
{
	(void)state;
	assert_int_equal(accept_locale(NULL), LOCALE_ZH_CN);
	assert_int_equal(accept_locale("en-GB,en;q=0.9"), LOCALE_EN);
	assert_int_equal(accept_locale("zh-CN,zh;q=0.9,en;q=0.8"), LOCALE_ZH_CN);
	assert_int_equal(accept_locale("en;q=0.3, zh;q=0.7"), LOCALE_ZH_CN);
	assert_int_equal(accept_locale("fr"), LOCALE_ZH_CN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_acceptable),
		cmocka_unit_test(gzip_is_asked_for),
		cmocka_unit_test(chinese_unless_english_is_preferred),
	};
	return cmocka_run_group_tests_name("accept", tests, NULL, NULL);
}
