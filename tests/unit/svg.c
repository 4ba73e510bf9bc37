/* Pictures: what a name may hold, how texts are fitted, and what screen readers find. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <jansson.h>
#include <libxml/parser.h>
#include <cmocka.h>

#include "base/arena.h"
#include "export/chart.h"
#include "export/svg.h"

static int start(void **state)
{
	*state = arena_create();
	return 0;
}

static int finish(void **state)
{
	arena_destroy(*state);
	return 0;
}

static void test_widths(void **state)
{
	(void)state;
	assert_true(svg_text_width("科协", 10) == 20);
	assert_true(svg_text_width("", 10) == 0);
	assert_true(svg_text_width("2021", 10) == 24);
	assert_true(svg_text_width("e\u0301", 10) == 6); /* an accent has no width of its own */
}

static void test_shortening(void **state)
{
	assert_string_equal(svg_shorten(*state, "南京市科协", 10, 50), "南京市科协");
	assert_string_equal(svg_shorten(*state, "南京市科协", 10, 49), "南京市…");
	assert_string_equal(svg_shorten(*state, "南京市科协", 10, 10), "…");
	assert_string_equal(svg_shorten(*state, "", 10, 0), "");
	for (double width = 10; width < 60; width++)
		assert_true(svg_text_width(svg_shorten(*state, "省科协2021年度", 10, width), 10) <= width + 0.01);
}

static void test_wrapping(void **state)
{
	const char *lines[3];
	assert_int_equal(svg_wrap(*state, "南京市科协", 10, 30, 3, lines), 2);
	assert_string_equal(lines[0], "南京市");
	assert_string_equal(lines[1], "科协");
	assert_int_equal(svg_wrap(*state, "江苏省\u3000特色亮点活动", 10, 70, 3, lines), 2);
	assert_string_equal(lines[0], "江苏省");
	assert_string_equal(lines[1], "特色亮点活动");
	assert_int_equal(svg_wrap(*state, "江苏省科学技术协会", 10, 30, 2, lines), 2);
	assert_string_equal(lines[1], "科学…");
	assert_int_equal(svg_wrap(*state, "", 10, 30, 2, lines), 0);
}

/* Whatever stands in a name is text, in an attribute and between tags. */
static void test_escaping(void **state)
{
	static const char name[] = "<script>alert('&\"')</script>]]>\uFFFF";
	static const struct svg_font font = {12, false, SVG_START, "#000000"};
	struct svg *svg = svg_begin(*state, 100, 50, name, name);
	svg_text(svg, 10, 10, &font, "短", name);
	size_t length;
	const char *document = svg_end(svg, &length);
	assert_int_equal(length, strlen(document));
	assert_null(strstr(document, "<script"));
	xmlDocPtr parsed = xmlReadMemory(document, (int)length, NULL, NULL, XML_PARSE_NONET);
	assert_non_null(parsed);
	const xmlNode *root = xmlDocGetRootElement(parsed);
	xmlChar *title = xmlNodeGetContent(root->children);
	assert_string_equal((const char *)title, "<script>alert('&\"')</script>]]>\uFFFD");
	xmlFree(title);
	xmlFreeDoc(parsed);
}

/* A matrix without a row, as of a campaign without phases, and one without an activity. */
static void test_empty_matrix(void **state)
{
	json_t *matrix =
		json_loads("{\"caption\": \"江苏省科协\", \"rows\": {\"dimension\": \"phase\", \"name\": \"阶段\", \"keys\": []},"
	                   " \"columns\": {\"dimension\": \"module\", \"name\": \"模块\", \"keys\": [{\"key\": \"unity\", "
	                   "\"name\": \"团结引领\"}]},"
	                   " \"cells\": [], \"column_totals\": [{\"count\": 0, \"href\": \"/\"}], \"total\": {\"count\": 0, "
	                   "\"href\": \"/\"},"
	                   " \"counted_more_than_once\": {}}",
	                   0, NULL);
	assert_non_null(matrix);
	size_t length;
	const char *document = chart_matrix(*state, matrix, &length);
	assert_non_null(strstr(document, "role=\"img\" aria-labelledby=\"title description\""));
	assert_non_null(strstr(document, "<title id=\"title\">活动分布：阶段 × 模块</title>"));
	assert_non_null(strstr(document, "合计：团结引领 0，总数 0。</desc>"));
	json_decref(matrix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_widths),
		cmocka_unit_test_setup_teardown(test_shortening, start, finish),
		cmocka_unit_test_setup_teardown(test_wrapping, start, finish),
		cmocka_unit_test_setup_teardown(test_escaping, start, finish),
		cmocka_unit_test_setup_teardown(test_empty_matrix, start, finish),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
