#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "auth/password.h"
#include "base/arena.h"

static const char *hash_in(struct arena *arena)
{
	return password_hash(arena, "科技工作者日-2021");
}

static void test_right_and_wrong(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *hash = hash_in(arena);
	assert_true(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0);
	assert_true(password_verify(hash, "科技工作者日-2021"));
	assert_false(password_verify(hash, "科技工作者日-2022"));
	assert_false(password_verify(hash, "科技工作者日-2021 "));
	assert_false(password_verify(hash, ""));
	assert_string_not_equal(hash, hash_in(arena));
}

static void test_nobody(void **state)
{
	(void)state;
	assert_false(password_verify(NULL, ""));
	assert_false(password_verify(NULL, "科技工作者日-2021"));
}

static void test_empty_and_broken(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *hash = password_hash(arena, "");
	assert_true(password_verify(hash, ""));
	assert_false(password_verify(hash, "x"));
	assert_false(password_verify("", ""));
	assert_false(password_verify("$argon2id$", "x"));
	assert_false(password_verify("x", "x"));
}

static double seconds(const char *hash)
{
	struct timespec before, after;
	double best = 1e9;
	for (int i = 0; i < 5; i++) {
		clock_gettime(CLOCK_MONOTONIC, &before);
		bool right = password_verify(hash, "wrong");
		clock_gettime(CLOCK_MONOTONIC, &after);
		double taken = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
		assert_false(right);
		best = taken < best ? taken : best;
	}
	return best;
}

/* Whether there is such a user must not be told by the clock. */
static void test_nobody_takes_as_long(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	double somebody = seconds(hash_in(arena)), nobody = seconds(NULL);
	assert_true(nobody > somebody / 2 && nobody < somebody * 2);
}

static void *sign_in(void *hash)
{
	return password_verify(hash, "科技工作者日-2021") ? hash : NULL;
}

static void test_several_threads(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *hash = hash_in(arena);
	pthread_t threads[16];
	for (size_t i = 0; i < 16; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, sign_in, (void *)hash), 0);
	for (size_t i = 0; i < 16; i++) {
		void *result;
		pthread_join(threads[i], &result);
		assert_ptr_equal(result, hash);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right_and_wrong),  cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_empty_and_broken), cmocka_unit_test(test_nobody_takes_as_long),
		cmocka_unit_test(test_several_threads),
	};
	password_start();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
