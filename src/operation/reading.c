#include "operation/reading.h"

#include "base/arena_json.h"
#include "contract/contract.h"
#include "http/problem.h"
#include "operation/unit.h"

struct problem *reading_rows(struct exchange *exchange, const struct statement *statement, struct db_rows *ret_rows)
{
	const struct db_step step = {statement, &exchange->values};
	return unit_run(exchange, UNIT_READ, exchange->arena, &step, 1, ret_rows);
}

struct problem *reading_found(struct exchange *exchange, const struct statement *statement, struct db_rows *ret_rows)
{
	struct db_rows rows;
	struct problem *problem = reading_rows(exchange, statement, &rows);
	if (problem)
		return problem;
	if (rows.rows == 0)
		return problem_create(exchange->arena, PROBLEM_not_found);
	*ret_rows = rows;
	return NULL;
}

struct problem *reading_body(struct exchange *exchange, const char **ret_body)
{
	struct db_rows rows;
	struct problem *problem = reading_found(exchange, exchange->operation->statement, &rows);
	if (!problem)
		*ret_body = db_field(&rows, 0, "body");
	return problem;
}

struct problem *reading_json(struct exchange *exchange, json_t **ret_json)
{
	const char *body = NULL;
	struct problem *problem = reading_body(exchange, &body);
	if (problem)
		return problem;
	json_t *json = arena_json_parse(exchange->arena, body);
	if (!json)
		return problem_create(exchange->arena, PROBLEM_internal);
	*ret_json = json;
	return NULL;
}

struct problem *reading_parent(struct exchange *exchange, bool *ret_exists)
{
	*ret_exists = true;
	const struct operation *parent = exchange->operation->parent;
	if (!parent || !parent->statement)
		return NULL;
	struct db_rows rows;
	struct problem *problem = reading_rows(exchange, parent->statement, &rows);
	if (!problem)
		*ret_exists = rows.rows > 0;
	return problem;
}
