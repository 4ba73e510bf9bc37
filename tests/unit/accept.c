#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/accept.h"

#define JSON_ONLY (1u << FORMAT_JSON)
#define TABLE (1u << FORMAT_JSON | 1u << FORMAT_CSV | 1u << FORMAT_XLSX)
#define FIGURE (TABLE | 1u << FORMAT_SVG)
#define PAPER (1u << FORMAT_PDF | 1u << FORMAT_DOCX)

/* The name of what is chosen, or "nothing". */
static const char *chosen(const char *accept, unsigned formats)
{
	enum format format;
	return accept_format(accept, formats, &format) ? format_name(format) : "nothing";
}

static void the_best_liked_format_is_chosen(void **state)
{
	(void)state;
	static const struct {
		const char *accept;
		unsigned formats;
		const char *chosen;
	} cases[] = {
		{NULL, TABLE, "json"},
		{"", TABLE, "json"},
		{"*/*", TABLE, "json"},
		{"*/*", PAPER, "pdf"},
		{"application/*", PAPER, "pdf"},
		{"text/csv", TABLE, "csv"},
		{"TEXT/CSV; charset=utf-8; header=present", TABLE, "csv"},
		{"text/*", TABLE, "csv"},
		{"text/csv, application/json", TABLE, "json"},
		{"text/csv, application/json;q=0.9", TABLE, "csv"},
		{"text/csv;q=0.5, */*;q=0.8", TABLE, "json"},
		{"text/csv;q=0.8, */*;q=0.5", TABLE, "csv"},
		{"application/json;q=0, */*", TABLE, "csv"},
		{"application/json;q=0.1, application/*;q=0.9", TABLE, "xlsx"},
		{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", TABLE, "xlsx"},
		{"application/vnd.openxmlformats-officedocument.wordprocessingml.document, application/pdf;q=0.5", PAPER, "docx"},
		{"image/svg+xml,image/*;q=0.8,*/*;q=0.5", FIGURE, "svg"},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", FIGURE, "json"},
		{"application/problem+json", TABLE, "json"},
		{"application/problem+json", PAPER, "nothing"},
		{"text/csv", JSON_ONLY, "nothing"},
		{"text/html", TABLE, "nothing"},
		{"application/xml", JSON_ONLY, "nothing"},
		{"application/json;q=0", JSON_ONLY, "nothing"},
		{"*/*;q=0", TABLE, "nothing"},
		{"*/*, application/json;q=0", JSON_ONLY, "nothing"},
		{"Application/JSON; q=0.1", JSON_ONLY, "json"},
		{"text/html, application/*;q=0.5", JSON_ONLY, "json"},
		{"application/json", PAPER, "nothing"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (strcmp(chosen(cases[i].accept, cases[i].formats), cases[i].chosen) != 0)
			fail_msg("%s gave %s, not %s", cases[i].accept, chosen(cases[i].accept, cases[i].formats),
			         cases[i].chosen);
}

static void formats_have_names(void **state)
{
	(void)state;
	enum format format;
	for (int i = 0; i < FORMAT_COUNT; i++) {
		assert_true(format_parse(format_name((enum format)i), &format));
		assert_int_equal(format, i);
	}
	assert_false(format_parse("exe", &format));
	assert_false(format_parse("CSV", &format));
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
		cmocka_unit_test(the_best_liked_format_is_chosen),
		cmocka_unit_test(formats_have_names),
		cmocka_unit_test(gzip_is_asked_for),
		cmocka_unit_test(chinese_unless_english_is_preferred),
	};
	return cmocka_run_group_tests_name("accept", tests, NULL, NULL);
}
