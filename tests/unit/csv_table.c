/* CSV as spreadsheets write it, in the encodings that they write it in, and as nobody should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "export/csv.h"
#include "import/charset.h"
#include "import/csv_table.h"

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

static struct csv_table read(struct arena *arena, const char *text)
{
	struct csv_table table;
	struct csv_place place;
	assert_int_equal(csv_table_read(arena, text, strlen(text), 10, &table, &place), CSV_READ);
	return table;
}

/* "line:cell|cell" of each row, one after the other. */
static const char *shape(struct arena *arena, const char *text)
{
	struct csv_table table = read(arena, text);
	struct buffer out = buffer_create(arena);
	for (size_t i = 0; i < table.count; i++) {
		buffer_printf(&out, "%s%zu:", i > 0 ? " " : "", table.rows[i].line);
		for (size_t j = 0; j < table.rows[i].count; j++)
			buffer_printf(&out, "%s%s", j > 0 ? "|" : "", table.rows[i].cells[j]);
	}
	return out.data;
}

static void test_rows(void **state)
{
	assert_string_equal(shape(*state, ""), "");
	assert_string_equal(shape(*state, "\n\n"), "");
	assert_string_equal(shape(*state, "a,b\nc,d"), "1:a|b 2:c|d");
	assert_string_equal(shape(*state, "a,b\r\nc,d\r\n"), "1:a|b 2:c|d");
	assert_string_equal(shape(*state, "a,b\rc,d\r"), "1:a|b 2:c|d");
	assert_string_equal(shape(*state, "a,\n,b\n,\n"), "1:a| 2:|b");
	assert_string_equal(shape(*state, "\n  \na\n\n\nb\n"), "3:a 6:b");
	assert_string_equal(shape(*state, "\"a\nb\",\"c\"\"d\"\n\"\",e\n"), "1:a\nb|c\"d 3:|e");
	assert_string_equal(shape(*state, "\"a\r\n\r\nb\"\r\nc\r\n"), "1:a\r\n\r\nb 4:c");
	assert_string_equal(shape(*state, "  南京 , \" x \" \n"), "1:南京| x ");
}

static void refused(struct arena *arena, const char *text, enum csv_status status, size_t line, size_t character)
{
	struct csv_table table;
	struct csv_place place;
	assert_int_equal(csv_table_read(arena, text, strlen(text), 3, &table, &place), status);
	assert_int_equal(place.line, line);
	assert_int_equal(place.character, character);
}

static void test_refused(void **state)
{
	refused(*state, "a,b\n南京\"x,d\n", CSV_STRAY_QUOTE, 2, 3);
	refused(*state, "a,b\n\"c\"d,e\n", CSV_STRAY_QUOTE, 2, 4);
	refused(*state, "a,b\n\"c,d\ne,f\n", CSV_UNTERMINATED_QUOTE, 2, 0);
	refused(*state, "a,\"b\nc\"d\n", CSV_STRAY_QUOTE, 2, 3);
	refused(*state, "a\nb\nc\nd\n", CSV_TOO_MANY_ROWS, 4, 0);
	char wide[2 * CSV_COLUMNS_MAXIMUM + 2];
	memset(wide, ',', sizeof wide - 1);
	wide[sizeof wide - 1] = '\0';
	refused(*state, wide, CSV_TOO_MANY_COLUMNS, 1, 0);
}

static void comes_back(struct arena *arena, const char *text, const char *cell)
{
	struct buffer out = buffer_create(arena);
	csv_append_cell(&out, text);
	assert_string_equal(out.data, cell);
	struct csv_table table = read(arena, arena_printf(arena, "x,%s\n", out.data));
	assert_string_equal(csv_cell_text(table.rows[0].cells[1]), text);
}

static void test_cells(void **state)
{
	comes_back(*state, "南京", "南京");
	comes_back(*state, "a,b", "\"a,b\"");
	comes_back(*state, "a\"b", "\"a\"\"b\"");
	comes_back(*state, "a\nb", "\"a\nb\"");
	comes_back(*state, " a ", "\" a \"");
	comes_back(*state, "=1+1", "'=1+1");
	comes_back(*state, "+86 25", "'+86 25");
	comes_back(*state, "-1", "'-1");
	comes_back(*state, "@SUM(A1)", "'@SUM(A1)");
	comes_back(*state, "＝1", "'＝1");
	comes_back(*state, "\t=1", "\"'\t=1\"");
	comes_back(*state, "'=1", "''=1");
	comes_back(*state, "''=1", "'''=1");
	comes_back(*state, "'95", "'95");
	comes_back(*state, "'", "'");
	comes_back(*state, "=\"a\",b", "\"'=\"\"a\"\",b\"");
}

static const char *decoded(struct arena *arena, const char *name, const char *bytes)
{
	const char *text;
	size_t length, line;
	assert_int_equal(charset_decode(arena, name, bytes, strlen(bytes), &text, &length, &line), CHARSET_OK);
	assert_int_equal(strlen(text), length);
	return text;
}

static void malformed(struct arena *arena, const char *name, const char *bytes, size_t length, size_t at_line)
{
	const char *text;
	size_t text_size, line;
	assert_int_equal(charset_decode(arena, name, bytes, length, &text, &text_size, &line), CHARSET_MALFORMED);
	assert_int_equal(line, at_line);
}

static void test_charset(void **state)
{
	assert_string_equal(decoded(*state, NULL, "南京"), "南京");
	assert_string_equal(decoded(*state, NULL, "\xEF\xBB\xBF南京"), "南京");
	assert_string_equal(decoded(*state, "UTF-8", "\xEF\xBB\xBFx"), "x");
	assert_string_equal(decoded(*state, NULL, "\xC4\xCF\xBE\xA9,1"), "南京,1");
	assert_string_equal(decoded(*state, "GB2312", "\xC4\xCF\xBE\xA9"), "南京");
	assert_string_equal(decoded(*state, "gb18030", "\x81\x30\x81\x30\x95\x32\x82\x36"), "\xC2\x80𠀀");
	assert_string_equal(decoded(*state, "gbk", ""), "");
	malformed(*state, "utf-8", "a\n\xC4\xCF\xBE\xA9\n", 7, 2);
	malformed(*state, NULL, "a\nb\n\xFF\xFF", 6, 3);
	malformed(*state, NULL, "\xEF\xBB\xBF\xC4\xCF\xBE\xA9", 7, 1);
	malformed(*state, "gb18030", "a\n\xC4", 3, 2);
	malformed(*state, NULL,
	          "\xFF\xFE"
	          "a\0b\0",
	          6, 1); /* UTF-16 */
	malformed(*state, NULL, "a\0b", 3, 1);
	const char *text;
	size_t length, line;
	assert_int_equal(charset_decode(*state, "big5", "x", 1, &text, &length, &line), CHARSET_UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(rows), TEST(refused), TEST(cells), TEST(charset)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("csv_table", tests, NULL, NULL);
}
