/* The log's lines, and the figures of /metrics. */
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/log.h"
#include "base/metrics.h"

static int pipe_ends[2];
static int standard_error;

static void catch_begin(void)
{
	assert_int_equal(pipe(pipe_ends), 0);
	standard_error = dup(STDERR_FILENO);
	dup2(pipe_ends[1], STDERR_FILENO);
	close(pipe_ends[1]);
}

/* What was written to standard error since catch_begin: short enough for the pipe to hold. */
static size_t catch_end(char *text, size_t size)
{
	dup2(standard_error, STDERR_FILENO);
	close(standard_error);
	ssize_t length = read(pipe_ends[0], text, size - 1);
	close(pipe_ends[0]);
	assert_true(length >= 0);
	text[length] = '\0';
	return (size_t)length;
}

static void a_line_is_one_object(void **state)
{
	(void)state;
	char text[4096];
	catch_begin();
	log_line(LOG_ERROR, "answered", LOG_S("path", "/v1/\"\n%s\xFF"), LOG_S("absent", NULL), LOG_I("status", 503),
	         LOG_I("least", LLONG_MIN), LOG_T("milliseconds", 1000250), LOG_T("soon", 7));
	size_t length = catch_end(text, sizeof(text));
	assert_ptr_equal(strchr(text, '\n'), text + length - 1);

	json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(line);
	assert_string_equal(json_string_value(json_object_get(line, "level")), "error");
	assert_string_equal(json_string_value(json_object_get(line, "event")), "answered");
	assert_string_equal(json_string_value(json_object_get(line, "path")), "/v1/\"\n%s\xEF\xBF\xBD");
	assert_int_equal(json_integer_value(json_object_get(line, "status")), 503);
	assert_true(json_integer_value(json_object_get(line, "least")) == LLONG_MIN);
	assert_true(json_real_value(json_object_get(line, "milliseconds")) == 1000.25);
	assert_true(json_real_value(json_object_get(line, "soon")) == 0.007);
	assert_null(json_object_get(line, "absent"));
	const char *time = json_string_value(json_object_get(line, "time"));
	int year, month, day, hour, minute, second, millisecond, end = 0;
	assert_int_equal(
		sscanf(time, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &year, &month, &day, &hour, &minute, &second, &millisecond, &end),
		7);
	assert_int_equal(end, 24);
	json_decref(line);
}

static void lines_below_the_level_are_dropped(void **state)
{
	(void)state;
	char text[4096];
	catch_begin();
	log_line(LOG_DEBUG, "unheard");
	log_set_level(LOG_WARNING);
	log_line(LOG_INFO, "unheard");
	log_line(LOG_WARNING, "heard");
	log_set_level(LOG_INFO);
	catch_end(text, sizeof(text));
	assert_null(strstr(text, "unheard"));
	assert_non_null(strstr(text, "\"event\":\"heard\"}\n"));
}

static const char *figures(struct arena *arena)
{
	struct buffer buffer = buffer_create(arena);
	metrics_write(&buffer);
	return buffer.data;
}

static void requests_and_stages_are_counted(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	metrics_request("get_plan", "GET", 200, 0.002);
	metrics_request("get_plan", "GET", 200, 0.0005);
	metrics_request("get_plan", "GET", 404, 60);
	metrics_request(NULL, "GET", 404, -1);
	metrics_stage("route", 0.000001);
	const char *text = figures(arena);
	static const char *const lines[] = {
		"\nsciday_requests_total{operation=\"get_plan\",method=\"GET\",status=\"200\"} 2\n",
		"\nsciday_requests_total{operation=\"get_plan\",method=\"GET\",status=\"404\"} 1\n",
		"\nsciday_requests_total{operation=\"none\",method=\"GET\",status=\"404\"} 1\n",
		"\nsciday_request_duration_seconds_bucket{operation=\"get_plan\",le=\"0.0005\"} 1\n",
		"\nsciday_request_duration_seconds_bucket{operation=\"get_plan\",le=\"0.001\"} 1\n",
		"\nsciday_request_duration_seconds_bucket{operation=\"get_plan\",le=\"0.0025\"} 2\n",
		"\nsciday_request_duration_seconds_bucket{operation=\"get_plan\",le=\"10\"} 2\n",
		"\nsciday_request_duration_seconds_bucket{operation=\"get_plan\",le=\"+Inf\"} 3\n",
		"\nsciday_request_duration_seconds_sum{operation=\"get_plan\"} 60.002500\n",
		"\nsciday_request_duration_seconds_count{operation=\"get_plan\"} 3\n",
		"\nsciday_stage_duration_seconds_bucket{stage=\"route\",le=\"0.00025\"} 1\n",
		"\nsciday_metrics_dropped_total 0\n",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_non_null(strstr(text, lines[i]));
}

#define THREADS 4
#define OBSERVATIONS 20000
#define STAGES 50
#define ENDLESS 5000

/* Names as long-lived as those of the contract. */
static char names[ENDLESS][32];

static void name_all(const char *prefix, int count)
{
	for (int i = 0; i < count; i++)
		snprintf(names[i], sizeof names[i], "%s_%d", prefix, i);
}

static void *observe(void *unused)
{
	(void)unused;
	for (int i = 0; i < OBSERVATIONS; i++)
		metrics_stage(names[i % STAGES], 0.001);
	return NULL;
}

/* Every series is made once, and no observation is lost. */
static void counting_is_exact_from_several_threads(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	name_all("crowded", STAGES);
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, observe, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	const char *text = figures(arena);
	for (int i = 0; i < STAGES; i++) {
		const char *line = arena_printf(arena, "\nsciday_stage_duration_seconds_count{stage=\"crowded_%d\"} %d\n", i,
		                                THREADS * OBSERVATIONS / STAGES);
		const char *found = strstr(text, line);
		assert_non_null(found);
		assert_null(strstr(found + 1, line));
	}
}

/* The last one: it fills the table. */
static void a_full_table_drops_and_says_so(void **state)
{
	(void)state;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	name_all("endless", ENDLESS);
	for (int i = 0; i < ENDLESS; i++)
		metrics_stage(names[i], 0.001);
	metrics_stage(names[STAGES], 0.001);
	const char *text = figures(arena);
	assert_null(strstr(text, "\nsciday_metrics_dropped_total 0\n"));
	assert_non_null(strstr(text, "\nsciday_stage_duration_seconds_count{stage=\"endless_50\"} 2\n"));
}

static void what_a_library_says_is_a_line(void **state)
{
	(void)state;
	char text[4096];
	FILE *before = stderr;
	catch_begin();
	log_adopt_stderr();
	fprintf(stderr, "[ERROR] %s: ", "a.c");
	fprintf(stderr, "one \"thing\"\n\nand another\nwithout an end");
	fclose(stderr);
	stderr = before;
	catch_end(text, sizeof(text));
	static const char *const said[] = {"[ERROR] a.c: one \"thing\"", "and another", "without an end"};
	char *rest = text;
	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		json_t *line = json_loads(strsep(&rest, "\n"), JSON_REJECT_DUPLICATES, NULL);
		assert_string_equal(json_string_value(json_object_get(line, "event")), "said");
		assert_string_equal(json_string_value(json_object_get(line, "message")), said[i]);
		json_decref(line);
	}
	assert_string_equal(rest, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_library_says_is_a_line),          cmocka_unit_test(a_line_is_one_object),
		cmocka_unit_test(lines_below_the_level_are_dropped),      cmocka_unit_test(requests_and_stages_are_counted),
		cmocka_unit_test(counting_is_exact_from_several_threads), cmocka_unit_test(a_full_table_drops_and_says_so),
	};
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
