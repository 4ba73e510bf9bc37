#include <string.h>

#include "handlers.h"
#include "http/problem.h"
#include "resources/operation.h"

/* 活动分布 · How many activities there are, by two different dimensions. */
struct reply get_matrix(struct exchange *exchange)
{
	if (strcmp(values_get(&exchange->values, "rows"), values_get(&exchange->values, "columns")) == 0) {
		struct problem *problem = problem_create(exchange->arena, PROBLEM_validation_failed);
		problem_find(problem, NULL, "columns", "same_dimension", NULL);
		return problem_reply(exchange, problem);
	}
	return operation_run(exchange);
}
