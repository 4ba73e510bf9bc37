/* What is kept of the answers to anyone, when many ask and something changes meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "contract/contract.h"
#include "operation/services.h"
#include "server/memory.h"
#include "server/router.h"

#define READERS 8

static struct services services;

static int set_up(void **state)
{
	(void)state;
	services.memory = memory_create(1024 * 1024);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	memory_destroy(services.memory);
	return 0;
}

static struct exchange *ask(bool is_signed_in)
{
	struct arena *arena = arena_create();
	struct exchange *exchange = arena_alloc(arena, sizeof *exchange);
	exchange->arena = arena;
	exchange->services = &services;
	exchange->operation = router_find("/v1/labels")->operations[METHOD_GET];
	exchange->caller.authenticated = is_signed_in;
	return exchange;
}

static void end(struct exchange *exchange)
{
	arena_destroy(exchange->arena);
}

static void answer(struct exchange *exchange, unsigned status, const char *body)
{
	exchange->reply = reply_json(status, body, strlen(body));
	memory_keep(exchange);
}

/* What whoever asks now is answered from memory; "" if it has to be made. */
static void assert_remembers(bool is_signed_in, const char *body)
{
	struct exchange *exchange = ask(is_signed_in);
	bool is_found = memory_find(exchange);
	assert_int_equal(is_found ? exchange->reply.length : 0, strlen(body));
	assert_memory_equal(is_found ? exchange->reply.body : "", body, strlen(body));
	end(exchange);
}

static void make(unsigned status, const char *body)
{
	struct exchange *exchange = ask(false);
	assert_false(memory_find(exchange));
	answer(exchange, status, body);
	end(exchange);
}

static void what_was_made_is_remembered_by_all(void **state)
{
	(void)state;
	make(200, "words");
	assert_remembers(false, "words");
	assert_remembers(true, "words");
	memory_drop(services.memory, NULL);
	assert_remembers(false, "");
}

static void what_went_wrong_is_not_remembered(void **state)
{
	(void)state;
	make(503, "busy");
	assert_remembers(false, "");
}

static void what_was_read_before_a_change_is_not_kept_after_it(void **state)
{
	(void)state;
	struct exchange *early = ask(false), *late = ask(false);
	assert_false(memory_find(early));
	memory_drop(services.memory, NULL);
	/* Nor does anybody wait for it. */
	assert_false(memory_find(late));
	answer(early, 200, "old");
	assert_remembers(false, "");
	answer(late, 200, "new");
	assert_remembers(false, "new");
	end(early);
	end(late);
}

static void what_is_held_outlasts_its_memory(void **state)
{
	(void)state;
	make(200, "words");
	struct exchange *reader = ask(false);
	assert_true(memory_find(reader));
	memory_drop(services.memory, NULL);
	make(200, "other words");
	assert_memory_equal(reader->reply.body, "words", strlen("words"));
	end(reader);
}

/* Many who ask at once */

static void *read_once(void *made)
{
	struct exchange *exchange = ask(false);
	if (!memory_find(exchange)) {
		__atomic_fetch_add((unsigned *)made, 1, __ATOMIC_RELAXED);
		answer(exchange, 200, "made by a reader");
	}
	end(exchange);
	return NULL;
}

static void wait_for(unsigned readers)
{
	while (memory_figures(services.memory).waiting < readers)
		sched_yield();
}

/* How many readers made it themselves, who came while it was being made, and what ends that is `finish`. */
static unsigned crowd(void (*finish)(struct exchange *maker))
{
	struct exchange *maker = ask(false);
	assert_false(memory_find(maker));
	pthread_t readers[READERS];
	unsigned made = 0;
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, read_once, &made), 0);
	wait_for(READERS);
	finish(maker);
	for (size_t i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	return made;
}

static void succeed(struct exchange *maker)
{
	answer(maker, 200, "words");
	end(maker);
}

static void fail_to(struct exchange *maker)
{
	answer(maker, 503, "busy");
	end(maker);
}

static void change_meanwhile(struct exchange *maker)
{
	memory_drop(services.memory, NULL);
	succeed(maker);
}

static void of_many_one_makes_it(void **state)
{
	(void)state;
	assert_int_equal(crowd(succeed), 0);
}

static void who_waited_in_vain_makes_it(void **state)
{
	(void)state;
	assert_true(crowd(fail_to) >= 1);
	assert_remembers(false, "made by a reader");
	memory_drop(services.memory, NULL);
	/* It ended before its operation ran. */
	assert_true(crowd(end) >= 1);
	memory_drop(services.memory, NULL);
	assert_true(crowd(change_meanwhile) >= 1);
	assert_remembers(false, "made by a reader");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_made_is_remembered_by_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_went_wrong_is_not_remembered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_read_before_a_change_is_not_kept_after_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_held_outlasts_its_memory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(of_many_one_makes_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_waited_in_vain_makes_it, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
