/* The arena and the buffer that grows in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"

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

static void memory_is_zeroed_aligned_and_apart(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, 15, 16, 17, 100, 2048, 2049, 8192, 100000, 3};
	unsigned char *objects[200];
	for (size_t i = 0; i < 200; i++) {
		size_t size = sizes[i % 11];
		objects[i] = arena_alloc(arena, size);
		assert_int_equal((uintptr_t)objects[i] % _Alignof(max_align_t), 0);
		for (size_t at = 0; at < size; at++)
			assert_int_equal(objects[i][at], 0);
		memset(objects[i], (int)i, size);
	}
	for (size_t i = 0; i < 200; i++)
		for (size_t at = 0; at < sizes[i % 11]; at++)
			assert_int_equal(objects[i][at], i);
	assert_ptr_not_equal(arena_alloc(arena, 0), arena_alloc(arena, 0));
}

static void an_array_is_zeroed(void **state)
{
	(void)state;
	uint64_t *numbers = arena_array(arena, 1000, sizeof(*numbers));
	for (size_t i = 0; i < 1000; i++)
		assert_true(numbers[i] == 0);
}

static void strings_are_copies(void **state)
{
	(void)state;
	char original[] = "省科协";
	char *copy = arena_strdup(arena, original);
	original[0] = 'x';
	assert_string_equal(copy, "省科协");
	assert_null(arena_strdup(arena, NULL));
	assert_null(arena_strndup(arena, NULL, 3));
	assert_string_equal(arena_strndup(arena, "plan_id}", 7), "plan_id");
	assert_string_equal(arena_strndup(arena, "", 0), "");
}

static void formatting_takes_short_and_long(void **state)
{
	(void)state;
	assert_string_equal(arena_printf(arena, "%s-%d", "a", 7), "a-7");
	assert_string_equal(arena_printf(arena, "%s", ""), "");
	for (int length = 250; length < 260; length++) {
		char *text = arena_printf(arena, "%0*d", length, 1);
		assert_int_equal(strlen(text), length);
		assert_int_equal(text[length - 1], '1');
	}
}

struct note {
	char *order;
	char letter;
};

static void take_note(void *object)
{
	struct note *note = object;
	note->order[strlen(note->order)] = note->letter;
}

static struct arena *nested;

static void defer_another(void *object)
{
	arena_defer(nested, take_note, object);
}

static void what_is_deferred_runs_once_latest_first(void **state)
{
	(void)state;
	char order[8] = "";
	struct note notes[] = {{order, 'a'}, {order, 'b'}, {order, 'c'}};
	nested = arena_create();
	arena_defer(nested, take_note, &notes[0]);
	arena_defer(nested, take_note, &notes[1]);
	arena_defer(nested, defer_another, &notes[2]);
	arena_destroy(nested);
	assert_string_equal(order, "cba");
	arena_destroy(NULL);
}

static void a_buffer_grows(void **state)
{
	(void)state;
	struct buffer buffer = buffer_create(arena);
	assert_string_equal(buffer.data, "");
	for (int i = 0; i < 1000; i++) {
		buffer_printf(&buffer, "%03d", i);
		buffer_append_string(&buffer, "/");
		buffer_append(&buffer, "...", 1);
		assert_int_equal(buffer.length, (size_t)(i + 1) * 5);
		assert_int_equal(strlen(buffer.data), buffer.length);
	}
	assert_memory_equal(buffer.data, "000/.001/.", 10);
	assert_string_equal(buffer.data + buffer.length - 5, "999/.");
}

static void a_buffer_fills_its_capacity_exactly(void **state)
{
	(void)state;
	for (size_t length = 250; length < 260; length++) {
		char bytes[300];
		struct buffer buffer = buffer_create(arena);
		memset(bytes, 'x', sizeof(bytes));
		buffer_append(&buffer, bytes, length);
		assert_true(buffer.length < buffer.capacity);
		assert_int_equal(strlen(buffer.data), length);
		buffer = buffer_create(arena);
		buffer_printf(&buffer, "%.*s", (int)length, bytes);
		assert_true(buffer.length < buffer.capacity);
		assert_int_equal(strlen(buffer.data), length);
	}
}

static const char *json(const char *string)
{
	struct buffer buffer = buffer_create(arena);
	buffer_append_json(&buffer, string);
	return buffer.data;
}

static void json_strings_are_escaped(void **state)
{
	(void)state;
	assert_string_equal(json(NULL), "null");
	assert_string_equal(json(""), "\"\"");
	assert_string_equal(json("特色亮点活动 😀"), "\"特色亮点活动 😀\"");
	assert_string_equal(json("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
	assert_string_equal(json("1\n2\r\x01\x1F\x7F"), "\"1\\n2\\u000d\\u0001\\u001f\\u007f\"");
}

static void json_strings_are_utf8_whatever_comes(void **state)
{
	(void)state;
	assert_string_equal(json("a\xFF z"), "\"a\xEF\xBF\xBD z\"");
	assert_string_equal(json("\xE7\xA7"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
	assert_string_equal(json("\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
	assert_string_equal(json("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(memory_is_zeroed_aligned_and_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_array_is_zeroed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(strings_are_copies, set_up, tear_down),
		cmocka_unit_test_setup_teardown(formatting_takes_short_and_long, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_deferred_runs_once_latest_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_buffer_grows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_buffer_fills_its_capacity_exactly, set_up, tear_down),
		cmocka_unit_test_setup_teardown(json_strings_are_escaped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(json_strings_are_utf8_whatever_comes, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
