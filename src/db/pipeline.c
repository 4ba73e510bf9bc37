#include "db/pipeline.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "db/migrate.h"
#include "db/sqlstate.h"
#include "http/values.h"

#define SETUP_COMMANDS 2

/* What the server has been sent, in order, and so what it will answer. */
struct command {
	struct unit *unit;         /* NULL: a Sync, or the session's setting up */
	size_t step;               /* the unit's, that it runs or prepares; step_count: the commit */
	struct prepared *prepared; /* a Prepare of this; else NULL */
	bool is_sync;
	size_t first, end; /* a Sync: the units that it commits, from first to before end */
};

struct pipeline {
	struct connection *connection;
	struct arena *arena;
	struct command *commands;
	size_t command_count;
	int64_t deadline;
	enum connection_wait wait;
	char reason[REASON_SIZE];
};

void unit_create(struct unit *unit, struct arena *arena, const struct db_step *steps, size_t step_count)
{
	*unit = (struct unit){.steps = steps, .step_count = step_count};
	unit->lines = arena_array(arena, step_count, sizeof *unit->lines);
	unit->results = arena_array(arena, step_count, sizeof(PGresult *));
	for (size_t i = 0; i < step_count; i++)
		unit->lines[i] = statement_lines(steps[i].statement, steps[i].values);
}

void unit_clear(struct unit *unit)
{
	for (size_t i = 0; i < unit->step_count; i++) {
		PQclear(unit->results[i]);
		unit->results[i] = NULL;
	}
	PQclear(unit->error);
	unit->error = NULL;
	unit->refused = NULL;
}

/* Sending. False: the connection cannot be written to any more. */

static bool pipeline_expect(struct pipeline *pipeline, int sent, struct command command)
{
	if (sent)
		pipeline->commands[pipeline->command_count++] = command;
	return sent;
}

static bool pipeline_sync(struct pipeline *pipeline, size_t first, size_t end)
{
	int sent = PQpipelineSync(pipeline->connection->handle);
	return pipeline_expect(pipeline, sent, (struct command){.is_sync = true, .first = first, .end = end});
}

static bool pipeline_command(struct pipeline *pipeline, const char *sql)
{
	int sent = PQsendQueryParams(pipeline->connection->handle, sql, 0, NULL, NULL, NULL, NULL, 0);
	return pipeline_expect(pipeline, sent, (struct command){0});
}

/*
 * For the session; or, where the next transaction may come to another one (a pooler's), for this transaction alone. A
 * session also shows by a lock that it uses this version's logic: whoever migrates leaves that alone.
 */
static bool pipeline_settings(struct pipeline *pipeline)
{
	const struct connection_settings *settings = pipeline->connection->settings;
	const char *is_local = settings->prepare ? "false" : "true";
	struct buffer sql = buffer_create(pipeline->arena);
	buffer_printf(&sql, "SELECT set_config('search_path', '%s', %s)", logic_search_path, is_local);
	if (settings->prepare)
		buffer_printf(&sql, ", pg_try_advisory_lock_shared(hashtextextended('%s', 0))", logic_schema);
	buffer_printf(&sql, ", set_config('lock_timeout', '%u', %s)", settings->lock_milliseconds, is_local);
	if (settings->statement_milliseconds)
		buffer_printf(&sql, ", set_config('statement_timeout', '%u', %s)", settings->statement_milliseconds, is_local);
	if (settings->read_only)
		buffer_printf(&sql, ", set_config('%s', 'on', %s)",
		              settings->prepare ? "default_transaction_read_only" : "transaction_read_only", is_local);
	return pipeline_command(pipeline, sql.data);
}

static bool pipeline_listen(struct pipeline *pipeline)
{
	const struct connection *connection = pipeline->connection;
	for (const char *const *channel = connection->settings->notices->channels; *channel; channel++) {
		char *name = PQescapeIdentifier(connection->handle, *channel, strlen(*channel));
		if (!name)
			return false;
		bool sent = pipeline_command(pipeline, arena_printf(pipeline->arena, "LISTEN %s", name));
		PQfreemem(name);
		if (!sent)
			return false;
	}
	return true;
}

/* The session's own state goes ahead of the first unit, under a Sync of its own, and costs no round trip. */
static bool pipeline_set_up(struct pipeline *pipeline)
{
	struct connection *connection = pipeline->connection;
	bool set = connection->is_fresh && connection->settings->prepare;
	bool forget = connection->is_stale || prepared_is_full(&connection->prepared);
	if (set && !pipeline_settings(pipeline))
		return false;
	if (set && connection->settings->notices && !pipeline_listen(pipeline))
		return false;
	if (forget && !pipeline_command(pipeline, "DEALLOCATE ALL"))
		return false;
	if ((set || forget) && !pipeline_sync(pipeline, 0, 0))
		return false;
	if (forget)
		prepared_clear(&connection->prepared);
	connection->is_fresh = false;
	connection->is_stale = false;
	return true;
}

static const char **bind(struct arena *arena, const struct db_step *step, const unsigned short *order, size_t count)
{
	const char **texts = arena_array(arena, count, sizeof *texts);
	for (size_t i = 0; i < count; i++)
		texts[i] = values_get(step->values, step->statement->parameters[order[i]]);
	return texts;
}

static bool pipeline_prepare(struct pipeline *pipeline, struct unit *unit, size_t index, struct prepared *prepared)
{
	int sent = PQsendPrepare(pipeline->connection->handle, prepared->name, prepared->text, 0, NULL);
	prepared->is_sent = true;
	return pipeline_expect(pipeline, sent, (struct command){.unit = unit, .step = index, .prepared = prepared});
}

static bool pipeline_step_unprepared(struct pipeline *pipeline, struct unit *unit, size_t index)
{
	const struct db_step *step = &unit->steps[index];
	unsigned short *order = arena_array(pipeline->arena, step->statement->parameter_count, sizeof *order);
	size_t count;
	const char *text = statement_text(pipeline->arena, step->statement, unit->lines[index], order, &count);
	const char **texts = bind(pipeline->arena, step, order, count);
	int sent = PQsendQueryParams(pipeline->connection->handle, text, (int)count, NULL, texts, NULL, NULL, 0);
	return pipeline_expect(pipeline, sent, (struct command){.unit = unit, .step = index});
}

static bool pipeline_step(struct pipeline *pipeline, struct unit *unit, size_t index)
{
	struct connection *connection = pipeline->connection;
	const struct db_step *step = &unit->steps[index];
	struct prepared *prepared = NULL;
	if (connection->settings->prepare)
		prepared = prepared_find(&connection->prepared, step->statement, unit->lines[index]);
	if (!prepared)
		return pipeline_step_unprepared(pipeline, unit, index);
	if (!prepared->is_sent && !pipeline_prepare(pipeline, unit, index, prepared))
		return false;
	const char **texts = bind(pipeline->arena, step, prepared->order, prepared->count);
	int sent = PQsendQueryPrepared(connection->handle, prepared->name, (int)prepared->count, texts, NULL, NULL, 0);
	return pipeline_expect(pipeline, sent, (struct command){.unit = unit, .step = index});
}

static bool pipeline_send(struct pipeline *pipeline, struct unit *const *units, size_t count, enum pipeline_sync sync)
{
	if (!pipeline_set_up(pipeline))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool begins = i == 0 || sync == PIPELINE_EACH_SYNC;
		if (begins && !pipeline->connection->settings->prepare && !pipeline_settings(pipeline))
			return false;
		for (size_t step = 0; step < units[i]->step_count; step++) {
			if (!pipeline_step(pipeline, units[i], step))
				return false;
		}
		if (sync == PIPELINE_EACH_SYNC && !pipeline_sync(pipeline, i, i + 1))
			return false;
	}
	return sync == PIPELINE_EACH_SYNC || pipeline_sync(pipeline, 0, count);
}

/* Receiving. False: the connection is lost, or no longer in step. */

static bool is_fatal(const PGresult *result)
{
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	return !severity || strcmp(severity, "ERROR") != 0;
}

/* A prepared statement that is gone, or whose tables have changed shape: a migration does that under a running service. */
static bool is_outdated(const char *sqlstate)
{
	return sqlstate_is(sqlstate, SQLSTATE_INVALID_STATEMENT_NAME) || sqlstate_is(sqlstate, SQLSTATE_FEATURE_NOT_SUPPORTED);
}

static void unit_refuse(struct unit *unit, size_t step, PGresult *error)
{
	unit->outcome = UNIT_REFUSED;
	if (unit->error) {
		PQclear(error);
		return;
	}
	unit->error = error;
	unit->refused = step < unit->step_count ? unit->steps[step].statement : NULL;
}

static bool pipeline_take_error(struct pipeline *pipeline, const struct command *command, PGresult *error)
{
	if (is_fatal(error)) {
		connection_reason(PQresultErrorMessage(error), pipeline->reason);
		PQclear(error);
		return false;
	}
	if (command->prepared)
		command->prepared->is_sent = false;
	if (is_outdated(PQresultErrorField(error, PG_DIAG_SQLSTATE)))
		pipeline->connection->is_stale = true;
	if (command->unit)
		unit_refuse(command->unit, command->step, error);
	else
		PQclear(error);
	return true;
}

static void pipeline_take_skipped(const struct command *command)
{
	if (command->prepared)
		command->prepared->is_sent = false;
	if (command->unit && command->unit->outcome != UNIT_REFUSED)
		command->unit->outcome = UNIT_SKIPPED;
}

/* Takes the result, and sees to it that it is freed in the end. */
static bool pipeline_take(struct pipeline *pipeline, const struct command *command, PGresult *result)
{
	switch (PQresultStatus(result)) {
	case PGRES_FATAL_ERROR:
		return pipeline_take_error(pipeline, command, result);
	case PGRES_PIPELINE_ABORTED:
		pipeline_take_skipped(command);
		PQclear(result);
		return true;
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
	case PGRES_EMPTY_QUERY:
		if (command->unit && !command->prepared && !command->unit->results[command->step])
			command->unit->results[command->step] = result;
		else
			PQclear(result);
		return true;
	default: /* COPY and the like, which no statement of ours is */
		connection_reason(PQresStatus(PQresultStatus(result)), pipeline->reason);
		PQclear(result);
		return false;
	}
}

static bool pipeline_next_result(struct pipeline *pipeline, PGresult **ret_result)
{
	PGconn *handle = pipeline->connection->handle;
	pipeline->wait = connection_await(handle, pipeline->deadline);
	if (pipeline->wait == CONNECTION_READY) {
		*ret_result = PQgetResult(handle);
		if (*ret_result || PQstatus(handle) == CONNECTION_OK)
			return true;
	}
	if (pipeline->wait == CONNECTION_OVERDUE)
		connection_reason("no answer came in time", pipeline->reason);
	else
		connection_reason(PQerrorMessage(handle), pipeline->reason);
	return false;
}

/* A command's results end with a NULL. */
static bool pipeline_receive_command(struct pipeline *pipeline, const struct command *command)
{
	for (;;) {
		PGresult *result;
		if (!pipeline_next_result(pipeline, &result))
			return false;
		if (!result)
			return true;
		if (!pipeline_take(pipeline, command, result))
			return false;
	}
}

/* A Sync has one result and no NULL, but an error at the commit (a deferred constraint's) comes before it, with one. */
static bool pipeline_receive_sync(struct pipeline *pipeline, struct unit *unit)
{
	const struct command commit = {.unit = unit, .step = unit ? unit->step_count : 0};
	for (int ends = 0; ends < 2;) {
		PGresult *result;
		if (!pipeline_next_result(pipeline, &result))
			return false;
		if (!result) {
			ends++;
			continue;
		}
		if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
			PQclear(result);
			return true;
		}
		if (!pipeline_take(pipeline, &commit, result))
			return false;
	}
	connection_reason("out of step with the server", pipeline->reason);
	return false;
}

static void units_commit(struct unit *const *units, const struct command *sync)
{
	for (size_t i = sync->first; i < sync->end; i++) {
		if (units[i]->outcome == UNIT_LOST)
			units[i]->outcome = UNIT_SUCCEEDED;
	}
}

static bool pipeline_receive(struct pipeline *pipeline, struct unit *const *units)
{
	for (size_t i = 0; i < pipeline->command_count; i++) {
		const struct command *command = &pipeline->commands[i];
		if (!command->is_sync) {
			if (!pipeline_receive_command(pipeline, command))
				return false;
			continue;
		}
		struct unit *last = command->end > command->first ? units[command->end - 1] : NULL;
		if (!pipeline_receive_sync(pipeline, last))
			return false;
		units_commit(units, command);
	}
	return true;
}

static void pipeline_fail(struct pipeline *pipeline, struct unit *const *units, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (units[i]->outcome != UNIT_LOST && units[i]->outcome != UNIT_SKIPPED)
			continue;
		units[i]->outcome = pipeline->wait == CONNECTION_OVERDUE ? UNIT_OVERDUE : UNIT_LOST;
		memcpy(units[i]->reason, pipeline->reason, REASON_SIZE);
	}
	if (pipeline->wait == CONNECTION_OVERDUE)
		connection_abandon(pipeline->connection);
	else
		connection_close(pipeline->connection);
}

static size_t most_commands(const struct db_notices *notices, struct unit *const *units, size_t count)
{
	size_t most = SETUP_COMMANDS + 1;
	for (size_t i = 0; notices && notices->channels[i]; i++)
		most++;
	for (size_t i = 0; i < count; i++)
		most += 1 + 2 * units[i]->step_count + 1;
	return most;
}

void pipeline_run(struct connection *connection, struct arena *scratch, struct unit *const *units, size_t count,
                  enum pipeline_sync sync, int64_t deadline)
{
	int64_t started = clock_monotonic_microseconds();
	struct pipeline pipeline = {
		.connection = connection,
		.arena = scratch,
		.commands =
			arena_array(scratch, most_commands(connection->settings->notices, units, count), sizeof(struct command)),
		.deadline = deadline,
	};
	for (size_t i = 0; i < count; i++) {
		unit_clear(units[i]);
		units[i]->outcome = UNIT_LOST; /* until its Sync has been answered */
	}
	bool sent = pipeline_send(&pipeline, units, count, sync);
	if (!sent)
		connection_reason(PQerrorMessage(connection->handle), pipeline.reason);
	if (!sent || !pipeline_receive(&pipeline, units))
		pipeline_fail(&pipeline, units, count);
	else if (connection->settings->notices)
		connection_tell(connection->handle, connection->settings->notices);
	for (size_t i = 0; i < count; i++)
		units[i]->microseconds = clock_monotonic_microseconds() - started;
}
