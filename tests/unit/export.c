/* The cells of tables, as CSV and XLSX put them. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <jansson.h>
#include <zip.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"
#include "base/zone.h"
#include "export/cell.h"
#include "export/csv.h"
#include "export/xlsx.h"

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

static const struct label labels[] = {
	{"phase", "1", "第一阶段"},
	{"status", "draft", "草稿"},
	{"status", "submitted", "已报送"},
};

static struct wording people(struct arena *arena)
{
	return (struct wording){.arena = arena, .labels = labels, .label_count = sizeof labels / sizeof *labels};
}

static struct wording programs(struct arena *arena)
{
	struct wording wording = people(arena);
	wording.is_for_programs = true;
	return wording;
}

static const struct column statuses[] = {{.path = "", .type = COLUMN_TEXT, .vocabulary = "status"}};
static const struct column persons[] = {{.path = "role", .type = COLUMN_TEXT}, {.path = "name", .type = COLUMN_TEXT}};
static const struct column columns[] = {
	{.path = "id", .type = COLUMN_ID, .zh = "标识", .en = "Id"},
	{.path = "title", .type = COLUMN_TEXT, .zh = "名称", .en = "Title"},
	{.path = "status", .type = COLUMN_TEXT, .vocabulary = "status", .zh = "状态", .en = "Status"},
	{.path = "phase", .type = COLUMN_INTEGER, .vocabulary = "phase", .zh = "阶段", .en = "Phase"},
	{.path = "organization.name", .type = COLUMN_TEXT, .zh = "单位名称", .en = "Organization name"},
	{.path = "cells.1.count", .type = COLUMN_INTEGER, .zh = "第二", .en = "Second"},
	{.path = "late", .type = COLUMN_RATE, .zh = "逾期率", .en = "Late"},
	{.path = "is_online", .type = COLUMN_BOOLEAN, .zh = "线上举办", .en = "Is online"},
	{.path = "starts_on", .type = COLUMN_DATE, .zh = "开始日期", .en = "Starts on"},
	{.path = "due_at", .type = COLUMN_INSTANT, .zh = "截止时刻", .en = "Due at"},
	{.path = "states", .type = COLUMN_LIST, .zh = "各状态", .en = "States", .parts = statuses, .part_count = 1},
	{.path = "people", .type = COLUMN_LIST, .zh = "人员", .en = "People", .parts = persons, .part_count = 2},
	{.path = "before", .type = COLUMN_OBJECT, .zh = "修改前", .en = "Before"},
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static const char row_text[] =
	"{\"id\": \"0196\", \"title\": \"=1+1\", \"status\": \"draft\", \"phase\": 1, \"organization\": {\"name\": "
	"\"南京市科协\"},"
	" \"cells\": [{\"count\": 3}, {\"count\": -4}], \"late\": 0.125, \"is_online\": false, \"starts_on\": \"2021-05-12\","
	" \"due_at\": \"2021-05-12T16:00:00Z\", \"states\": [\"draft\", \"lost\"],"
	" \"people\": [{\"role\": \"a\", \"name\": \"王芳\"}, {\"role\": \"b\", \"name\": null}], \"before\": {\"x\": 1}}";

static const char *line(struct arena *arena, struct wording *wording, const char *text)
{
	json_t *row = json_loads(text, 0, NULL);
	assert_non_null(row);
	struct buffer out = buffer_create(arena);
	csv_append_row(&out, wording, columns, COLUMN_COUNT, row);
	json_decref(row);
	return out.data;
}

static void test_rows_for_people(void **state)
{
	struct wording wording = people(*state);
	assert_string_equal(line(*state, &wording, row_text), "'=1+1,草稿,第一阶段,南京市科协,-4,0.125,否,2021-05-12,2021-05-13 "
	                                                      "00:00,草稿；lost,a 王芳；b,\"{\"\"x\"\":1}\"\r\n");
	wording.locale = LOCALE_EN;
	struct buffer headings = buffer_create(*state);
	csv_append_headings(&headings, &wording, columns, 3);
	assert_string_equal(headings.data, "Title,Status\r\n");
}

static void test_rows_for_programs(void **state)
{
	struct wording wording = programs(*state);
	assert_string_equal(line(*state, &wording, row_text), "0196,'=1+1,draft,1,南京市科协,-4,0.125,false,2021-05-12,2021-05-"
	                                                      "12T16:00:00Z,draft；lost,a 王芳；b,\"{\"\"x\"\":1}\"\r\n");
	struct buffer headings = buffer_create(*state);
	csv_append_headings(&headings, &wording, columns, 5);
	assert_string_equal(headings.data, "id,title,status,phase,organization.name\r\n");
}

static void test_nothing_is_empty(void **state)
{
	struct wording wording = people(*state);
	assert_string_equal(line(*state, &wording, "{\"title\": null, \"organization\": null, \"states\": []}"),
	                    ",,,,,,,,,,,\r\n");
	/* Another type than the column's is told, not lost. */
	assert_string_equal(
		line(*state, &wording, "{\"title\": 5, \"due_at\": \"soon\", \"starts_on\": \"2021-13-40\", \"late\": \"half\"}"),
		"5,,,,,half,,2021-13-40,soon,,,\r\n");
}

/* The hour that a zone shows at an instant. */
static const char *shown(struct arena *arena, const char *zone, time_t instant)
{
	struct wording wording = people(arena);
	struct tm local;
	if (!wording_local(&wording, zone, instant, &local))
		return "unknown";
	char *text = arena_alloc(arena, 32);
	strftime(text, 32, "%Y-%m-%d %H:%M", &local);
	return text;
}

static void test_zones(void **state)
{
	assert_string_equal(shown(*state, NULL, 1620835200), "2021-05-13 00:00");
	assert_string_equal(shown(*state, "Asia/Shanghai", 1620835199), "2021-05-12 23:59");
	assert_string_equal(shown(*state, "Asia/Shanghai", 4102444800), "2100-01-01 08:00");
	assert_string_equal(shown(*state, "Asia/Shanghai", -2177481944), "1900-12-31 23:59");
	assert_string_equal(shown(*state, "Asia/Urumqi", 1620835200), "2021-05-12 22:00");
	assert_string_equal(shown(*state, "Europe/Berlin", 1616893199), "2021-03-28 01:59");
	assert_string_equal(shown(*state, "Europe/Berlin", 1616893200), "2021-03-28 03:00");
	assert_string_equal(shown(*state, "UTC", 0), "1970-01-01 00:00");
	assert_string_equal(shown(*state, "Asia/Nowhere", 0), "unknown");
	assert_string_equal(shown(*state, "../../../etc/passwd", 0), "unknown");
	assert_string_equal(shown(*state, "/etc/passwd", 0), "unknown");
}

static void test_widths(void **state)
{
	(void)state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("南京"), 4);
	assert_int_equal(text_width("（a）"), 5);
	assert_int_equal(text_width("e\u0301"), 1);
}

/* A file of the workbook, as text in the arena. */
static const char *part(struct arena *arena, const struct xlsx_file *file, const char *name)
{
	struct zip_error error;
	zip_source_t *source = zip_source_file_create(arena_printf(arena, "/proc/self/fd/%d", file->descriptor), 0, -1, &error);
	zip_t *archive = zip_open_from_source(source, ZIP_RDONLY, &error);
	assert_non_null(archive);
	struct zip_stat status;
	assert_int_equal(zip_stat(archive, name, 0, &status), 0);
	char *text = arena_alloc(arena, status.size + 1);
	zip_file_t *member = zip_fopen(archive, name, 0);
	assert_int_equal(zip_fread(member, text, status.size), status.size);
	zip_fclose(member);
	zip_close(archive);
	return text;
}

static void has(const char *text, const char *piece)
{
	if (!strstr(text, piece))
		fail_msg("%s is not in %s", piece, text);
}

static void test_workbook(void **state)
{
	struct wording wording = people(*state);
	struct xlsx *xlsx = xlsx_create(*state, &wording);
	struct xlsx_sheet *sheet = xlsx_add_sheet(xlsx, "全部", columns, COLUMN_COUNT);
	json_t *row = json_loads(row_text, 0, NULL);
	xlsx_write(sheet, row);
	json_decref(row);
	xlsx_add_chart(sheet, "分布", 1, 4, 5);
	struct xlsx_file file;
	assert_true(xlsx_finish(xlsx, &file));
	assert_true(file.size > 1000);

	const char *cells = part(*state, &file, "xl/worksheets/sheet1.xml");
	has(cells, "<c r=\"A2\" s=\"2\" t=\"inlineStr\"><is><t>=1+1</t></is></c>");
	has(cells, "<c r=\"B2\" s=\"2\" t=\"inlineStr\"><is><t>草稿</t></is></c>");
	has(cells, "<c r=\"E2\" s=\"3\"><v>-4</v></c>");
	has(cells, "<v>0.125</v>");
	has(cells, "<v>44328</v>"); /* 2021-05-12 */
	has(cells, "<v>44329</v>"); /* 2021-05-13 00:00 */
	has(cells, "state=\"frozen\"");
	has(cells, "<autoFilter ref=\"A1:L2\"/>");
	assert_null(strstr(cells, "<f>"));
	has(part(*state, &file, "xl/workbook.xml"), "name=\"全部\"");
	const char *chart = part(*state, &file, "xl/charts/chart1.xml");
	has(chart, "分布");
	has(chart, "$E$2");
}

static const char *names_of_sheets(struct arena *arena, const char *const *names, size_t count)
{
	struct wording wording = people(arena);
	struct xlsx *xlsx = xlsx_create(arena, &wording);
	for (size_t i = 0; i < count; i++)
		xlsx_add_sheet(xlsx, names[i], columns, 1);
	struct xlsx_file file;
	assert_true(xlsx_finish(xlsx, &file));
	return part(arena, &file, "xl/workbook.xml");
}

static void test_names_of_sheets(void **state)
{
	static const char *const names[] = {
		"a[b]c:d*e?f/g\\h",
		"",
		"'x'",
		"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三",
		"same",
		"SAME",
		"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三",
	};
	const char *book = names_of_sheets(*state, names, sizeof names / sizeof *names);
	has(book, "name=\"a-b-c-d-e-f-g-h\"");
	has(book, "name=\"-\"");
	has(book, "name=\"-x-\"");
	has(book, "name=\"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一\"");
	has(book, "name=\"SAME (2)\"");
	has(book, "name=\"一二三四五六七八九十一二三四五六七八九十一二三四五六七 (2)\"");
}

static void test_long_texts_are_cut(void **state)
{
	struct wording wording = people(*state);
	struct xlsx *xlsx = xlsx_create(*state, &wording);
	struct xlsx_sheet *sheet = xlsx_add_sheet(xlsx, "长", columns + 1, 1);
	struct buffer text = buffer_create(*state);
	for (size_t i = 0; i < XLSX_TEXT_MAXIMUM; i++)
		buffer_append_string(&text, "长");
	json_t *row = json_pack("{s:s}", "title", text.data);
	xlsx_write(sheet, row);
	json_decref(row);
	buffer_append_string(&text, "长");
	row = json_pack("{s:s}", "title", text.data);
	xlsx_write(sheet, row);
	json_decref(row);
	struct xlsx_file file;
	assert_true(xlsx_finish(xlsx, &file));
	const char *cells = part(*state, &file, "xl/worksheets/sheet1.xml");
	has(cells, "长长</t></is></c></row><row r=\"3\"");
	has(cells, "长长…</t>");
}

/* The last row that a sheet holds, and the first of the further one. */
static void test_more_rows_than_a_sheet_holds(void **state)
{
	static const struct column one[] = {{.path = "n", .type = COLUMN_INTEGER, .zh = "序号"}};
	struct wording wording = people(*state);
	struct xlsx *xlsx = xlsx_create(*state, &wording);
	struct xlsx_sheet *sheet = xlsx_add_sheet(xlsx, "多", one, 1);
	json_t *row = json_pack("{s:i}", "n", 7);
	for (size_t i = 0; i < XLSX_ROWS; i++)
		xlsx_write(sheet, row);
	json_decref(row);
	struct xlsx_file file;
	assert_true(xlsx_finish(xlsx, &file));
	has(part(*state, &file, "xl/workbook.xml"), "name=\"多 (2)\"");
	has(part(*state, &file, "xl/worksheets/sheet1.xml"), "<autoFilter ref=\"A1:A1048576\"/>");
	has(part(*state, &file, "xl/worksheets/sheet2.xml"), "<autoFilter ref=\"A1:A2\"/>");
}

static void test_no_folder_for_temporary_files(void **state)
{
	struct wording wording = people(*state);
	setenv("TMPDIR", "/nowhere", 1);
	struct xlsx *xlsx = xlsx_create(*state, &wording);
	unsetenv("TMPDIR");
	assert_null(xlsx);
}

#define DESCRIPTORS 256

static int open_descriptors(void)
{
	int count = 0;
	for (int i = 0; i < DESCRIPTORS; i++)
		count += fcntl(i, F_GETFD) >= 0;
	return count;
}

/* The database is gone in the middle of the rows: nothing stays open. */
static void test_given_up(void **state)
{
	(void)state;
	int before = open_descriptors();
	struct arena *arena = arena_create();
	struct wording wording = people(arena);
	struct xlsx *xlsx = xlsx_create(arena, &wording);
	xlsx_add_sheet(xlsx, "全部", columns, COLUMN_COUNT);
	xlsx_add_sheet(xlsx, "第一", columns, COLUMN_COUNT);
	assert_int_equal(open_descriptors(), before + 3);
	arena_destroy(arena);
	assert_int_equal(open_descriptors(), before);
}

static void test_no_file_for_a_sheet(void **state)
{
	struct wording wording = people(*state);
	struct xlsx *xlsx = xlsx_create(*state, &wording);
	struct xlsx_sheet *first = xlsx_add_sheet(xlsx, "全部", columns, COLUMN_COUNT);
	struct rlimit limit, none;
	getrlimit(RLIMIT_NOFILE, &limit);
	none = limit;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	struct xlsx_sheet *second = xlsx_add_sheet(xlsx, "第一", columns, COLUMN_COUNT);
	setrlimit(RLIMIT_NOFILE, &limit);
	json_t *row = json_loads(row_text, 0, NULL);
	xlsx_write(first, row);
	xlsx_write(second, row);
	json_decref(row);
	xlsx_add_chart(second, "分布", 1, 4, 5);
	struct xlsx_file file;
	assert_false(xlsx_finish(xlsx, &file));
}

/* U+FFFE and U+FFFF, which a JSON text may have. */
static void test_what_is_no_character(void **state)
{
	static const struct column one[] = {{.path = "title", .type = COLUMN_TEXT, .zh = "名称\uFFFF"}};
	struct wording wording = people(*state);
	struct xlsx *xlsx = xlsx_create(*state, &wording);
	struct xlsx_sheet *sheet = xlsx_add_sheet(xlsx, "名\uFFFE", one, 1);
	json_t *row = json_pack("{s:s}", "title", "￥科\uFFFE普\uFFFF");
	xlsx_write(sheet, row);
	json_decref(row);
	struct xlsx_file file;
	assert_true(xlsx_finish(xlsx, &file));
	const char *cells = part(*state, &file, "xl/worksheets/sheet1.xml");
	has(cells, "名称\uFFFD</t>");
	has(cells, "￥科\uFFFD普\uFFFD</t>");
	has(part(*state, &file, "xl/workbook.xml"), "name=\"名\uFFFD\"");
}

static bool has_chart(struct arena *arena, size_t series)
{
	struct wording wording = people(arena);
	struct column *many = arena_array(arena, series + 1, sizeof *many);
	for (size_t i = 0; i <= series; i++)
		many[i] = (struct column){.path = "n", .type = COLUMN_INTEGER, .zh = "数"};
	struct xlsx *xlsx = xlsx_create(arena, &wording);
	struct xlsx_sheet *sheet = xlsx_add_sheet(xlsx, "市", many, series + 1);
	json_t *row = json_pack("{s:i}", "n", 7);
	xlsx_write(sheet, row);
	json_decref(row);
	xlsx_add_chart(sheet, "分布", 1, 1, series);
	struct xlsx_file file;
	assert_true(xlsx_finish(xlsx, &file));
	return strstr(part(arena, &file, "xl/worksheets/sheet1.xml"), "<drawing") != NULL;
}

static void test_a_chart_of_more_cities_than_excel_takes(void **state)
{
	assert_true(has_chart(*state, 255));
	assert_false(has_chart(*state, 256));
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_for_people),
		TEST(rows_for_programs),
		TEST(nothing_is_empty),
		TEST(zones),
		TEST(widths),
		TEST(workbook),
		TEST(names_of_sheets),
		TEST(long_texts_are_cut),
		TEST(more_rows_than_a_sheet_holds),
		TEST(no_folder_for_temporary_files),
		TEST(given_up),
		TEST(what_is_no_character),
		TEST(a_chart_of_more_cities_than_excel_takes),
		TEST(no_file_for_a_sheet),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
