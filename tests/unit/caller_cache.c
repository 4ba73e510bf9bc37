#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "auth/caller_cache.h"
#include "base/arena.h"
#include "http/exchange.h"

#define NOW 1621440000LL
#define FAR (NOW + 900)

static const struct caller nanjing = {true, "nanjing", "session-1", ROLE_SUBMITTER, {"{320100}", "{}", "{}", "{}"}};
static const struct caller province = {true, "province", "session-2", ROLE_REVIEWER, {"{}", "{320000}", "{}", "{}"}};

static void keep(struct caller_cache *cache, const char *token, const struct caller *caller)
{
	caller_cache_keep(cache, token, NOW, FAR, caller_cache_generation(cache), caller);
}

static bool knows(struct caller_cache *cache, const char *token, long long now)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct caller caller;
	return caller_cache_find(cache, token, now, arena, &caller);
}

static int set_up(void **state)
{
	*state = caller_cache_create(4);
	return 0;
}

static int tear_down(void **state)
{
	caller_cache_destroy(*state);
	return 0;
}

static void test_kept(void **state)
{
	struct caller_cache *cache = *state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	keep(cache, "a", &nanjing);
	keep(cache, "b", &province);
	struct caller found;
	assert_true(caller_cache_find(cache, "a", NOW, arena, &found));
	assert_true(found.authenticated);
	assert_string_equal(found.account_id, "nanjing");
	assert_string_equal(found.session_id, "session-1");
	assert_int_equal(found.roles, ROLE_SUBMITTER);
	assert_string_equal(found.scopes[0], "{320100}");
	assert_string_equal(found.scopes[3], "{}");
	caller_cache_drop(cache, NULL);
	assert_string_equal(found.account_id, "nanjing"); /* a copy, which outlives the entry */
	assert_false(knows(cache, "c", NOW));
	assert_false(knows(cache, "", NOW));
}

static void test_expired(void **state)
{
	struct caller_cache *cache = *state;
	keep(cache, "a", &nanjing);
	assert_true(knows(cache, "a", NOW + 59));
	assert_false(knows(cache, "a", NOW + 60));
	assert_false(knows(cache, "a", NOW)); /* it went when it was found to be over */
	caller_cache_keep(cache, "b", NOW, NOW + 5, caller_cache_generation(cache), &nanjing);
	assert_true(knows(cache, "b", NOW + 4));
	assert_false(knows(cache, "b", NOW + 5));
}

static void test_dropped(void **state)
{
	struct caller_cache *cache = *state;
	keep(cache, "a", &nanjing);
	keep(cache, "b", &province);
	keep(cache, "c", &nanjing);
	caller_cache_drop(cache, "nobody");
	assert_true(knows(cache, "a", NOW));
	caller_cache_drop(cache, "nanjing");
	assert_false(knows(cache, "a", NOW));
	assert_true(knows(cache, "b", NOW));
	assert_false(knows(cache, "c", NOW));
	caller_cache_drop(cache, NULL);
	assert_false(knows(cache, "b", NOW));
}

/* A membership ends while its caller is being looked up: what was looked up is not kept. */
static void test_generation(void **state)
{
	struct caller_cache *cache = *state;
	unsigned long long generation = caller_cache_generation(cache);
	caller_cache_drop(cache, "nanjing");
	caller_cache_keep(cache, "a", NOW, FAR, generation, &nanjing);
	assert_false(knows(cache, "a", NOW));
	keep(cache, "a", &nanjing);
	assert_true(knows(cache, "a", NOW));
}

static void test_capacity(void **state)
{
	struct caller_cache *cache = *state;
	static const char *const tokens[] = {"a", "b", "c", "d", "e", "f"};
	for (size_t i = 0; i < 6; i++)
		keep(cache, tokens[i], i == 3 ? &province : &nanjing);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(knows(cache, tokens[i], NOW), i >= 2);
	keep(cache, "f", &nanjing); /* again: nothing else goes for it */
	assert_true(knows(cache, "c", NOW));
	caller_cache_drop(cache, "province");
	keep(cache, "g", &nanjing); /* the dropped one's room is free */
	assert_true(knows(cache, "c", NOW));
	struct caller_cache *none = caller_cache_create(0);
	keep(none, "a", &nanjing);
	assert_false(knows(none, "a", NOW));
	caller_cache_destroy(none);
}

static void *work(void *context)
{
	struct caller_cache *cache = context;
	for (int i = 0; i < 2000; i++) {
		__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
		char token[16];
		snprintf(token, sizeof(token), "%d", i % 7);
		const struct caller *caller = i % 7 < 3 ? &nanjing : &province;
		struct caller found;
		unsigned long long generation = caller_cache_generation(cache);
		if (!caller_cache_find(cache, token, NOW + i % 70, arena, &found))
			caller_cache_keep(cache, token, NOW, FAR, generation, caller);
		else if (strcmp(found.account_id, caller->account_id) != 0)
			return "a token of another account";
		if (i % 50 == 0)
			caller_cache_drop(cache, i % 100 ? "nanjing" : NULL);
	}
	return NULL;
}

static void test_several_threads(void **state)
{
	pthread_t threads[8];
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, *state), 0);
	for (size_t i = 0; i < 8; i++) {
		void *wrong;
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kept), TEST(expired), TEST(dropped), TEST(generation), TEST(capacity), TEST(several_threads),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("caller_cache", tests, NULL, NULL);
}
