#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "document/bytes.h"
#include "http/disposition.h"
#include "http/range.h"

static void expect(const char *range, enum range_status status, unsigned long long first, unsigned long long last)
{
	unsigned long long found_first = 0, found_last = 0;
	assert_int_equal(range_read(range, 1000, &found_first, &found_last), status);
	if (status != RANGE_ONE)
		return;
	assert_int_equal(found_first, first);
	assert_int_equal(found_last, last);
}

static void one_range_is_read(void **state)
{
	(void)state;
	expect("bytes=0-0", RANGE_ONE, 0, 0);
	expect("bytes=0-499", RANGE_ONE, 0, 499);
	expect("Bytes=500-", RANGE_ONE, 500, 999);
	expect("bytes=999-5000", RANGE_ONE, 999, 999);
	expect("bytes=-1", RANGE_ONE, 999, 999);
	expect("bytes=-5000", RANGE_ONE, 0, 999);
	expect("bytes= 1-2 ", RANGE_ONE, 1, 2);
	expect("bytes=0-99999999999999999999999", RANGE_ONE, 0, 999);
}

static void what_begins_behind_the_end_cannot_be_had(void **state)
{
	(void)state;
	expect("bytes=1000-", RANGE_UNSATISFIABLE, 0, 0);
	expect("bytes=1000-2000", RANGE_UNSATISFIABLE, 0, 0);
	expect("bytes=99999999999999999999999-", RANGE_UNSATISFIABLE, 0, 0);
	expect("bytes=-0", RANGE_UNSATISFIABLE, 0, 0);
	unsigned long long first, last;
	assert_int_equal(range_read("bytes=0-", 0, &first, &last), RANGE_UNSATISFIABLE);
	assert_int_equal(range_read("bytes=-5", 0, &first, &last), RANGE_UNSATISFIABLE);
}

static void anything_else_is_no_range(void **state)
{
	(void)state;
	static const char *const ranges[] = {NULL,        "",           "bytes",         "bytes=",     "bytes=-",
	                                     "bytes=a-b", "bytes=2-1",  "bytes=0-1,3-4", "bytes=+1-2", "bytes=1 - 2",
	                                     "items=0-1", "bytes=0-1x", "bytes=--1"};
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		expect(ranges[i], RANGE_NONE, 0, 0);
}

static void a_name_in_any_script_is_told_twice(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	assert_string_equal(disposition_attachment(arena, "plan v1.pdf"), "attachment; filename=\"plan v1.pdf\"");
	assert_string_equal(disposition_attachment(arena, "方案.pdf"),
	                    "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E6%96%B9%E6%A1%88.pdf");
	assert_string_equal(disposition_attachment(arena, "a\"b\\c%41.pdf"),
	                    "attachment; filename=\"a_b_c_41.pdf\"; filename*=UTF-8''a%22b%5Cc%2541.pdf");
	assert_string_equal(disposition_attachment(arena, "a\r\nSet-Cookie: x.pdf"),
	                    "attachment; filename=\"a__Set-Cookie: x.pdf\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x.pdf");
}

static void bytes_go_there_and_back(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	unsigned char all[256], back[300];
	for (unsigned i = 0; i < sizeof all; i++)
		all[i] = (unsigned char)i;
	const char *text = bytes_encode(arena, all, sizeof all);
	assert_memory_equal(text, "\\x000102", 8);
	assert_int_equal(bytes_decode(text, 0, back, sizeof back), 256);
	assert_memory_equal(back, all, 256);
	assert_int_equal(bytes_decode(text, 250, back, sizeof back), 6);
	assert_memory_equal(back, all + 250, 6);
	assert_int_equal(bytes_decode(text, 10, back, 3), 3);
	assert_int_equal(bytes_decode(text, 256, back, 3), 0);
	assert_string_equal(bytes_encode(arena, "", 0), "\\x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_range_is_read),         cmocka_unit_test(what_begins_behind_the_end_cannot_be_had),
		cmocka_unit_test(anything_else_is_no_range), cmocka_unit_test(a_name_in_any_script_is_told_twice),
		cmocka_unit_test(bytes_go_there_and_back),
	};
	return cmocka_run_group_tests_name("download", tests, NULL, NULL);
}
