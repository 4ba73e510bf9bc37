/* Text as people write it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/text.h"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_create();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_destroy(arena);
	return 0;
}

static void assert_normalized(const char *text, const char *expected)
{
	char *normalized = NULL;
	assert_int_equal(text_normalize(arena, text, strlen(text), &normalized), TEXT_OK);
	assert_string_equal(normalized, expected);
}

/* The output must stay as it was on failure. */
static void assert_refused(const char *bytes, size_t length, enum text_status status)
{
	char untouched[] = "untouched";
	char *text = untouched;
	assert_int_equal(text_normalize(arena, bytes, length, &text), status);
	assert_ptr_equal(text, untouched);
}

static void text_is_composed(void **state)
{
	(void)state;
	assert_normalized("Cafe\xCC\x81", "Caf\xC3\xA9");
	assert_normalized("Caf\xC3\xA9", "Caf\xC3\xA9");
	assert_normalized("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "\xED\x95\x9C"); /* Hangul 한 of its three parts */
	assert_normalized("\xE2\x84\xAB", "\xC3\x85");                             /* ANGSTROM SIGN is Å */
	assert_normalized("\xEF\xBC\xA1", "\xEF\xBC\xA1");                         /* full-width A stays: NFC, not NFKC */
	assert_normalized("全国科技工作者日", "全国科技工作者日");
}

static void ends_are_trimmed_of_every_white_space(void **state)
{
	(void)state;
	assert_normalized("", "");
	assert_normalized(" \t\r\n\xE3\x80\x80 ", "");
	assert_normalized("\xE3\x80\x80 南京市科协 的\xE3\x80\x80方案\xC2\xA0\t", "南京市科协 的\xE3\x80\x80方案");
	assert_normalized("\xE2\x80\x83x\xE2\x80\xA9\xE2\x80\xAF\xE2\x81\x9F\xE1\x9A\x80\xC2\x85", "x");
	assert_normalized("x\xE2\x80\x8B", "x\xE2\x80\x8B"); /* ZERO WIDTH SPACE is no white space */
}

static void line_ends_become_newlines(void **state)
{
	(void)state;
	assert_normalized("一\r\n二\r三\n四\r\r\n五", "一\n二\n三\n四\n\n五");
}

static void control_characters_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"a\tb", "a\x01z", "a\x1Bz", "a\x7Fz", "a\xC2\x85z", "a\xC2\x9Fz", "\x02", "a\vb"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(bad[i], strlen(bad[i]), TEXT_CONTROL);
	assert_normalized("a\nb", "a\nb");
}

static void what_is_not_utf8_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"\x80",             /* continues nothing */
		"\xC0\x80",         /* overlong NUL */
		"\xC1\xBF",         /* overlong */
		"\xE0\x9F\xBF",     /* overlong */
		"\xF0\x8F\xBF\xBF", /* overlong */
		"\xED\xA0\x80",     /* a surrogate */
		"\xF4\x90\x80\x80", /* beyond U+10FFFF */
		"\xF5\x80\x80\x80",
		"\xFF",
		"\xE7\xA7", /* cut off */
		"\xE7\xA7z",
		"ok\xB5\xC4",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(text_is_utf8(bad[i], strlen(bad[i])));
		assert_refused(bad[i], strlen(bad[i]), TEXT_BAD_UTF8);
	}
	assert_false(text_is_utf8("a\0b", 3));
	assert_refused("a\0b", 3, TEXT_BAD_UTF8);
	assert_refused("a\0", 2, TEXT_BAD_UTF8);
	assert_true(text_is_utf8("", 0));
	assert_true(text_is_utf8("字\xF4\x8F\xBF\xBF\xEF\xBF\xBF", 10));
	assert_true(text_is_utf8("省\xFF", 3)); /* only the bytes that are named */
}

static void length_is_in_code_points(void **state)
{
	(void)state;
	assert_int_equal(text_length(""), 0);
	assert_int_equal(text_length("abc"), 3);
	assert_int_equal(text_length("特色亮点活动，500字。"), 12);
	assert_int_equal(text_length("𠮷😀"), 2);
	assert_int_equal(text_length("e\xCC\x81"), 2);
}

/* Its UTF-8, and how many bytes that is. */
static size_t encode(uint32_t code_point, char *ret_bytes)
{
	size_t length = 0;
	if (code_point < 0x80) {
		ret_bytes[length++] = (char)code_point;
	} else if (code_point < 0x800) {
		ret_bytes[length++] = (char)(0xC0 | code_point >> 6);
	} else if (code_point < 0x10000) {
		ret_bytes[length++] = (char)(0xE0 | code_point >> 12);
		ret_bytes[length++] = (char)(0x80 | (code_point >> 6 & 0x3F));
	} else {
		ret_bytes[length++] = (char)(0xF0 | code_point >> 18);
		ret_bytes[length++] = (char)(0x80 | (code_point >> 12 & 0x3F));
		ret_bytes[length++] = (char)(0x80 | (code_point >> 6 & 0x3F));
	}
	if (code_point >= 0x80)
		ret_bytes[length++] = (char)(0x80 | (code_point & 0x3F));
	return length;
}

/* Nothing but U+FDD0 to U+FDEF and the last two of each plane. */
static void noncharacters_are_replaced(void **state)
{
	(void)state;
	size_t replaced = 0;
	for (uint32_t code_point = 1; code_point <= 0x10FFFF; code_point++) {
		if (code_point >= 0xD800 && code_point <= 0xDFFF)
			continue;
		char bytes[8] = {0};
		encode(code_point, bytes);
		bool is_none = (code_point & 0xFFFE) == 0xFFFE || (code_point >= 0xFDD0 && code_point <= 0xFDEF);
		const char *text = text_of_characters(arena, bytes);
		assert_string_equal(text, is_none ? "\uFFFD" : bytes);
		assert_true(is_none || text == bytes);
		replaced += is_none;
	}
	assert_int_equal(replaced, 66);
	assert_string_equal(text_of_characters(arena, "，\uFFFE科\U0001FFFF\uFDD0技"), "，\uFFFD科\uFFFD\uFFFD技");
}

/* A normalized text is normalized already, for every single code point between two others. */
static void what_nobody_sees_is_left_out(void **state)
{
	(void)state;
	assert_string_equal(text_visible(arena, "a b\u3000通知\u0301.pdf"), "a b\u3000通知\u0301.pdf");
	static const char *const invisible[] = {
		"\u00AD", "\u034F", "\u061C", "\u115F", "\u180E", "\u200B",     "\u200C",     "\u200D",
		"\u200E", "\u200F", "\u2028", "\u2029", "\u202A", "\u202B",     "\u202C",     "\u202D",
		"\u202E", "\u2060", "\u2063", "\u2066", "\u2067", "\u2068",     "\u2069",     "\u3164",
		"\uFE0F", "\uFEFF", "\uFFA0", "\uFFF9", "\uFFFB", "\U000E0001", "\U000E0041", "\U000E0100",
	};
	for (size_t i = 0; i < sizeof invisible / sizeof *invisible; i++)
		assert_string_equal(
			text_visible(arena, arena_printf(arena, "%sa%s通%s", invisible[i], invisible[i], invisible[i])), "a通");
	assert_string_equal(text_visible(arena, "\u202E"), "");
}

static void normalizing_twice_changes_nothing(void **state)
{
	(void)state;
	for (uint32_t code_point = 1; code_point < 0x30000; code_point++) {
		if (code_point >= 0xD800 && code_point <= 0xDFFF)
			continue;
		char bytes[8] = {0};
		size_t length = encode(code_point, bytes);
		char *once;
		char *twice;
		if (text_normalize(arena, bytes, length, &once) != TEXT_OK)
			continue;
		assert_int_equal(text_normalize(arena, once, strlen(once), &twice), TEXT_OK);
		assert_string_equal(once, twice);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_is_composed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ends_are_trimmed_of_every_white_space, set_up, tear_down),
		cmocka_unit_test_setup_teardown(line_ends_become_newlines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(control_characters_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_utf8_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(length_is_in_code_points, set_up, tear_down),
		cmocka_unit_test_setup_teardown(noncharacters_are_replaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_nobody_sees_is_left_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(normalizing_twice_changes_nothing, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
