/*
 * The way to PostgreSQL, on a real one: SCIDAY_TEST_DATABASE_URL is a service's role in a migrated
 * database, SCIDAY_TEST_OWNER_URL its owner (who may end the service's sessions). Everything is
 * made in a schema of its own, and taken away again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "db/db.h"
#include "db/error.h"
#include "db/migrate.h"
#include "db/owner.h"
#include "db/pool.h"
#include "http/problem.h"
#include "http/values.h"

#define STATEMENT_PIECES 16
#define LETTERS "abcdefghijklmnopqrstuvwxyz_"
#define WAIT_MILLISECONDS 300

static const char *service_url;
static const char *owner_url;
static PGconn *owner;

/* A statement written down with its parameters, as the generator would make it: the test ends before it does. */
static const struct statement *statement_of(const char *sql)
{
	struct statement *statement = calloc(1, sizeof *statement);
	const char **names = calloc(STATEMENT_PIECES, sizeof *names);
	struct statement_piece *pieces = calloc(STATEMENT_PIECES, sizeof *pieces);
	assert_non_null(statement);
	assert_non_null(names);
	assert_non_null(pieces);
	*statement = (struct statement){.name = "db_test", .parameters = names, .pieces = pieces};
	while (*sql) {
		size_t literal = 0, name = 0;
		while (sql[literal] && (sql[literal] != ':' || (name = strspn(sql + literal + 1, LETTERS)) == 0))
			literal++;
		struct statement_piece *piece = &pieces[statement->piece_count++];
		*piece = (struct statement_piece){strndup(sql, literal), -1, -1};
		sql += literal;
		if (name == 0)
			break;
		piece->parameter = (short)statement->parameter_count;
		names[statement->parameter_count++] = strndup(sql + 1, name);
		sql += 1 + name;
	}
	return statement;
}

static void statement_free(const struct statement *statement)
{
	for (size_t i = 0; i < statement->piece_count; i++)
		free((char *)statement->pieces[i].text);
	for (size_t i = 0; i < statement->parameter_count; i++)
		free((char *)statement->parameters[i]);
	free((void *)statement->pieces);
	free((void *)statement->parameters);
	free((void *)statement);
}

/* What most tests need: an arena, values, and a database of few connections. */
struct fixture {
	struct arena *arena;
	struct db *db;
	struct values values;
	const struct statement *statements[64];
	size_t statement_count;
};

static struct db *create_db(const char *url, unsigned connections, bool prepare)
{
	const struct db_settings settings = {
		.url = url,
		.connections = {connections, connections, connections},
		.wait_milliseconds = WAIT_MILLISECONDS,
		.prepare = prepare,
	};
	return db_create(&settings);
}

static void owner_does(const char *sql)
{
	PGresult *result = PQexec(owner, sql);
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		print_error("%s", PQresultErrorMessage(result));
	assert_true(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
	PQclear(result);
}

static long owner_counts(const char *sql)
{
	PGresult *result = PQexec(owner, sql);
	assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
	long count = strtol(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return count;
}

/* Ends the service's sessions whose last query is like this; how many there were. */
static long end_sessions(const char *query)
{
	char sql[512];
	snprintf(sql, sizeof sql,
	         "SELECT count(pg_terminate_backend(pid, 2000)) FROM pg_stat_activity"
	         " WHERE application_name = 'sciday' AND pid <> pg_backend_pid() AND query LIKE '%s'",
	         query);
	return owner_counts(sql);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	assert_non_null(fixture);
	fixture->arena = arena_create();
	fixture->db = create_db(service_url, 1, true);
	owner_does("TRUNCATE db_test.item, db_test.part; INSERT INTO db_test.item (id, name) VALUES (1, '一'), (2, NULL);"
	           "INSERT INTO db_test.part (id, item_id) VALUES (1, 1); ALTER SEQUENCE db_test.attempt RESTART");
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	db_destroy(fixture->db);
	arena_destroy(fixture->arena);
	for (size_t i = 0; i < fixture->statement_count; i++)
		statement_free(fixture->statements[i]);
	free(fixture);
	return 0;
}

static struct db_step step(struct fixture *fixture, const char *sql)
{
	const struct statement *statement = statement_of(sql);
	fixture->statements[fixture->statement_count++] = statement;
	return (struct db_step){.statement = statement, .values = &fixture->values};
}

static struct problem *run(struct fixture *fixture, enum db_purpose purpose, const char *sql, struct db_rows *ret_rows)
{
	const struct db_step one = step(fixture, sql);
	return db_run(fixture->db, purpose, fixture->arena, &one, 1, ret_rows);
}

static void expect_unavailable(const struct problem *problem)
{
	assert_non_null(problem);
	assert_int_equal(problem->code, PROBLEM_unavailable);
	assert_int_equal(problem->retry_after, 1);
	assert_non_null(problem->cause);
}

static void expect_finding(const struct problem *problem, const char *pointer, const char *code)
{
	assert_non_null(problem->findings);
	assert_string_equal(problem->findings->pointer, pointer);
	assert_string_equal(problem->findings->code, code);
	assert_null(problem->findings->next);
}

/* Rows and units */

static void test_rows_and_nulls(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;
	assert_null(run(fixture, DB_READ, "SELECT id, name FROM db_test.item ORDER BY id", &rows));
	assert_int_equal(rows.rows, 2);
	assert_int_equal(rows.columns, 2);
	assert_string_equal(rows.names[1], "name");
	assert_string_equal(db_field(&rows, 0, "id"), "1");
	assert_string_equal(db_field(&rows, 0, "name"), "一");
	assert_null(db_field(&rows, 1, "name"));
	assert_null(db_field(&rows, 2, "name"));
	assert_null(db_field(&rows, 0, "no_such_column"));
}

static void test_parameters_are_bound_by_name(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;
	values_set(&fixture->values, "b", "后");
	values_set(&fixture->values, "a", "先");
	assert_null(run(fixture, DB_READ, "SELECT CAST(:a AS text) AS a, CAST(:b AS text) AS b, CAST(:c AS text) AS c", &rows));
	assert_string_equal(db_field(&rows, 0, "a"), "先");
	assert_string_equal(db_field(&rows, 0, "b"), "后");
	assert_null(db_field(&rows, 0, "c"));
}

static void test_an_error_undoes_the_whole_unit(void **state)
{
	struct fixture *fixture = *state;
	const struct db_step steps[] = {
		step(fixture, "INSERT INTO db_test.item (id) VALUES (3) RETURNING id"),
		step(fixture, "SELECT 1 / (SELECT 0 WHERE id = 3) FROM db_test.item"),
		step(fixture, "INSERT INTO db_test.item (id) VALUES (4) RETURNING id"),
	};
	struct db_rows rows[3] = {{.rows = 77}};
	struct problem *problem = db_run(fixture->db, DB_CHANGE, fixture->arena, steps, 3, rows);
	assert_non_null(problem);
	assert_string_equal(problem->sqlstate, "22012");
	assert_int_equal(rows[0].rows, 77);
	assert_int_equal(owner_counts("SELECT count(*) FROM db_test.item"), 2);

	assert_null(db_run(fixture->db, DB_CHANGE, fixture->arena, steps, 1, rows));
	assert_string_equal(db_field(&rows[0], 0, "id"), "3");
}

static void test_an_error_at_the_commit_undoes_the_whole_unit(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;
	struct problem *problem = run(fixture, DB_CHANGE, "INSERT INTO db_test.part (id, later_id) VALUES (9, 99)", &rows);
	assert_non_null(problem);
	assert_int_equal(problem->code, PROBLEM_validation_failed);
	expect_finding(problem, "/later_id", "unknown");
	assert_int_equal(owner_counts("SELECT count(*) FROM db_test.part"), 1);
	assert_null(run(fixture, DB_CHANGE, "INSERT INTO db_test.part (id, later_id) VALUES (9, 2)", &rows));
}

static void test_a_local_setting_ends_with_its_unit(void **state)
{
	struct fixture *fixture = *state;
	const struct db_step steps[] = {
		step(fixture, "SELECT set_config('db_test.caller', 'somebody', true)"),
		step(fixture, "SELECT current_setting('db_test.caller', true) AS caller"),
	};
	struct db_rows rows[2];
	for (int purpose = DB_READ; purpose < DB_PURPOSES; purpose++) {
		assert_null(db_run(fixture->db, (enum db_purpose)purpose, fixture->arena, steps, 2, rows));
		assert_string_equal(db_field(&rows[1], 0, "caller"), "somebody");
		assert_null(db_run(fixture->db, (enum db_purpose)purpose, fixture->arena, steps + 1, 1, rows));
		assert_string_equal(db_field(&rows[0], 0, "caller"), "");
	}
}

static void test_a_read_cannot_write(void **state)
{
	struct fixture *fixture = *state;
	const enum db_purpose reading[] = {DB_READ, DB_REPORT, DB_SLOW_READ};
	for (int prepare = 1; prepare >= 0; prepare--) {
		db_destroy(fixture->db);
		fixture->db = create_db(service_url, 1, prepare);
		for (size_t i = 0; i < sizeof reading / sizeof *reading; i++) {
			struct db_rows rows;
			struct problem *problem = run(fixture, reading[i], "INSERT INTO db_test.item (id) VALUES (3)", &rows);
			assert_non_null(problem);
			assert_string_equal(problem->sqlstate, "25006");
		}
	}
	assert_int_equal(owner_counts("SELECT count(*) FROM db_test.item"), 2);
}

static void test_much_goes_both_ways_at_once(void **state)
{
	enum { STEPS = 40, LENGTH = 300000 };
	struct fixture *fixture = *state;
	char *text = malloc(LENGTH + 1);
	assert_non_null(text);
	memset(text, 'x', LENGTH);
	text[LENGTH] = '\0';
	values_set(&fixture->values, "text", text);
	const struct db_step echo = step(fixture, "SELECT CAST(:text AS text) AS text");
	struct db_step steps[STEPS];
	struct db_rows rows[STEPS];
	for (size_t i = 0; i < STEPS; i++)
		steps[i] = echo;
	assert_null(db_run(fixture->db, DB_READ, fixture->arena, steps, STEPS, rows));
	for (size_t i = 0; i < STEPS; i++)
		assert_int_equal(strlen(db_field(&rows[i], 0, "text")), LENGTH);
	free(text);
}

/* From SQLSTATE to problem */

struct refusal {
	const char *sql;
	enum problem_code code;
	const char *pointer; /* NULL: no finding */
	const char *finding;
};

static void test_refusals(void **state)
{
	static const struct refusal refusals[] = {
		{"INSERT INTO db_test.item (id, name) VALUES (3, '一')", PROBLEM_already_exists, "/name", "taken"},
		{"INSERT INTO db_test.item (id) VALUES (1)", PROBLEM_already_exists, NULL, NULL},
		{"INSERT INTO db_test.item (id, amount) VALUES (3, -1)", PROBLEM_validation_failed, "/amount", "too_small"},
		{"INSERT INTO db_test.item (id, amount) VALUES (3, NULL)", PROBLEM_validation_failed, "/amount", "required"},
		{"INSERT INTO db_test.part (id, item_id) VALUES (2, 99)", PROBLEM_validation_failed, "/item_id", "unknown"},
		{"DELETE FROM db_test.item WHERE id = 1", PROBLEM_in_use, NULL, NULL},
		{"INSERT INTO db_test.item (id) VALUES (CAST('x' || :x AS integer))", PROBLEM_validation_failed, NULL, NULL},
		{"SELECT * FROM db_test.secret", PROBLEM_forbidden, NULL, NULL},
		{"SELECT * FROM db_test.no_such_table", PROBLEM_internal, NULL, NULL},
		{"SELECT db_test.refuse('not_editable', '{\"status\": \"submitted\"}')", PROBLEM_not_editable, NULL, NULL},
		{"SELECT db_test.refuse('form_incomplete', '{\"errors\": [{\"pointer\": \"/title\", \"code\": \"required\"}]}')",
	         PROBLEM_form_incomplete, "/title", "required"},
		{"SELECT db_test.refuse('unchanged', '')", PROBLEM_unchanged, NULL, NULL},
	};
	struct fixture *fixture = *state;
	values_set(&fixture->values, "x", "1");
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		const struct refusal *refusal = &refusals[i];
		struct db_rows rows;
		struct problem *problem = run(fixture, DB_CHANGE, refusal->sql, &rows);
		assert_non_null(problem);
		assert_string_equal(problem_code_name(problem->code), problem_code_name(refusal->code));
		assert_non_null(problem->cause);
		if (refusal->pointer)
			expect_finding(problem, refusal->pointer, refusal->finding);
		else
			assert_null(problem->findings);
	}
	struct db_rows rows;
	struct problem *problem = run(fixture, DB_CHANGE, refusals[9].sql, &rows);
	assert_string_equal(problem->params, "{\"status\":\"submitted\"}");
}

static void test_what_is_for_later(void **state)
{
	static const char *const states[] = {"40001", "40P01", "55P03", "57014", "53300", "08006", "25006", "57P01", NULL};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		const struct db_diagnostics diagnostics = {.sqlstate = states[i], .message = "later"};
		expect_unavailable(db_problem(fixture->arena, &diagnostics));
	}
}

/* In whichever of the two languages the server speaks. */
static void test_taking_away_what_is_referred_to(void **state)
{
	static const char *const messages[] = {
		"update or delete on table \"item\" violates foreign key constraint \"item_id__unknown\" on table \"part\"",
		"对表 \"item\" 的更新或删除违反表 \"part\" 上的外键约束 \"item_id__unknown\"",
	};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < 2; i++) {
		const struct db_diagnostics diagnostics = {
			.sqlstate = "23503", .message = messages[i], .constraint = "item_id__unknown"};
		assert_int_equal(db_problem(fixture->arena, &diagnostics)->code, PROBLEM_in_use);
	}
}

static void test_a_cause_has_no_detail(void **state)
{
	struct fixture *fixture = *state;
	const struct db_diagnostics diagnostics = {.sqlstate = "23505", .message = "duplicate", .detail = "Key (phone)=(138)"};
	assert_string_equal(db_problem(fixture->arena, &diagnostics)->cause, "23505 duplicate");
}

/* Trying again */

static void test_a_serialization_failure_is_tried_again(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;
	assert_null(run(fixture, DB_CHANGE, "SELECT db_test.fail_until(4, '40001') AS attempt", &rows));
	assert_string_equal(db_field(&rows, 0, "attempt"), "4");
}

static void test_but_not_for_ever(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;
	expect_unavailable(run(fixture, DB_CHANGE, "SELECT db_test.fail_until(100, '40P01') AS attempt", &rows));
	assert_int_equal(owner_counts("SELECT last_value FROM db_test.attempt"), 4);
}

static void test_nothing_else_is_tried_again(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;
	assert_non_null(run(fixture, DB_CHANGE, "SELECT db_test.fail_until(100, '22000') AS attempt", &rows));
	assert_int_equal(owner_counts("SELECT last_value FROM db_test.attempt"), 1);
}

static void test_forgotten_statements_are_prepared_again(void **state)
{
	struct fixture *fixture = *state;
	const struct db_step reading = step(fixture, "SELECT name FROM db_test.item WHERE id = 1");
	const struct db_step forgetting = step(fixture, "DEALLOCATE ALL");
	struct db_rows rows;
	for (int purpose = DB_READ; purpose < DB_PURPOSES; purpose++) {
		assert_null(db_run(fixture->db, (enum db_purpose)purpose, fixture->arena, &reading, 1, &rows));
		assert_null(db_run(fixture->db, (enum db_purpose)purpose, fixture->arena, &forgetting, 1, &rows));
		assert_null(db_run(fixture->db, (enum db_purpose)purpose, fixture->arena, &reading, 1, &rows));
		assert_string_equal(db_field(&rows, 0, "name"), "一");
	}
}

static void test_a_table_may_grow_under_a_prepared_statement(void **state)
{
	struct fixture *fixture = *state;
	const struct db_step reading = step(fixture, "SELECT * FROM db_test.item WHERE id = 1");
	struct db_rows rows;
	assert_null(db_run(fixture->db, DB_READ, fixture->arena, &reading, 1, &rows));
	owner_does("ALTER TABLE db_test.item ADD COLUMN added text DEFAULT 'new'");
	assert_null(db_run(fixture->db, DB_READ, fixture->arena, &reading, 1, &rows));
	assert_string_equal(db_field(&rows, 0, "added"), "new");
	owner_does("ALTER TABLE db_test.item DROP COLUMN added");
}

static void test_a_connection_lost_while_idle_is_not_noticed(void **state)
{
	struct fixture *fixture = *state;
	const struct db_step reading = step(fixture, "SELECT count(*) AS lost_idle FROM db_test.item");
	const struct db_step change = step(fixture, "INSERT INTO db_test.item (id, name) VALUES (3, 'lost_idle')");
	struct db_rows rows;
	assert_null(db_run(fixture->db, DB_READ, fixture->arena, &reading, 1, &rows));
	assert_null(db_run(fixture->db, DB_CHANGE, fixture->arena, &change, 1, &rows));
	owner_does("DELETE FROM db_test.item WHERE id = 3");
	assert_int_equal(end_sessions("%lost_idle%"), 2);
	assert_null(db_run(fixture->db, DB_READ, fixture->arena, &reading, 1, &rows));
	assert_null(db_run(fixture->db, DB_CHANGE, fixture->arena, &change, 1, &rows));
	assert_int_equal(db_figures(fixture->db, DB_READ).reconnects, 1);
	assert_int_equal(db_figures(fixture->db, DB_CHANGE).reconnects, 1);
}

/* One unit in a thread of its own. */
struct task {
	struct db *db;
	enum db_purpose purpose;
	struct arena *arena;
	struct db_step steps[2];
	size_t step_count;
	struct db_rows rows[2];
	struct problem *problem;
	pthread_t thread;
};

static void *task_run(void *argument)
{
	struct task *task = argument;
	task->problem = db_run(task->db, task->purpose, task->arena, task->steps, task->step_count, task->rows);
	return NULL;
}

static void task_start(struct task *task)
{
	task->arena = arena_create();
	assert_int_equal(pthread_create(&task->thread, NULL, task_run, task), 0);
}

static void await_session(const char *query)
{
	char sql[256];
	snprintf(sql, sizeof sql,
	         "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sciday' AND state = 'active' AND query LIKE "
	         "'%s'",
	         query);
	for (int i = 0; i < 200 && owner_counts(sql) == 0; i++)
		usleep(10000);
}

static void test_a_read_lost_on_the_way_is_run_again(void **state)
{
	struct fixture *fixture = *state;
	struct task task = {.db = fixture->db, .purpose = DB_REPORT, .step_count = 1};
	task.steps[0] = step(fixture, "SELECT pg_sleep(0.3), 'lost_read' AS answer");
	task_start(&task);
	await_session("%lost_read%");
	assert_int_equal(end_sessions("%lost_read%"), 1);
	pthread_join(task.thread, NULL);
	assert_null(task.problem);
	assert_string_equal(db_field(&task.rows[0], 0, "answer"), "lost_read");
	arena_destroy(task.arena);
}

static void test_a_change_lost_on_the_way_is_not(void **state)
{
	struct fixture *fixture = *state;
	struct task task = {.db = fixture->db, .purpose = DB_CHANGE, .step_count = 2};
	task.steps[0] = step(fixture, "SELECT nextval('db_test.attempt')");
	task.steps[1] = step(fixture, "SELECT pg_sleep(0.3), 'lost_change' AS answer");
	task_start(&task);
	await_session("%lost_change%");
	assert_int_equal(end_sessions("%lost_change%"), 1);
	pthread_join(task.thread, NULL);
	expect_unavailable(task.problem);
	assert_int_equal(owner_counts("SELECT last_value FROM db_test.attempt"), 1);
	arena_destroy(task.arena);
}

/* Bounds */

static int64_t milliseconds_since(int64_t start)
{
	return (clock_monotonic_microseconds() - start) / 1000;
}

static void test_waiting_has_a_bound(void **state)
{
	struct fixture *fixture = *state;
	struct task task = {.db = fixture->db, .purpose = DB_REPORT, .step_count = 1};
	task.steps[0] = step(fixture, "SELECT pg_sleep(1), 'long_read' AS answer");
	task_start(&task);
	await_session("%long_read%");

	struct db_rows rows;
	int64_t start = clock_monotonic_microseconds();
	expect_unavailable(run(fixture, DB_REPORT, "SELECT", &rows));
	assert_in_range(milliseconds_since(start), WAIT_MILLISECONDS, 700);
	assert_int_equal(db_figures(fixture->db, DB_REPORT).timeouts, 1);
	assert_int_equal(db_figures(fixture->db, DB_REPORT).failures, 1);
	assert_int_equal(db_figures(fixture->db, DB_REPORT).waiting, 0);
	assert_int_equal(db_figures(fixture->db, DB_REPORT).busy, 1);
	assert_null(run(fixture, DB_CHANGE, "SELECT", &rows));
	assert_null(run(fixture, DB_READ, "SELECT", &rows));

	pthread_join(task.thread, NULL);
	assert_null(task.problem);
	arena_destroy(task.arena);
	assert_null(run(fixture, DB_REPORT, "SELECT", &rows));
}

static void test_a_unit_has_a_bound(void **state)
{
	struct fixture *fixture = *state;
	const struct pool_settings settings = {
		.connection = {.url = service_url, .prepare = true, .lock_milliseconds = 1},
		.connections = 1,
		.waiting_maximum = 1,
		.led_milliseconds = 200,
		.batch = 1,
	};
	struct pool *pool = pool_create(&settings);
	const struct db_step sleeping = step(fixture, "SELECT pg_sleep(5), 'overdue'");
	struct unit unit;
	unit_create(&unit, fixture->arena, &sleeping, 1);
	int64_t start = clock_monotonic_microseconds();
	pool_run(pool, fixture->arena, &unit, start);
	assert_in_range(milliseconds_since(start), 200, 800);
	assert_int_equal(unit.outcome, UNIT_OVERDUE);
	assert_int_equal(pool_figures(pool).open, 0);
	assert_int_equal(pool_figures(pool).timeouts, 1);
	usleep(100000);
	assert_int_equal(owner_counts("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%overdue%'"
	                              " AND pid <> pg_backend_pid()"),
	                 0);
	unit_clear(&unit);
	pool_destroy(pool);
}

static void test_a_database_that_is_away_fails_at_once(void **state)
{
	struct fixture *fixture = *state;
	struct db *away = create_db("host=/nowhere dbname=x user=x", 1, true);
	const struct db_step nothing = step(fixture, "SELECT");
	struct db_rows rows;
	for (int i = 0; i < 20; i++) {
		int64_t start = clock_monotonic_microseconds();
		expect_unavailable(db_run(away, DB_READ, fixture->arena, &nothing, 1, &rows));
		assert_true(milliseconds_since(start) < WAIT_MILLISECONDS);
	}
	expect_unavailable(db_check(away, fixture->arena));
	db_destroy(away);
}

/* What is slow or blocked */

#define BLOCKED 24

static struct db *create_patient_db(bool prepare)
{
	const struct db_settings settings = {
		.url = service_url, .connections = {1, 1, 1}, .wait_milliseconds = 2000, .prepare = prepare};
	return db_create(&settings);
}

/* Many ask for what is locked, and more come while it is. */
static void start_blocked(struct task tasks[BLOCKED], struct db *db, enum db_purpose purpose, struct db_step blocked)
{
	for (size_t i = 0; i < BLOCKED; i++) {
		tasks[i] = (struct task){.db = db, .purpose = purpose, .steps = {blocked}, .step_count = 1};
		task_start(&tasks[i]);
	}
}

static void end_blocked(struct task tasks[BLOCKED])
{
	for (size_t i = 0; i < BLOCKED; i++) {
		pthread_join(tasks[i].thread, NULL);
		expect_unavailable(tasks[i].problem);
		arena_destroy(tasks[i].arena);
	}
}

static void others_are_served(struct fixture *fixture, enum db_purpose purpose, const struct db_step *other)
{
	struct db_rows rows;
	for (int i = 0; i < 50; i++)
		assert_null(db_run(fixture->db, purpose, fixture->arena, other, 1, &rows));
}

/* All of it with one connection of the purpose. What is blocked stays so until it has been refused. */
static void a_lock_blocks_nothing_else(struct fixture *fixture, enum db_purpose purpose, enum db_purpose slow, const char *lock,
                                       struct db_step blocked, struct db_step other)
{
	for (int prepare = 0; prepare < 2; prepare++) {
		struct task tasks[BLOCKED];
		db_destroy(fixture->db);
		fixture->db = create_patient_db(prepare);
		owner_does("BEGIN");
		owner_does(lock);
		start_blocked(tasks, fixture->db, purpose, blocked);
		others_are_served(fixture, purpose, &other);
		end_blocked(tasks);
		owner_does("ROLLBACK");
		assert_int_equal(db_figures(fixture->db, purpose).timeouts, 0);

		/* The first to succeed says that it is blocked no longer. */
		unsigned long long apart = db_figures(fixture->db, slow).units;
		struct db_rows rows;
		for (int i = 0; i < 3; i++)
			assert_null(db_run(fixture->db, purpose, fixture->arena, &blocked, 1, &rows));
		assert_int_equal(db_figures(fixture->db, slow).units, apart + 1);
	}
}

static void test_a_locked_table_blocks_no_other_read(void **state)
{
	struct fixture *fixture = *state;
	a_lock_blocks_nothing_else(fixture, DB_READ, DB_SLOW_READ, "LOCK TABLE db_test.part",
	                           step(fixture, "SELECT id FROM db_test.part"), step(fixture, "SELECT id FROM db_test.item"));
}

static void test_a_locked_table_blocks_no_other_report(void **state)
{
	struct fixture *fixture = *state;
	a_lock_blocks_nothing_else(fixture, DB_REPORT, DB_SLOW_READ, "LOCK TABLE db_test.part",
	                           step(fixture, "SELECT id FROM db_test.part"), step(fixture, "SELECT id FROM db_test.item"));
}

static void test_a_locked_row_blocks_no_other_change(void **state)
{
	struct fixture *fixture = *state;
	a_lock_blocks_nothing_else(fixture, DB_CHANGE, DB_SLOW_CHANGE, "SELECT FROM db_test.part WHERE id = 1 FOR UPDATE",
	                           step(fixture, "UPDATE db_test.part SET later_id = 2 WHERE id = 1"),
	                           step(fixture, "UPDATE db_test.item SET amount = amount + 1 WHERE id = 2"));
}

/* Each of several statements is blocked, in one pipeline with others and with errors. */
static void test_many_statements_blocked_at_once(void **state)
{
	enum { ASKED = 30 };
	struct fixture *fixture = *state;
	struct task tasks[ASKED];
	db_destroy(fixture->db);
	fixture->db = create_patient_db(true);
	const struct db_step kinds[] = {
		step(fixture, "SELECT id FROM db_test.part"),       step(fixture, "SELECT id FROM db_test.item"),
		step(fixture, "SELECT count(*) FROM db_test.part"), step(fixture, "SELECT 1 / amount FROM db_test.item"),
		step(fixture, "SELECT item_id FROM db_test.part"),  step(fixture, "SELECT count(*) AS items FROM db_test.item"),
	};
	const size_t kind_count = sizeof kinds / sizeof *kinds;
	owner_does("BEGIN");
	owner_does("LOCK TABLE db_test.part");
	for (size_t i = 0; i < ASKED; i++) {
		tasks[i] =
			(struct task){.db = fixture->db, .purpose = DB_READ, .steps = {kinds[i % kind_count]}, .step_count = 1};
		task_start(&tasks[i]);
	}
	for (size_t i = 0; i < ASKED; i++) {
		pthread_join(tasks[i].thread, NULL);
		const struct problem *problem = tasks[i].problem;
		switch (i % kind_count) {
		case 1:
		case 5:
			assert_null(problem);
			break;
		case 3:
			assert_non_null(problem);
			assert_string_equal(problem->sqlstate, "22012");
			break;
		default:
			expect_unavailable(problem);
		}
		arena_destroy(tasks[i].arena);
	}
	owner_does("ROLLBACK");
}

static void test_a_slow_read_is_run_again_apart(void **state)
{
	struct fixture *fixture = *state;
	const struct db_step slow = step(fixture, "SELECT pg_sleep(0.2), 'slept' AS answer");
	for (int i = 0; i < 3; i++) {
		struct db_rows rows;
		assert_null(db_run(fixture->db, DB_READ, fixture->arena, &slow, 1, &rows));
		assert_string_equal(db_field(&rows, 0, "answer"), "slept");
	}
	/* Slow there too, it is not tried as a quick one again. */
	assert_int_equal(db_figures(fixture->db, DB_READ).units, 1);
	assert_int_equal(db_figures(fixture->db, DB_SLOW_READ).units, 3);
}

/* Statements with many variants */

#define OPTIONAL_LINES 9

static void run_all_variants(struct db *db)
{
	static const char *const names[OPTIONAL_LINES] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
	struct statement_condition conditions[OPTIONAL_LINES];
	struct statement_line lines[OPTIONAL_LINES];
	for (short i = 0; i < OPTIONAL_LINES; i++) {
		conditions[i] = (struct statement_condition){names[i], NULL};
		lines[i] = (struct statement_line){&conditions[i], 1};
	}
	struct statement_piece pieces[2 * OPTIONAL_LINES + 2] = {{"SELECT 0", -1, -1}};
	size_t count = 1;
	for (short i = 0; i < OPTIONAL_LINES; i++) {
		pieces[count++] = (struct statement_piece){" + CAST(", i, i};
		pieces[count++] = (struct statement_piece){" AS integer)", -1, i};
	}
	pieces[count++] = (struct statement_piece){" AS sum", -1, -1};
	const struct statement statement = {"variants", names, OPTIONAL_LINES, pieces, count, lines, OPTIONAL_LINES};

	for (unsigned variant = 0; variant < 1U << OPTIONAL_LINES; variant++) {
		struct arena *arena __attribute__((cleanup(arena_cleanup))) = arena_create();
		struct values values = {0};
		for (unsigned i = 0; i < OPTIONAL_LINES; i++) {
			if (variant >> i & 1)
				values_set(&values, names[i], arena_printf(arena, "%u", 1U << i));
		}
		const struct db_step sum = {&statement, &values};
		struct db_rows rows;
		assert_null(db_run(db, DB_READ, arena, &sum, 1, &rows));
		assert_int_equal(strtoul(db_field(&rows, 0, "sum"), NULL, 10), variant);
	}
}

static void test_more_variants_than_may_be_prepared(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;
	run_all_variants(fixture->db);
	assert_null(run(fixture, DB_READ, "SELECT count(*) AS prepared FROM pg_prepared_statements", &rows));
	assert_in_range(strtoul(db_field(&rows, 0, "prepared"), NULL, 10), 1, 256);
}

static void test_without_preparing(void **state)
{
	struct fixture *fixture = *state;
	db_destroy(fixture->db);
	fixture->db = create_db(service_url, 1, false);
	struct db_rows rows;
	run_all_variants(fixture->db);
	assert_null(run(fixture, DB_READ, "SELECT count(*) AS prepared FROM pg_prepared_statements", &rows));
	assert_string_equal(db_field(&rows, 0, "prepared"), "0");
}

/* Many at once */

#define THREADS 24
#define UNITS 150

struct crowd {
	struct db *db;
	const struct statement *identify, *read, *fail, *change;
	atomic_uint next;
	atomic_uint wrong;
};

/* Its own caller in every answer, and no other's error. */
static bool crowd_reads(struct crowd *crowd, unsigned number)
{
	struct arena *arena __attribute__((cleanup(arena_cleanup))) = arena_create();
	struct values values = {0};
	const char *caller = arena_printf(arena, "caller-%u", number);
	values_set(&values, "caller", caller);
	bool fails = number % 17 == 0;
	const struct db_step steps[] = {{crowd->identify, &values}, {fails ? crowd->fail : crowd->read, &values}};
	struct db_rows rows[2];
	struct problem *problem = db_run(crowd->db, DB_READ, arena, steps, 2, rows);
	if (fails)
		return problem && strcmp(problem->sqlstate, "22012") == 0;
	return !problem && strcmp(db_field(&rows[1], 0, "caller"), caller) == 0;
}

static bool crowd_changes(struct crowd *crowd, unsigned number)
{
	struct arena *arena __attribute__((cleanup(arena_cleanup))) = arena_create();
	struct values values = {0};
	values_set(&values, "id", arena_printf(arena, "%u", 1000 + number));
	const struct db_step change = {crowd->change, &values};
	struct db_rows rows;
	return !db_run(crowd->db, DB_CHANGE, arena, &change, 1, &rows) && rows.rows == 1;
}

static void *crowd_run(void *argument)
{
	struct crowd *crowd = argument;
	for (int i = 0; i < UNITS; i++) {
		unsigned number = atomic_fetch_add(&crowd->next, 1);
		bool right = number % 10 == 3 ? crowd_changes(crowd, number) : crowd_reads(crowd, number);
		if (!right)
			atomic_fetch_add(&crowd->wrong, 1);
	}
	return NULL;
}

static void test_many_threads(void **state)
{
	struct fixture *fixture = *state;
	const struct db_settings settings = {
		.url = service_url, .connections = {2, 2, 2}, .wait_milliseconds = 20000, .prepare = true};
	struct crowd crowd = {
		.db = db_create(&settings),
		.identify = step(fixture, "SELECT set_config('db_test.caller', :caller, true)").statement,
		.read = step(fixture, "SELECT current_setting('db_test.caller') AS caller").statement,
		.fail = step(fixture,
	                     "SELECT 1 / length(current_setting('db_test.nobody', true)) WHERE set_config('db_test.nobody', '',"
	                     " true) = ''")
	                        .statement,
		.change = step(fixture, "INSERT INTO db_test.item (id) VALUES (CAST(:id AS integer)) RETURNING id").statement,
	};
	pthread_t threads[THREADS];
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_run, &crowd), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&crowd.wrong), 0);
	struct db_figures reads = db_figures(crowd.db, DB_READ), changes = db_figures(crowd.db, DB_CHANGE);
	assert_int_equal(reads.units + changes.units, THREADS * UNITS);
	assert_int_equal(reads.open, 2);
	assert_int_equal(reads.busy + changes.busy + reads.waiting + changes.waiting, 0);
	assert_int_equal(reads.reconnects + changes.reconnects, 0);
	db_destroy(crowd.db);
}

/* Notices */

struct heard {
	pthread_mutex_t mutex;
	unsigned connections;
	unsigned notices;
	char last[64];
};

static void hear(void *context, const char *channel, const char *payload)
{
	struct heard *heard = context;
	pthread_mutex_lock(&heard->mutex);
	if (channel) {
		heard->notices++;
		snprintf(heard->last, sizeof heard->last, "%s %s", channel, payload);
	} else {
		heard->connections++;
	}
	pthread_mutex_unlock(&heard->mutex);
}

static void await_heard(struct heard *heard, unsigned connections, unsigned notices, const char *last)
{
	for (int i = 0; i < 300; i++) {
		pthread_mutex_lock(&heard->mutex);
		bool is_so = heard->connections == connections && heard->notices == notices && strcmp(heard->last, last) == 0;
		pthread_mutex_unlock(&heard->mutex);
		if (is_so)
			return;
		usleep(10000);
	}
	fail_msg("%u connections, %u notices, \"%s\"", heard->connections, heard->notices, heard->last);
}

static const char *const channels[] = {"db_test_one", "db test \"two\"", NULL};

static void listen_to(struct fixture *fixture, struct heard *heard, bool prepare)
{
	const struct db_settings settings = {
		.url = service_url,
		.connections = {1, 1, 1},
		.wait_milliseconds = WAIT_MILLISECONDS,
		.prepare = prepare,
		.notices = {channels, hear, heard},
	};
	db_destroy(fixture->db);
	fixture->db = db_create(&settings);
}

static void test_notices(void **state)
{
	struct fixture *fixture = *state;
	struct heard heard = {.mutex = PTHREAD_MUTEX_INITIALIZER};
	listen_to(fixture, &heard, true);
	assert_false(db_listens(fixture->db));
	db_listen(fixture->db);
	await_heard(&heard, 1, 0, "");
	owner_does("NOTIFY db_test_one, 'first'");
	await_heard(&heard, 1, 1, "db_test_one first");
	assert_true(db_listens(fixture->db));
	owner_does("NOTIFY \"db test \"\"two\"\"\", '第二'");
	await_heard(&heard, 1, 2, "db test \"two\" 第二");
	owner_does("NOTIFY db_test_other");

	assert_int_equal(end_sessions("LISTEN%db_test_one%"), 1);
	await_heard(&heard, 2, 2, "db test \"two\" 第二");
	owner_does("NOTIFY db_test_one, 'after'");
	await_heard(&heard, 2, 3, "db_test_one after");
	db_destroy(fixture->db);
	fixture->db = NULL;
}

/* Without a subscription, so that nobody else can have told it. */
static void test_a_change_tells_before_it_is_answered(void **state)
{
	struct fixture *fixture = *state;
	struct heard heard = {.mutex = PTHREAD_MUTEX_INITIALIZER};
	listen_to(fixture, &heard, true);
	struct db_rows rows;
	for (unsigned i = 1; i <= 20; i++) {
		assert_null(run(fixture, DB_CHANGE, "SELECT pg_notify('db_test_one', 'told')", &rows));
		assert_int_equal(heard.notices, i);
	}
	assert_non_null(run(fixture, DB_CHANGE,
	                    "SELECT pg_notify('db_test_one', 'undone'), 1 / length(pg_backend_pid()::text || '') - 1 / 0",
	                    &rows));
	assert_int_equal(heard.notices, 20);
	assert_null(run(fixture, DB_SLOW_CHANGE, "SELECT pg_notify('db_test_one', 'slow')", &rows));
	assert_int_equal(heard.notices, 21);
	/* What a pooler's session would hear is another's. */
	listen_to(fixture, &heard, false);
	assert_null(run(fixture, DB_CHANGE, "SELECT pg_notify('db_test_one', 'unheard')", &rows));
	assert_int_equal(heard.notices, 21);
}

/* A connection that rests is read, too: else the server would keep for it what it has not taken in. */
static void test_notices_do_not_pile_up(void **state)
{
	enum { NOTICES = 2000 };
	struct fixture *fixture = *state;
	struct heard heard = {.mutex = PTHREAD_MUTEX_INITIALIZER};
	listen_to(fixture, &heard, true);
	db_listen(fixture->db);
	await_heard(&heard, 1, 0, "");
	struct db_rows rows;
	assert_null(run(fixture, DB_CHANGE, "SELECT", &rows));
	owner_does(
		"DO $$BEGIN FOR i IN 1..2000 LOOP PERFORM pg_notify('db_test_one', lpad(i::text, 4000, 'x')); END LOOP; END$$");
	for (int i = 0; i < 1000 && owner_counts("SELECT ceil(pg_notification_queue_usage() * 1000000)") > 0; i++)
		usleep(10000);
	assert_int_equal(owner_counts("SELECT ceil(pg_notification_queue_usage() * 1000000)"), 0);
	assert_null(run(fixture, DB_CHANGE, "SELECT", &rows));
	assert_int_equal(db_figures(fixture->db, DB_CHANGE).reconnects, 0);
}

/* The check, the owner, migrations */

static char said[1024];

static void say(const char *line)
{
	snprintf(said, sizeof said, "%s", line);
}

static void test_the_check(void **state)
{
	struct fixture *fixture = *state;
	struct problem *problem = db_check(fixture->db, fixture->arena);
	if (problem)
		print_error("%s\n", problem->cause);
	assert_null(problem);

	struct db *as_owner = create_db(owner_url, 1, true);
	problem = db_check(as_owner, fixture->arena);
	assert_non_null(problem);
	assert_non_null(strstr(problem->cause, "the service needs one that cannot"));
	assert_int_not_equal(problem->code, PROBLEM_unavailable);
	db_destroy(as_owner);
}

static void test_the_check_of_migrations(void **state)
{
	struct fixture *fixture = *state;
	owner_does("UPDATE schema_migration SET digest = reverse(digest) WHERE name = 'tables'");
	struct problem *problem = db_check(fixture->db, fixture->arena);
	assert_int_equal(migrate(owner_url, say), -1);
	owner_does("UPDATE schema_migration SET digest = reverse(digest) WHERE name = 'tables'");
	assert_non_null(problem);
	assert_non_null(strstr(problem->cause, "no migration leads from one to the other"));
	assert_int_not_equal(problem->code, PROBLEM_unavailable);
	assert_non_null(strstr(said, "no migration leads from one to the other"));

	owner_does("UPDATE schema_migration SET name = '0001_foundation.sql' WHERE name = 'tables'");
	problem = db_check(fixture->db, fixture->arena);
	assert_int_equal(migrate(owner_url, say), -1);
	owner_does("UPDATE schema_migration SET name = 'tables' WHERE name = '0001_foundation.sql'");
	assert_non_null(problem);
	assert_non_null(strstr(said, "before the first release"));

	owner_does("INSERT INTO schema_migration (version, name, digest) VALUES (9999, '9999_later.sql', '')");
	problem = db_check(fixture->db, fixture->arena);
	assert_int_equal(migrate(owner_url, say), -1);
	owner_does("DELETE FROM schema_migration WHERE version = 9999");
	assert_null(problem);
	assert_non_null(strstr(said, "9999_later.sql"));
	assert_int_equal(migrate(owner_url, say), 0);
}

static void test_the_check_of_the_logic(void **state)
{
	struct fixture *fixture = *state;
	char *rename;
	assert_true(asprintf(&rename, "ALTER SCHEMA %s RENAME TO db_test_logic", logic_schema) > 0);
	owner_does(rename);
	free(rename);
	struct problem *problem = db_check(fixture->db, fixture->arena);
	assert_true(asprintf(&rename, "ALTER SCHEMA db_test_logic RENAME TO %s", logic_schema) > 0);
	owner_does(rename);
	free(rename);
	assert_non_null(problem);
	assert_non_null(strstr(problem->cause, logic_schema));
	assert_int_not_equal(problem->code, PROBLEM_unavailable);
	assert_null(db_check(fixture->db, fixture->arena));
}

/* Also where the next unit may be another session's, and after a unit that failed. */
static void test_statements_find_the_logic(void **state)
{
	struct fixture *fixture = *state;
	struct db_step path = step(fixture, "SELECT current_setting('search_path') AS path");
	struct db_step failure = step(fixture, "SELECT 1 / 0");
	for (int prepare = 0; prepare < 2; prepare++) {
		struct db *db = create_db(service_url, 1, prepare);
		for (int i = 0; i < 2; i++) {
			struct db_rows rows;
			assert_null(db_run(db, DB_READ, fixture->arena, &path, 1, &rows));
			assert_string_equal(db_field(&rows, 0, "path"), logic_search_path);
			assert_null(db_run(db, DB_CHANGE, fixture->arena, &path, 1, &rows));
			assert_string_equal(db_field(&rows, 0, "path"), logic_search_path);
			assert_non_null(db_run(db, DB_READ, fixture->arena, &failure, 1, &rows));
		}
		db_destroy(db);
	}
}

static void test_the_owner_runs_a_statement(void **state)
{
	struct fixture *fixture = *state;
	struct db_rows rows;
	values_set(&fixture->values, "id", "1");
	const struct db_step reading = step(fixture, "SELECT name FROM db_test.item WHERE id = :id");
	assert_int_equal(owner_run(owner_url, fixture->arena, reading.statement, &fixture->values, &rows, say), 0);
	assert_string_equal(db_field(&rows, 0, "name"), "一");
	values_set(&fixture->values, "id", "x");
	assert_int_equal(owner_run(owner_url, fixture->arena, reading.statement, &fixture->values, &rows, say), -1);
	assert_non_null(strstr(said, "db_test: ERROR: invalid input syntax"));
	assert_int_equal(owner_run("host=/nowhere", fixture->arena, reading.statement, &fixture->values, &rows, say), -1);
	assert_non_null(strstr(said, "no connection to the database"));
	assert_int_equal(seed_run(owner_url, "no such seed", say), -1);
}

/* As the owner, before all tests */
static const char schema[] =
	"DROP SCHEMA IF EXISTS db_test CASCADE; CREATE SCHEMA db_test;"
	"CREATE TABLE db_test.item (id integer PRIMARY KEY, name text CONSTRAINT item__name__taken UNIQUE,"
	" amount integer NOT NULL DEFAULT 0 CONSTRAINT amount__too_small CHECK (amount >= 0));"
	"CREATE TABLE db_test.part (id integer PRIMARY KEY,"
	" item_id integer CONSTRAINT item_id__unknown REFERENCES db_test.item,"
	" later_id integer CONSTRAINT later_id__unknown REFERENCES db_test.item DEFERRABLE INITIALLY DEFERRED);"
	"CREATE TABLE db_test.secret (id integer);"
	"CREATE SEQUENCE db_test.attempt;"
	"CREATE FUNCTION db_test.refuse(problem text, params text) RETURNS void LANGUAGE plpgsql AS"
	" $$BEGIN RAISE EXCEPTION USING ERRCODE = 'SD000', MESSAGE = problem, DETAIL = params; END$$;"
	"CREATE FUNCTION db_test.fail_until(attempt bigint, state text) RETURNS bigint LANGUAGE plpgsql AS"
	" $$DECLARE present bigint := nextval('db_test.attempt');"
	" BEGIN IF present < attempt THEN RAISE EXCEPTION USING ERRCODE = state, MESSAGE = 'again'; END IF; RETURN present; "
	"END$$;";

static const char grants[] =
	"DO $$BEGIN EXECUTE format('GRANT USAGE ON SCHEMA db_test TO %1$I;"
	" GRANT ALL ON db_test.item, db_test.part, db_test.attempt TO %1$I;"
	" GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA db_test TO %1$I', current_setting('db_test.service')); END$$";

static int set_up_schema(void **state)
{
	(void)state;
	owner = PQconnectdb(owner_url);
	PGconn *service = PQconnectdb(service_url);
	assert_int_equal(PQstatus(owner), CONNECTION_OK);
	assert_int_equal(PQstatus(service), CONNECTION_OK);
	char sql[256];
	snprintf(sql, sizeof sql, "SET client_min_messages = warning; SET db_test.service = '%s'", PQuser(service));
	PQfinish(service);
	owner_does(sql);
	owner_does(schema);
	owner_does(grants);
	return 0;
}

static int tear_down_schema(void **state)
{
	(void)state;
	owner_does("DROP SCHEMA db_test CASCADE");
	PQfinish(owner);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
	service_url = getenv("SCIDAY_TEST_DATABASE_URL");
	owner_url = getenv("SCIDAY_TEST_OWNER_URL");
	if (!service_url || !owner_url) {
		puts("1..0 # SKIP SCIDAY_TEST_DATABASE_URL and SCIDAY_TEST_OWNER_URL are not set");
		return 0;
	}
	const struct CMUnitTest tests[] = {
		TEST(rows_and_nulls),
		TEST(parameters_are_bound_by_name),
		TEST(an_error_undoes_the_whole_unit),
		TEST(an_error_at_the_commit_undoes_the_whole_unit),
		TEST(a_local_setting_ends_with_its_unit),
		TEST(a_read_cannot_write),
		TEST(much_goes_both_ways_at_once),
		TEST(refusals),
		TEST(what_is_for_later),
		TEST(taking_away_what_is_referred_to),
		TEST(a_cause_has_no_detail),
		TEST(a_serialization_failure_is_tried_again),
		TEST(but_not_for_ever),
		TEST(nothing_else_is_tried_again),
		TEST(forgotten_statements_are_prepared_again),
		TEST(a_table_may_grow_under_a_prepared_statement),
		TEST(a_connection_lost_while_idle_is_not_noticed),
		TEST(a_read_lost_on_the_way_is_run_again),
		TEST(a_change_lost_on_the_way_is_not),
		TEST(waiting_has_a_bound),
		TEST(a_unit_has_a_bound),
		TEST(a_locked_table_blocks_no_other_read),
		TEST(a_locked_table_blocks_no_other_report),
		TEST(a_locked_row_blocks_no_other_change),
		TEST(many_statements_blocked_at_once),
		TEST(a_slow_read_is_run_again_apart),
		TEST(a_database_that_is_away_fails_at_once),
		TEST(more_variants_than_may_be_prepared),
		TEST(without_preparing),
		TEST(many_threads),
		TEST(notices),
		TEST(a_change_tells_before_it_is_answered),
		TEST(notices_do_not_pile_up),
		TEST(the_check),
		TEST(the_check_of_migrations),
		TEST(the_check_of_the_logic),
		TEST(statements_find_the_logic),
		TEST(the_owner_runs_a_statement),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("db", tests, set_up_schema, tear_down_schema);
}
