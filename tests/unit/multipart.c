#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "http/multipart.h"

#define TYPE "multipart/form-data; boundary=xYz"

/* What was read, as one line: "kind=notice;file<a.pdf>=…;". */
static void begin(void *context, const char *name, const char *file_name)
{
	if (file_name)
		buffer_printf(context, "%s<%s>=", name, file_name);
	else
		buffer_printf(context, "%s=", name);
}

static void bytes(void *context, const char *text, size_t length)
{
	buffer_append(context, text, length);
}

static void end(void *context)
{
	buffer_append_string(context, ";");
}

static enum multipart_state read_in(const char *type, const char *body, size_t piece, const char *expected)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct buffer found = buffer_create(arena);
	const struct multipart_receiver receiver = {begin, bytes, end, &found};
	struct multipart *multipart = multipart_create(arena, type, &receiver);
	assert_non_null(multipart);
	size_t length = strlen(body);
	for (size_t at = 0; at < length; at += piece)
		multipart_read(multipart, body + at, length - at < piece ? length - at : piece);
	if (expected)
		assert_string_equal(found.data, expected);
	return multipart_state(multipart);
}

/* However it is cut into pieces, the same is read. */
static void expect(const char *body, enum multipart_state state, const char *expected)
{
	for (size_t piece = 1; piece <= strlen(body); piece++)
		assert_int_equal(read_in(TYPE, body, piece, expected), state);
}

#define PART(disposition, content) "--xYz\r\nContent-Disposition: " disposition "\r\n\r\n" content "\r\n"

static void parts_are_read_in_their_order(void **state)
{
	(void)state;
	expect(PART("form-data; name=\"kind\"", "notice")
	               PART("form-data; name=\"file\"; filename=\"a b.pdf\"", "%PDF-") "--xYz--\r\n",
	       MULTIPART_WHOLE, "kind=notice;file<a b.pdf>=%PDF-;");
	expect("--xYz--", MULTIPART_WHOLE, "");
	expect("--xYz--\r\nand more\r\n--xYz\r\n", MULTIPART_WHOLE, "");
	expect("a preamble\r\n" PART("form-data; name=a", "") "--xYz--", MULTIPART_WHOLE, "a=;");
	expect("--xYz \t \r\nX: y\r\ncontent-disposition:form-data;NAME=a\r\nContent-Type: text/plain\r\n\r\n1\r\n--xYz--",
	       MULTIPART_WHOLE, "a=1;");
}

static void what_is_almost_a_delimiter_is_content(void **state)
{
	(void)state;
	expect(PART("form-data; name=a", "\r\r\n\r\n-\r\n--\r\n--xY\r\n--xy\r\n\r\n--x") "--xYz--", MULTIPART_WHOLE,
	       "a=\r\r\n\r\n-\r\n--\r\n--xY\r\n--xy\r\n\r\n--x;");
	expect(PART("form-data; name=a", "--xYz--") "--xYz--", MULTIPART_WHOLE, "a=--xYz--;");
}

static void a_name_is_taken_as_it_was_sent(void **state)
{
	(void)state;
	expect(PART("form-data; name=\"a\"; filename=\"C:\\dir\\\\x\\\"y;z=.pdf\"", "1") "--xYz--", MULTIPART_WHOLE,
	       "a<C:\\dir\\x\"y;z=.pdf>=1;");
	expect(PART("form-data; filename=\"通知.pdf\"; name=file", "1") "--xYz--", MULTIPART_WHOLE, "file<通知.pdf>=1;");
	expect(PART("form-data; name=file; filename=\"\"", "1") "--xYz--", MULTIPART_WHOLE, "file<>=1;");
	expect(PART("form-data; x=\"; name=b; \"; name=a", "1") "--xYz--", MULTIPART_WHOLE, "a=1;");
}

static void the_extended_name_is_taken_first(void **state)
{
	(void)state;
	expect(PART("form-data; name=a; filename=\"__.pdf\"; filename*=UTF-8''%e9%80%9A%E7%9F%A5.pdf", "1") "--xYz--",
	       MULTIPART_WHOLE, "a<通知.pdf>=1;");
	expect(PART("form-data; name=a; filename*=\"utf-8'zh-CN'%E9%80%9A.pdf\"; filename=b", "1") "--xYz--", MULTIPART_WHOLE,
	       "a<通.pdf>=1;");
	expect(PART("form-data; name=a; filename*=UTF-8''c%25d", "1") "--xYz--", MULTIPART_WHOLE, "a<c%d>=1;");
	static const char *const broken[] = {
		"UTF-8'%41", "ISO-8859-1''%E9", "UTF-8''%4", "UTF-8''%", "UTF-8''%zz", "UTF-8''%00", "UTF-8''%E9", "'", "",
	};
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
		const char *part =
			"--xYz\r\nContent-Disposition: form-data; name=a; filename*=%s; filename=plain\r\n\r\n1\r\n--xYz--";
		expect(arena_printf(arena, part, broken[i]), MULTIPART_WHOLE, "a<plain>=1;");
	}
}

static void a_body_that_was_cut_is_not_whole(void **state)
{
	(void)state;
	static const char body[] = PART("form-data; name=a", "1") "--xYz--";
	for (size_t length = 0; length < sizeof body - 1; length++) {
		__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
		assert_int_equal(read_in(TYPE, arena_strndup(arena, body, length), 3, NULL), MULTIPART_READING);
	}
}

static void what_is_no_form_data_is_broken(void **state)
{
	(void)state;
	expect("--xYz\r\nContent-Type: text/plain\r\n\r\n1\r\n--xYz--", MULTIPART_BROKEN, "");
	expect(PART("attachment; name=a", "1") "--xYz--", MULTIPART_BROKEN, "");
	expect(PART("form-datax; name=a", "1") "--xYz--", MULTIPART_BROKEN, "");
	expect(PART("form-data", "1") "--xYz--", MULTIPART_BROKEN, "");
	expect(PART("form-data; name=\"a", "1") "--xYz--", MULTIPART_BROKEN, "");
	expect("--xYzz\r\n", MULTIPART_BROKEN, "");
	expect("--xYz-\r\n", MULTIPART_BROKEN, "");
}

static void a_header_is_bounded(void **state)
{
	(void)state;
	static char body[20000];
	memset(body, 'a', sizeof body - 1);
	memcpy(body, "--xYz\r\n", 7);
	assert_int_equal(read_in(TYPE, body, 1000, ""), MULTIPART_BROKEN);
	memset(body + 5, ' ', sizeof body - 6);
	assert_int_equal(read_in(TYPE, body, 1000, ""), MULTIPART_BROKEN);
}

static void a_boundary_is_needed(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct buffer found = buffer_create(arena);
	const struct multipart_receiver receiver = {begin, bytes, end, &found};
	assert_null(multipart_create(arena, "multipart/form-data", &receiver));
	assert_null(multipart_create(arena, "multipart/form-data; boundary=", &receiver));
	assert_null(multipart_create(arena, "multipart/form-data; boundary=\"\"", &receiver));
	assert_null(multipart_create(arena, "multipart/form-data; boundary=\"x", &receiver));
	assert_null(multipart_create(arena, "multipart/form-data; notboundary=x", &receiver));
	assert_null(multipart_create(arena, "multipart/form-data; boundary=\"a\tb\"", &receiver));
	char longest[] = "multipart/form-data; boundary=1234567890123456789012345678901234567890123456789012345678901234567890";
	assert_non_null(multipart_create(arena, longest, &receiver));
	assert_null(multipart_create(arena, arena_printf(arena, "%s1", longest), &receiver));
	assert_int_equal(read_in("multipart/form-data; charset=utf-8; Boundary=\"x Y\"", "--x Y--", 1, ""), MULTIPART_WHOLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_read_in_their_order),
		cmocka_unit_test(what_is_almost_a_delimiter_is_content),
		cmocka_unit_test(a_name_is_taken_as_it_was_sent),
		cmocka_unit_test(the_extended_name_is_taken_first),
		cmocka_unit_test(a_body_that_was_cut_is_not_whole),
		cmocka_unit_test(what_is_no_form_data_is_broken),
		cmocka_unit_test(a_header_is_bounded),
		cmocka_unit_test(a_boundary_is_needed),
	};
	return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
