/* The gate before dear work: who is let in, who waits, and who is turned away. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <pthread.h>
#include <time.h>

#include "base/gate.h"

#define PLACES 2
#define LINE 8 /* so that one caller may have one place inside, and two in line */

static struct gate *gate;

static int make_gate(void **state)
{
	(void)state;
	gate = gate_create(&(struct gate_settings){.places = PLACES, .line = LINE, .wait_milliseconds = 60000});
	return 0;
}

static int end_gate(void **state)
{
	(void)state;
	struct gate_figures figures = gate_figures(gate);
	assert_int_equal(figures.inside, 0);
	assert_int_equal(figures.waiting, 0);
	gate_destroy(gate);
	return 0;
}

/* Somebody who waits in a thread of their own. */
struct guest {
	const char *who;
	pthread_t thread;
	struct visit *visit;
	unsigned *order; /* how many were let in before */
	unsigned place;
};

static void *enter(void *argument)
{
	struct guest *guest = argument;
	guest->visit = gate_enter(gate, guest->who);
	if (guest->order)
		guest->place = (*guest->order)++;
	return NULL;
}

/* Until so many wait. */
static void await_waiting(unsigned waiting)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	while (gate_figures(gate).waiting != waiting)
		nanosleep(&pause, NULL);
}

static void come(struct guest *guest, const char *who, unsigned waiting)
{
	*guest = (struct guest){.who = who};
	pthread_create(&guest->thread, NULL, enter, guest);
	await_waiting(waiting);
}

static struct visit *let_in(struct guest *guest)
{
	pthread_join(guest->thread, NULL);
	assert_non_null(guest->visit);
	return guest->visit;
}

static void one_caller_leaves_a_place_for_another(void **state)
{
	(void)state;
	struct visit *first = gate_enter(gate, "a");
	struct guest second;
	come(&second, "a", 1);
	struct visit *other = gate_enter(gate, "b");
	assert_non_null(other);
	assert_int_equal(gate_figures(gate).inside, 2);
	gate_leave(first);
	gate_leave(let_in(&second));
	gate_leave(other);
}

static void one_caller_does_not_fill_the_line(void **state)
{
	(void)state;
	struct visit *inside = gate_enter(gate, "a");
	struct guest waiting[2];
	come(&waiting[0], "a", 1);
	come(&waiting[1], "a", 2);
	assert_null(gate_enter(gate, "a"));
	assert_int_equal(gate_figures(gate).turned_away, 1);
	gate_leave(inside);
	gate_leave(let_in(&waiting[0]));
	gate_leave(let_in(&waiting[1]));
	gate_leave(gate_enter(gate, "a"));
}

static void who_stepped_aside_counts(void **state)
{
	(void)state;
	struct visit *aside[3];
	for (int i = 0; i < 3; i++) {
		aside[i] = gate_enter(gate, "a");
		gate_step_aside(aside[i]);
	}
	assert_int_equal(gate_figures(gate).inside, 0);
	assert_null(gate_enter(gate, "a"));
	gate_leave(gate_enter(gate, "b"));
	gate_step_back(aside[1]);
	assert_int_equal(gate_figures(gate).inside, 1);
	for (int i = 0; i < 3; i++)
		gate_leave(aside[i]);
}

static void the_line_is_bounded(void **state)
{
	(void)state;
	struct visit *inside[PLACES] = {gate_enter(gate, "a"), gate_enter(gate, "b")};
	struct guest waiting[LINE];
	char names[LINE][4];
	for (unsigned i = 0; i < LINE; i++) {
		snprintf(names[i], sizeof names[i], "%u", i);
		come(&waiting[i], names[i], i + 1);
	}
	assert_null(gate_enter(gate, "c"));
	/* Who was let in before is not turned away. */
	gate_step_aside(inside[0]);
	gate_leave(let_in(&waiting[0]));
	gate_leave(let_in(&waiting[1]));
	for (int i = 0; i < PLACES; i++)
		gate_leave(inside[i]);
	for (unsigned i = 2; i < LINE; i++)
		gate_leave(let_in(&waiting[i]));
}

static void the_wait_is_bounded(void **state)
{
	(void)state;
	struct gate *hasty = gate_create(&(struct gate_settings){.places = 1, .line = 4, .wait_milliseconds = 1});
	struct visit *inside = gate_enter(hasty, "a");
	assert_null(gate_enter(hasty, "b"));
	gate_leave(inside);
	inside = gate_enter(hasty, "b");
	assert_non_null(inside);
	gate_leave(inside);
	gate_destroy(hasty);
}

static void who_comes_first_goes_in_first(void **state)
{
	(void)state;
	unsigned order = 0;
	struct visit *inside[PLACES] = {gate_enter(gate, "a"), gate_enter(gate, "b")};
	struct guest waiting[3];
	const char *const names[] = {"a", "c", "d"};
	for (unsigned i = 0; i < 3; i++) {
		waiting[i] = (struct guest){.who = names[i], .order = &order};
		pthread_create(&waiting[i].thread, NULL, enter, &waiting[i]);
		await_waiting(i + 1);
	}
	gate_leave(inside[1]); /* "a" has enough inside: "c" is next */
	gate_leave(let_in(&waiting[1]));
	gate_leave(let_in(&waiting[2]));
	gate_leave(inside[0]);
	gate_leave(let_in(&waiting[0]));
	assert_int_equal(waiting[1].place, 0);
	assert_int_equal(waiting[2].place, 1);
	assert_int_equal(waiting[0].place, 2);
}

static void *come_and_go(void *who)
{
	for (int i = 0; i < 2000; i++) {
		struct visit *visit = gate_enter(gate, who);
		if (!visit)
			continue;
		gate_step_aside(visit);
		gate_step_back(visit);
		gate_leave(visit);
	}
	return NULL;
}

static void many_come_and_go(void **state)
{
	(void)state;
	pthread_t threads[12];
	char *const names[] = {"a", "b", "c"};
	for (size_t i = 0; i < 12; i++)
		pthread_create(&threads[i], NULL, come_and_go, names[i % 3]);
	for (size_t i = 0; i < 12; i++)
		pthread_join(threads[i], NULL);
}

int main(void)
{
#define TEST(function_) cmocka_unit_test_setup_teardown(function_, make_gate, end_gate)
	const struct CMUnitTest tests[] = {
		TEST(one_caller_leaves_a_place_for_another),
		TEST(one_caller_does_not_fill_the_line),
		TEST(who_stepped_aside_counts),
		TEST(the_line_is_bounded),
		TEST(the_wait_is_bounded),
		TEST(who_comes_first_goes_in_first),
		TEST(many_come_and_go),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
