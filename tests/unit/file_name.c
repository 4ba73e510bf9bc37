#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/text.h"
#include "document/file_name.h"

static struct arena *arena;

static int begin(void **state)
{
	(void)state;
	arena = arena_create();
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_destroy(arena);
	return 0;
}

static void expect(const char *name, const char *safe)
{
	assert_string_equal(file_name_safe(arena, name, 80), safe);
}

static void what_windows_forbids_is_replaced(void **state)
{
	(void)state;
	expect("盖章扫描件.pdf", "盖章扫描件.pdf");
	expect("a\\b/c:d*e?f\"g<h>i|j.pdf", "a_b_c_d_e_f_g_h_i_j.pdf");
	expect("a\tb\x7F.pdf", "a_b_.pdf");
	expect("方案. . ", "方案");
	expect(" ..方案", "方案");
	expect("con", "_con");
	expect("AUX.pdf", "_AUX.pdf");
	expect("com9.tar.gz", "_com9.tar.gz");
	expect("COM10.pdf", "COM10.pdf");
	expect("context.pdf", "context.pdf");
	expect("a\u202Efdp.exe", "afdp.exe");
	expect("\u2067.\u200Bb\u2069.pdf\u200B.", "b.pdf");
	expect("\u200B", "_");
	expect("C\u200BON", "_CON");
	expect("", "_");
	expect("...", "_");
	expect("/", "_");
}

static void expect_sent(const char *name, const char *expected)
{
	assert_string_equal(file_name_sent(arena, name), expected);
}

static void encoded_words_are_read(void **state)
{
	(void)state;
	expect_sent("通知.pdf", "通知.pdf");
	expect_sent("=?UTF-8?B?6YCa55+lLnBkZg==?=", "通知.pdf");
	expect_sent("=?utf-8?q?=E9=80=9A_=E7=9F=A5?=.pdf", "通 知.pdf");
	expect_sent("=?GB2312?B?zajWqi5wZGY=?=", "通知.pdf");
	expect_sent("=?UTF-8*zh-CN?B?6YCa?= \t =?UTF-8?B?55+l?= a", "通知 a");
	expect_sent("a =?UTF-8?Q?b?= c", "a b c");
	static const char *const others[] = {
		"=?",
		"=?=",
		"=?UTF-8?B?6YCa",
		"=?UTF-8?B?6YC?=",
		"=?UTF-8?B?/w==?=",
		"=?UTF-8?Q?=e9=80=9a?=",
		"=?UTF-8?Q?=E9?=",
		"=?UTF-8?Q?=00?=",
		"=?ISO-2022-CN?B?QQ==?=",
		"=?UTF-8?X?a?=",
		"=?UTF-8?BB?a?=",
		"=?UTF-8??a?=",
		"\xFF=?UTF-8?",
	};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		expect_sent(others[i], others[i]);
}

static void a_long_name_keeps_its_end(void **state)
{
	(void)state;
	char name[3 * 200 + 8] = "";
	for (int i = 0; i < 200; i++)
		strcat(name, "活");
	strcat(name, ".docx");
	const char *safe = file_name_safe(arena, name, 40);
	assert_int_equal(text_length(safe), 40);
	assert_string_equal(safe + strlen(safe) - 5, ".docx");
	/* a dot in the middle of a sentence begins no extension */
	assert_string_equal(file_name_safe(arena, "第1.关于举办全国科技工作者日活动的通知", 6), "第1.关于举");
	assert_string_equal(file_name_safe(arena, "甲乙 丙.pdf", 7), "甲乙.pdf");
}

static void a_name_ends_in_what_the_file_is(void **state)
{
	(void)state;
	static const char docx[] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
	assert_string_equal(file_name_for(arena, "方案", docx), "方案.docx");
	assert_string_equal(file_name_for(arena, "方案.DOCX", docx), "方案.DOCX");
	assert_string_equal(file_name_for(arena, "方案.exe", docx), "方案.exe.docx");
	assert_string_equal(file_name_for(arena, "照片.jpeg", "image/jpeg"), "照片.jpeg");
	assert_string_equal(file_name_for(arena, "其他", "application/octet-stream"), "其他");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_windows_forbids_is_replaced, begin, end),
		cmocka_unit_test_setup_teardown(encoded_words_are_read, begin, end),
		cmocka_unit_test_setup_teardown(a_long_name_keeps_its_end, begin, end),
		cmocka_unit_test_setup_teardown(a_name_ends_in_what_the_file_is, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
