#include "operation/change.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/id.h"
#include "contract/contract.h"
#include "http/problem.h"
#include "operation/answer.h"
#include "operation/reading.h"
#include "operation/unit.h"
#include "statements.h"

#define TRIES 3

/* Why nothing was changed. NULL in *ret_problem: nothing stands against it any more. */
static struct problem *explain(struct exchange *exchange, struct problem **ret_problem)
{
	const struct operation *operation = exchange->operation;
	if (!operation->refusal) {
		bool exists;
		struct problem *problem = reading_parent(exchange, &exists);
		if (!problem)
			*ret_problem = problem_create(exchange->arena, exists ? PROBLEM_role_not_held_here : PROBLEM_not_found);
		return problem;
	}
	const struct db_step step = {operation->refusal, &exchange->values};
	struct db_rows rows;
	struct problem *problem = unit_run(exchange, UNIT_CHANGE, exchange->arena, &step, 1, &rows);
	if (problem)
		return problem;
	if (rows.rows == 0) {
		*ret_problem = problem_create(exchange->arena, PROBLEM_not_found);
		return NULL;
	}
	const char *code = db_field(&rows, 0, "code");
	*ret_problem = code ? problem_create_from(exchange->arena, code, db_field(&rows, 0, "params")) : NULL;
	return NULL;
}

/* A refusal for an old version says which one is there now. */
static struct reply refuse(struct exchange *exchange, struct problem *problem)
{
	const struct operation *operation = exchange->operation;
	const struct operation *reading = operation->answer ? operation->answer : operation->parent;
	if (problem->code == PROBLEM_version_mismatch && reading && reading->statement) {
		struct db_rows rows;
		if (!reading_rows(exchange, reading->statement, &rows) && rows.rows > 0)
			problem->etag = answer_etag(exchange->arena, &rows);
	}
	return problem_reply(exchange, problem);
}

struct reply change_replay(struct exchange *exchange)
{
	struct db_rows rows;
	struct problem *problem = reading_rows(exchange, &statement_kept_answer, &rows);
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

/* The id of what is created, unless a handler made it, and what an idempotency key is claimed for and kept with. */
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
		values_set(&exchange->values, "answer_location",
		           answer_path(exchange->arena, operation->answer, answer_values(exchange)));
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
	struct db_step steps[UNIT_STEPS];
	struct db_rows rows[UNIT_STEPS];
	size_t count = 0;
	if (keyed)
		steps[count++] = (struct db_step){&statement_claim_idempotency_key, &exchange->values};
	size_t change = count;
	steps[count++] = (struct db_step){operation->statement, &exchange->values};
	const struct statement *reading = keyed ? operation->keep : operation->answer ? operation->answer->statement : NULL;
	if (reading)
		steps[count++] = (struct db_step){reading, answer_values(exchange)};

	*ret_unchanged = false;
	struct problem *problem = unit_run(exchange, UNIT_CHANGE, exchange->arena, steps, count, rows);
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

struct reply change_run(struct exchange *exchange)
{
	bind_change(exchange);
	for (int try = 0; try < TRIES; try++) {
		bool unchanged;
		struct db_rows answer = {0};
		struct problem *problem = try_change(exchange, &unchanged, &answer);
		if (problem && problem->code == PROBLEM_idempotency_replay)
			return change_replay(exchange);
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
