#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/text.h"
#include "resources/file_name.h"

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
	expect("a\u202Efdp.exe", "a_fdp.exe");
	expect("a\u2067b\u2069.pdf", "a_b_.pdf");
	expect("", "_");
	expect("...", "_");
	expect("/", "_");
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
		cmocka_unit_test_setup_teardown(a_long_name_keeps_its_end, begin, end),
		cmocka_unit_test_setup_teardown(a_name_ends_in_what_the_file_is, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
