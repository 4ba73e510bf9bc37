#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "auth/password.h"
#include "base/arena.h"

static const char *hash_of(struct arena *arena, const char *password)
{
	const char *hash = NULL;
	assert_null(password_hash(arena, "", password, &hash));
	return hash;
}

static const char *hash_in(struct arena *arena)
{
	return hash_of(arena, "科技工作者日-2021");
}

/* By a caller of whom there is nobody else. */
static bool verify(const char *hash, const char *password)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	bool is_right = false;
	assert_null(password_verify(arena, "", hash, password, &is_right));
	return is_right;
}

static void test_right_and_wrong(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *hash = hash_in(arena);
	assert_true(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0);
	assert_true(verify(hash, "科技工作者日-2021"));
	assert_false(verify(hash, "科技工作者日-2022"));
	assert_false(verify(hash, "科技工作者日-2021 "));
	assert_false(verify(hash, ""));
	assert_string_not_equal(hash, hash_in(arena));
}

static void test_nobody(void **state)
{
	(void)state;
	assert_false(verify(NULL, ""));
	assert_false(verify(NULL, "科技工作者日-2021"));
}

static void test_empty_and_broken(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *hash = hash_of(arena, "");
	assert_true(verify(hash, ""));
	assert_false(verify(hash, "x"));
	assert_false(verify("", ""));
	assert_false(verify("$argon2id$", "x"));
	assert_false(verify("x", "x"));
}

static double seconds(const char *hash)
{
	struct timespec before, after;
	double best = 1e9;
	for (int i = 0; i < 5; i++) {
		clock_gettime(CLOCK_MONOTONIC, &before);
		bool right = verify(hash, "wrong");
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

#define THREADS 200 /* more than may wait of one caller, whose hashing takes seconds */

/* One of many who sign in at once. */
struct guest {
	const char *who, *hash;
	pthread_t thread;
	bool is_turned_away, is_right;
};

static void *sign_in(void *argument)
{
	struct guest *guest = argument;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct problem *problem = password_verify(arena, guest->who, guest->hash, "科技工作者日-2021", &guest->is_right);
	guest->is_turned_away = problem != NULL;
	return NULL;
}

static void test_one_caller_fills_no_line(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *hash = hash_in(arena);
	static struct guest guests[THREADS];
	for (size_t i = 0; i < THREADS; i++) {
		guests[i] = (struct guest){.who = "192.0.2.1", .hash = hash};
		assert_int_equal(pthread_create(&guests[i].thread, NULL, sign_in, &guests[i]), 0);
	}
	assert_true(verify(hash, "科技工作者日-2021"));
	size_t turned_away = 0;
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(guests[i].thread, NULL);
		assert_true(guests[i].is_right != guests[i].is_turned_away);
		turned_away += guests[i].is_turned_away;
	}
	assert_in_range(turned_away, 1, THREADS - 1);
	assert_int_equal(password_figures().turned_away, turned_away);
}

static void test_several_threads(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *hash = hash_in(arena);
	struct guest guests[16];
	char names[16][4];
	for (size_t i = 0; i < 16; i++) {
		snprintf(names[i], sizeof names[i], "%zu", i);
		guests[i] = (struct guest){.who = names[i], .hash = hash};
		assert_int_equal(pthread_create(&guests[i].thread, NULL, sign_in, &guests[i]), 0);
	}
	for (size_t i = 0; i < 16; i++) {
		pthread_join(guests[i].thread, NULL);
		assert_true(guests[i].is_right);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right_and_wrong),  cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_empty_and_broken), cmocka_unit_test(test_nobody_takes_as_long),
		cmocka_unit_test(test_several_threads),  cmocka_unit_test(test_one_caller_fills_no_line),
	};
	password_start();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
