#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifndef __SANITIZE_ADDRESS__
#include <malloc.h>
#endif

#include <jansson.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "export/docx.h"
#include "export/form.h"
#include "export/form_parts.h"
#include "export/pdf.h"
#include "export/typesetter.h"

static struct typesetter *typesetter;

static int make_typesetter(void **state)
{
	(void)state;
	typesetter = typesetter_create(
		(const char *const[]){"/usr/share/fonts/opentype/noto", "/usr/share/fonts/truetype/dejavu", NULL}, 2);
	return typesetter_fault(typesetter) != NULL;
}

static int end_typesetter(void **state)
{
	(void)state;
	typesetter_destroy(typesetter);
	return 0;
}

/* So many characters of running text, or of one word that has no place to break. */
static const char *words(struct arena *arena, const char *pattern, size_t characters)
{
	struct buffer text = buffer_create(arena);
	const char *at = pattern;
	for (size_t i = 0; i < characters; i++) {
		size_t length = 1;
		while ((at[length] & 0xC0) == 0x80)
			length++;
		buffer_append(&text, at, length);
		at = at[length] ? at + length : pattern;
	}
	return text.data;
}

static const char sentence[] = "全国科技工作者日活动以庆祝建党百年为主线，团结引领广大科技工作者建功新时代。";

static void release_json(void *json)
{
	json_decref(json);
}

static json_t *coded(const char *const *names, size_t count)
{
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "code", names[i], "name", names[i]));
	return list;
}

/* The longest that the rules allow, each part of the proposal so long; with nothing to break at where that is worst. */
static json_t *longest_facts(struct arena *arena, size_t proposal)
{
	const char *hundred = words(arena, sentence, 100), *two_hundred = words(arena, sentence, 200);
	const char *unbroken = words(arena, "W", 200), *part = words(arena, sentence, proposal);
	static const char *const modules[] = {"团结引领", "建家办事", "为民服务", "开放合作", "表彰发布"};
	static const char *const audiences[] = {"科协系统干部", "科技工作者", "海外同行"};
	json_t *content = json_pack("{s:s, s:s, s:[sssss], s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:[sss], s:s, s:i, s:s, s:s}",
	                            "host_name", hundred, "title", hundred, "modules", modules[0], modules[1], modules[2],
	                            modules[3], modules[4], "module_other", two_hundred, "organizer_name", unbroken, "starts_on",
	                            "2021-05-28", "ends_on", "2021-06-02", "time_note", hundred, "location", unbroken,
	                            "is_online", 1, "online_url", words(arena, "a", 500), "audiences", audiences[0], audiences[1],
	                            audiences[2], "audience_other", two_hundred, "expected_participants", 100000000, "scale_note",
	                            two_hundred, "mailing_address", unbroken);
	json_object_set_new(content, "contact",
	                    json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", words(arena, sentence, 50), "office_phone",
	                              words(arena, "025-", 50), "mobile", words(arena, "1", 50), "fax", words(arena, "0", 50),
	                              "email", words(arena, "x", 254)));
	json_object_set_new(content, "proposal",
	                    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "approach", part, "measures", part, "people", part,
	                              "theme", part, "arrangement", words(arena, "W", proposal), "outcomes", part));
	return json_pack("{s:s, s:s, s:{s:s, s:i, s:b, s:o, s:o}, s:{s:s}, s:s, s:o, s:[], s:s, s:{s:i, s:s, s:s, s:b}}",
	                 "subject", "activity", "kind", "highlight", "campaign", "title", hundred, "text_limit", 500,
	                 "modules_open", 1, "modules", coded(modules, 5), "audiences", coded(audiences, 3), "organization",
	                 "name", hundred, "status", "submitted", "content", content, "redacted", "digest",
	                 "45bc63b857643596bfcd31767baf0227b21e1d734cd23e762296c45fff618f0b", "submission", "number", 12,
	                 "submitted_at", "2021-05-11 09:30", "submitted_on", "2021-05-11", "on_behalf", 1);
}

static json_t *shortest_facts(void)
{
	return json_pack("{s:s, s:s, s:{s:s, s:i, s:[], s:[]}, s:{s:s}, s:s, s:{s:s, s:s, s:[], s:[]}, s:[ss], s:n, s:n}",
	                 "subject", "activity", "kind", "highlight", "campaign", "title", "活动", "text_limit", 500, "modules",
	                 "audiences", "organization", "name", "某", "status", "draft", "content", "host_name", "某", "title",
	                 "短", "modules", "audiences", "redacted", "contact", "mailing_address", "digest", "submission");
}

static struct form *form_of(struct arena *arena, json_t *facts, size_t copies)
{
	struct form *form = form_create(arena);
	form->title = "表";
	form->author = "南京市科学技术协会";
	form->subject = "活动";
	form->written_at = 1620695400;
	arena_defer(arena, release_json, facts);
	for (size_t i = 0; i < copies; i++)
		form_parts_add(form, facts);
	return form;
}

/* How many words of the PDF lie outside of the page's margins, by poppler's eyes; *ret_words is how many there are. */
static size_t words_outside(const char *bytes, size_t length, size_t *ret_words)
{
	char path[] = "/tmp/sciday-form.XXXXXX", command[128], line[2048];
	int file = mkstemp(path);
	assert_int_equal(write(file, bytes, length), length);
	close(file);
	snprintf(command, sizeof command, "pdftotext -bbox %s -", path);
	FILE *pipe = popen(command, "r");
	double left, top, right, bottom;
	size_t outside = 0;
	*ret_words = 0;
	while (fgets(line, sizeof line, pipe))
		if (sscanf(line, " <word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"", &left, &top, &right, &bottom) ==
		    4) {
			++*ret_words;
			outside += left < 73 || right > 595.28 - 73 || top < 60 || bottom > 805;
		}
	assert_int_equal(pclose(pipe), 0);
	unlink(path);
	return outside;
}

static unsigned render(struct form *form, const char **ret_bytes, size_t *ret_length)
{
	unsigned *pages = arena_array(form->arena, form->part_count, sizeof *pages);
	assert_true(pdf_render(typesetter, form, ret_bytes, ret_length));
	return pdf_pages(typesetter, form, pages);
}

static void nothing_overflows(void **state)
{
	(void)state;
	/* six parts that make 500 characters, and then as many as may be saved at all */
	static const size_t proposals[] = {83, 3333};
	for (size_t i = 0; i < 2; i++) {
		__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
		const char *bytes;
		size_t length, found;
		unsigned pages = render(form_of(arena, longest_facts(arena, proposals[i]), 1), &bytes, &length);
		assert_int_equal(words_outside(bytes, length, &found), 0);
		assert_true(found > 100);
		assert_in_range(pages, i == 0 ? 3 : 15, i == 0 ? 4 : 30);
	}
}

static void the_shortest_is_one_page(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *bytes;
	size_t length, found;
	assert_int_equal(render(form_of(arena, shortest_facts(), 1), &bytes, &length), 1);
	assert_non_null(memmem(bytes, length, "/Lang (zh-CN)", strlen("/Lang (zh-CN)")));
	assert_int_equal(words_outside(bytes, length, &found), 0);
}

static void each_part_begins_a_page(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct form *form = form_of(arena, shortest_facts(), 3);
	unsigned pages[3];
	assert_int_equal(pdf_pages(typesetter, form, pages), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(pages[i], i + 1);
}

static void the_same_form_is_the_same_bytes(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct form *form = form_of(arena, longest_facts(arena, 83), 2);
	const char *first, *second;
	size_t first_length, second_length;
	render(form, &first, &first_length);
	render(form, &second, &second_length);
	assert_int_equal(first_length, second_length);
	assert_memory_equal(first, second, first_length);
	assert_true(docx_render(typesetter, form, &first, &first_length));
	setenv("TZ", "America/New_York", 1);
	assert_true(docx_render(typesetter, form, &second, &second_length));
	unsetenv("TZ");
	assert_int_equal(first_length, second_length);
	assert_memory_equal(first, second, first_length);
}

#ifdef __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void); /* Debian's gcc comes without the header */
#endif

static size_t allocated(void)
{
#ifdef __SANITIZE_ADDRESS__
	return __sanitizer_get_current_allocated_bytes();
#else
	return mallinfo2().uordblks;
#endif
}

static void make_both(void)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct form *form = form_of(arena, shortest_facts(), 1);
	const char *bytes;
	size_t length;
	render(form, &bytes, &length);
	assert_true(docx_render(typesetter, form, &bytes, &length));
}

/* Cairo 1.16 itself loses 768 bytes for each face (tests/leaks.supp); a form has two. */
static void memory_does_not_grow_with_what_was_made(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		make_both();
	size_t before = allocated();
	for (int i = 0; i < 50; i++)
		make_both();
	assert_in_range(allocated() - before, 0, 50 * 2 * (768 + 16));
}

static void what_is_no_character_is_replaced(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct form *form = form_create(arena);
	form->title = form->author = form->subject = "\uFFFF<&>\"";
	form_add_part(form, "部分\uFFFE")->detail = "\uFDD0";
	form_add(form, FORM_PARAGRAPH, "甲\uFFFE乙 <&>\"☑☐\U0001FFFE\U0010FFFF");
	form_add_row(form, "签\uFFFF", "\uFDEF");
	form_add_part(form, "再一部分");
	const char *bytes;
	size_t length;
	assert_true(docx_render(typesetter, form, &bytes, &length));
	assert_memory_equal(bytes, "PK\3\4", 4);
	assert_true(pdf_render(typesetter, form, &bytes, &length));
	assert_memory_equal(bytes, "%PDF", 4);
}

#define LONGEST 20000 /* characters of a work plan */

/* The least of three, of this thread alone. */
static double seconds_for(const char *pattern)
{
	double least = 1e9;
	for (int i = 0; i < 3; i++) {
		__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
		struct form *form = form_create(arena);
		form->title = form->author = form->subject = "表";
		form_add_part(form, "部分");
		form_add_row(form, "正文", words(arena, pattern, LONGEST));
		const char *bytes;
		size_t length;
		struct timespec before, after;
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
		assert_true(pdf_render(typesetter, form, &bytes, &length));
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
		double taken = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
		least = taken < least ? taken : least;
	}
	return least;
}

/* Each took twenty times as long and more, growing with the square of its length. */
static void no_text_takes_many_times_another_s_time(void **state)
{
	(void)state;
	double usual = seconds_for(sentence);
	static const char *const patterns[] = {"a", "W", "，", "\u0301", "e\u0301", "☑", "а", "a\n"};
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		if (seconds_for(patterns[i]) > 12 * usual)
			fail_msg("%s", patterns[i]);
}

static void a_missing_font_is_named(void **state)
{
	(void)state;
	struct typesetter *without = typesetter_create((const char *const[]){"/usr/share/fonts/truetype/dejavu", NULL}, 1);
	assert_non_null(strstr(typesetter_fault(without), "Noto Serif CJK SC Regular"));
	typesetter_destroy(without);
	without = typesetter_create((const char *const[]){"/usr/share/fonts/opentype/noto", NULL}, 1);
	assert_non_null(strstr(typesetter_fault(without), "DejaVu Sans"));
	typesetter_destroy(without);
	without = typesetter_create((const char *const[]){"/nowhere", NULL}, 1);
	assert_non_null(typesetter_fault(without));
	typesetter_destroy(without);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_overflows),
		cmocka_unit_test(the_shortest_is_one_page),
		cmocka_unit_test(each_part_begins_a_page),
		cmocka_unit_test(the_same_form_is_the_same_bytes),
		cmocka_unit_test(memory_does_not_grow_with_what_was_made),
		cmocka_unit_test(what_is_no_character_is_replaced),
		cmocka_unit_test(no_text_takes_many_times_another_s_time),
		cmocka_unit_test(a_missing_font_is_named),
	};
	return cmocka_run_group_tests(tests, make_typesetter, end_typesetter);
}
