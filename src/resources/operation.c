#include "resources/operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/id.h"
#include "contract/contract.h"
#include "http/conditional.h"
#include "http/page.h"
#include "http/problem.h"
#include "resources/answer.h"
#include "resources/identity.h"
#include "resources/services.h"
#include "statements.h"

#define CHANGE_STEPS 4
#define CHANGE_TRIES 3
#define CURSOR_VALUES 8

static struct problem *run_read_unit(struct exchange *exchange, const struct statement *const *statements, size_t count,
                                     struct db_rows *ret_rows)
{
	struct identity identity;
	struct db_step steps[3] = {identity_cached(exchange, &identity)};
	struct db_rows rows[3];
	for (size_t i = 0; i < count; i++)
		steps[i + 1] = (struct db_step){.statement = statements[i], .values = &exchange->values};
	struct problem *problem = db_run(exchange->services->db, DB_READ, exchange->arena, steps, count + 1, rows);
	if (!problem)
		memcpy(ret_rows, rows + 1, count * sizeof *rows);
	return problem;
}

struct problem *operation_rows(struct exchange *exchange, const struct statement *statement, struct db_rows *ret_rows)
{
	return run_read_unit(exchange, &statement, 1, ret_rows);
}

static struct reply run_read(struct exchange *exchange)
{
	struct db_rows rows;
	struct problem *problem = operation_rows(exchange, exchange->operation->statement, &rows);
	if (problem)
		return problem_reply(exchange, problem);
	if (rows.rows == 0)
		return problem_reply_code(exchange, PROBLEM_not_found);
	return answer_reply(exchange, exchange->operation->success, &rows);
}

/* Lists: the cursor carries the sort columns of the last item, and a digest of what the page was asked with. */

static const char *list_digest(const struct exchange *exchange)
{
	const struct operation *operation = exchange->operation;
	struct buffer asked = buffer_create(exchange->arena);
	buffer_append_string(&asked, operation->id);
	for (size_t i = 0; i < operation->parameter_count; i++) {
		const char *name = operation->parameters[i].name;
		if (strcmp(name, "cursor") == 0 || strcmp(name, "limit") == 0 || strcmp(name, "count") == 0)
			continue;
		buffer_append(&asked, "", 1);
		buffer_append_string(&asked, name);
		const char *text = values_get(&exchange->values, name);
		if (text) {
			buffer_append(&asked, "", 1);
			buffer_append_string(&asked, text);
		}
	}
	char *fingerprint = arena_alloc(exchange->arena, FINGERPRINT_SIZE);
	fingerprint_hex(asked.data, asked.length, fingerprint);
	return fingerprint;
}

/* The columns that the order of this variant goes by: those whose after_… parameters its lines name. */
static size_t list_sort_columns(const struct exchange *exchange, const char *ret_names[CURSOR_VALUES])
{
	const struct statement *statement = exchange->operation->statement;
	struct values probe = exchange->values;
	values_set(&probe, "after", "");
	uint64_t lines = statement_lines(statement, &probe);
	size_t count = 0;
	for (size_t i = 0; i < statement->piece_count; i++) {
		const struct statement_piece *piece = &statement->pieces[i];
		if (piece->parameter < 0 || (piece->line >= 0 && !(lines >> piece->line & 1)))
			continue;
		const char *name = statement->parameters[piece->parameter];
		if (strncmp(name, "after_", 6) == 0 && count < CURSOR_VALUES)
			ret_names[count++] = name;
	}
	return count;
}

static struct reply refuse_cursor(struct exchange *exchange)
{
	struct problem *problem = problem_create(exchange->arena, PROBLEM_invalid_cursor);
	problem_find(problem, NULL, "cursor", "malformed", NULL);
	return problem_reply(exchange, problem);
}

/* Whether the database could not read a value as its type, which the contract has checked of all values but a cursor's. */
static bool is_of_forged_cursor(const struct exchange *exchange, const struct problem *problem)
{
	return values_get(&exchange->values, "cursor") && problem->sqlstate && strncmp(problem->sqlstate, "22", 2) == 0;
}

static bool list_read_cursor(struct exchange *exchange, const char *digest, const char *const *names, size_t count)
{
	const char *cursor = values_get(&exchange->values, "cursor");
	if (!cursor)
		return true;
	const char *after[CURSOR_VALUES];
	if (!cursor_decode(exchange->arena, cursor, digest, count, after))
		return false;
	for (size_t i = 0; i < count; i++)
		values_set(&exchange->values, names[i], after[i]);
	values_set(&exchange->values, "after", "");
	return true;
}

static const char *list_next_cursor(struct exchange *exchange, const struct db_rows *rows, size_t last, const char *digest,
                                    const char *const *names, size_t count)
{
	const char *after[CURSOR_VALUES];
	for (size_t i = 0; i < count; i++)
		after[i] = db_field(rows, last, names[i] + strlen("after_"));
	return cursor_encode(exchange->arena, digest, after, count);
}

static struct reply list_reply(struct exchange *exchange, const struct db_rows *rows, size_t count, const char *next_cursor,
                               const char *total_count)
{
	struct buffer body = buffer_create(exchange->arena);
	buffer_append_string(&body, "{\"items\":[");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buffer_append(&body, ",", 1);
		buffer_append_string(&body, rows->fields[i * rows->columns]);
	}
	buffer_append_string(&body, "],\"next_cursor\":");
	buffer_append_json(&body, next_cursor);
	if (total_count)
		buffer_printf(&body, ",\"total_count\":%s", total_count);
	buffer_append(&body, "}", 1);
	struct reply reply = reply_json(200, body.data, body.length);
	reply.compressible = true;
	reply.etag = arena_printf(exchange->arena, "W/%s", etag_make(exchange->arena, NULL, body.data, body.length));
	reply_header(&reply, "Link", page_link(exchange->arena, exchange->request.path, exchange->request.query, next_cursor));
	return reply;
}

/* Whether what the list is under exists for the caller: an empty list alone does not say. */
static struct problem *check_parent(struct exchange *exchange, bool *ret_exists)
{
	*ret_exists = true;
	const struct operation *parent = exchange->operation->parent;
	if (!parent || !parent->statement)
		return NULL;
	struct db_rows rows;
	struct problem *problem = operation_rows(exchange, parent->statement, &rows);
	if (!problem)
		*ret_exists = rows.rows > 0;
	return problem;
}

static struct reply run_list(struct exchange *exchange)
{
	const struct operation *operation = exchange->operation;
	const char *digest = list_digest(exchange);
	const char *names[CURSOR_VALUES];
	size_t name_count = list_sort_columns(exchange, names);
	if (!list_read_cursor(exchange, digest, names, name_count))
		return refuse_cursor(exchange);

	const char *limit_text = values_get(&exchange->values, "limit");
	size_t limit = limit_text ? strtoul(limit_text, NULL, 10) : SIZE_MAX;
	if (limit_text) /* one more than asked tells whether there is a next page */
		values_set(&exchange->values, "limit", arena_printf(exchange->arena, "%zu", limit + 1));
	bool counted = operation->count && values_get(&exchange->values, "count");
	const struct statement *statements[] = {operation->statement, operation->count};
	struct db_rows rows[2];
	struct problem *problem = run_read_unit(exchange, statements, counted ? 2 : 1, rows);
	if (problem && is_of_forged_cursor(exchange, problem))
		return refuse_cursor(exchange);
	if (problem)
		return problem_reply(exchange, problem);
	if (rows[0].rows == 0) {
		bool exists;
		problem = check_parent(exchange, &exists);
		if (problem)
			return problem_reply(exchange, problem);
		if (!exists)
			return problem_reply_code(exchange, PROBLEM_not_found);
	}

	bool more = rows[0].rows > limit;
	size_t count = more ? limit : rows[0].rows;
	const char *next_cursor = more ? list_next_cursor(exchange, &rows[0], count - 1, digest, names, name_count) : NULL;
	return list_reply(exchange, &rows[0], count, next_cursor, counted ? db_field(&rows[1], 0, "total_count") : NULL);
}

/* Changes */

/* Why nothing was changed. NULL in *ret_problem: nothing stands against it any more. */
static struct problem *explain(struct exchange *exchange, struct problem **ret_problem)
{
	const struct operation *operation = exchange->operation;
	if (!operation->refusal) {
		bool exists;
		struct problem *problem = check_parent(exchange, &exists);
		if (!problem)
			*ret_problem = problem_create(exchange->arena, exists ? PROBLEM_role_not_held_here : PROBLEM_not_found);
		return problem;
	}
	struct identity identity;
	struct db_step steps[] = {identity_afresh(exchange, &identity), {operation->refusal, &exchange->values}};
	struct db_rows rows[2];
	struct problem *problem = db_run(exchange->services->db, DB_CHANGE, exchange->arena, steps, 2, rows);
	if (problem)
		return problem;
	if (rows[1].rows == 0) {
		*ret_problem = problem_create(exchange->arena, PROBLEM_not_found);
		return NULL;
	}
	const char *code = db_field(&rows[1], 0, "code");
	*ret_problem = code ? problem_create_from(exchange->arena, code, db_field(&rows[1], 0, "params")) : NULL;
	return NULL;
}

/* A refusal for an old version says which one is there now. */
static struct reply refuse(struct exchange *exchange, struct problem *problem)
{
	const struct operation *operation = exchange->operation;
	const struct operation *reading = operation->answer ? operation->answer : operation->parent;
	if (problem->code == PROBLEM_version_mismatch && reading && reading->statement) {
		struct db_rows rows;
		if (!operation_rows(exchange, reading->statement, &rows) && rows.rows > 0)
			problem->etag = answer_etag(exchange->arena, &rows);
	}
	return problem_reply(exchange, problem);
}

struct reply operation_replay(struct exchange *exchange)
{
	struct db_rows rows;
	struct problem *problem = operation_rows(exchange, &statement_kept_answer, &rows);
	if (problem)
		return problem_reply(exchange, problem);
	if (rows.rows == 0)
		return problem_reply_code(exchange, PROBLEM_concurrent_change);
	const char *status = db_field(&rows, 0, "status");
	exchange->replayed = true;
	struct reply reply = db_field(&rows, 0, "body") ? answer_reply(exchange, (unsigned)strtoul(status, NULL, 10), &rows)
	                                                : reply_empty((unsigned)strtoul(status, NULL, 10));
	reply.location = db_field(&rows, 0, "location");
	return reply;
}

/* The values that the claim of an idempotency key and its keeping need besides the request's own. */
static void bind_change(struct exchange *exchange)
{
	const struct operation *operation = exchange->operation;
	if (operation->success == 201 && !values_get(&exchange->values, "new_id")) {
		char *id = arena_alloc(exchange->arena, ID_SIZE);
		id_create(id);
		values_set(&exchange->values, "new_id", id);
	}
	values_set(&exchange->values, "operation", operation->id);
	values_set(&exchange->values, "success", arena_printf(exchange->arena, "%u", operation->success));
	if (operation->success == 201)
		values_set(&exchange->values, "answer_location", answer_location(exchange));
}

static struct reply change_reply(struct exchange *exchange, const struct db_rows *answer)
{
	const struct operation *operation = exchange->operation;
	if (!operation->answer)
		return reply_empty(operation->success);
	if (answer->rows == 0) /* changed, and gone from the caller's sight by the change itself */
		return reply_empty(204);
	struct reply reply = answer_reply(exchange, operation->success, answer);
	if (operation->success == 201)
		reply.location = values_get(&exchange->values, "answer_location");
	return reply;
}

/* One try. *ret_unchanged says that no row was touched; a problem is one that the unit itself raised. */
static struct problem *try_change(struct exchange *exchange, bool *ret_unchanged, struct db_rows *ret_answer)
{
	const struct operation *operation = exchange->operation;
	bool keyed = values_get(&exchange->values, "idempotency_key") != NULL;
	struct identity identity;
	struct db_step steps[CHANGE_STEPS] = {identity_afresh(exchange, &identity)};
	struct db_rows rows[CHANGE_STEPS];
	size_t count = 1;
	if (keyed)
		steps[count++] = (struct db_step){&statement_claim_idempotency_key, &exchange->values};
	size_t change = count;
	steps[count++] = (struct db_step){operation->statement, &exchange->values};
	const struct statement *reading = keyed ? operation->keep : operation->answer ? operation->answer->statement : NULL;
	if (reading)
		steps[count++] = (struct db_step){reading, answer_values(exchange)};

	*ret_unchanged = false;
	struct problem *problem = db_run(exchange->services->db, DB_CHANGE, exchange->arena, steps, count, rows);
	if (problem && problem->code == PROBLEM_unchanged) {
		*ret_unchanged = true;
		return NULL;
	}
	if (problem)
		return problem;
	*ret_unchanged = rows[change].rows == 0;
	if (reading)
		*ret_answer = rows[count - 1];
	return NULL;
}

static struct reply run_change(struct exchange *exchange)
{
	bind_change(exchange);
	for (int try = 0; try < CHANGE_TRIES; try++) {
		bool unchanged;
		struct db_rows answer = {0};
		struct problem *problem = try_change(exchange, &unchanged, &answer);
		if (problem && problem->code == PROBLEM_idempotency_replay)
			return operation_replay(exchange);
		if (problem)
			return problem_reply(exchange, problem);
		if (!unchanged)
			return change_reply(exchange, &answer);
		struct problem *refusal = NULL;
		problem = explain(exchange, &refusal);
		if (problem)
			return problem_reply(exchange, problem);
		if (refusal)
			return refuse(exchange, refusal);
	}
	return problem_reply_code(exchange, PROBLEM_concurrent_change);
}

struct reply operation_run(struct exchange *exchange)
{
	switch (exchange->operation->kind) {
	case OPERATION_READ:
		return run_read(exchange);
	case OPERATION_LIST:
		return run_list(exchange);
	case OPERATION_CHANGE:
		return run_change(exchange);
	}
	abort();
}
