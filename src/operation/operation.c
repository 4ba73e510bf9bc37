#include "operation/operation.h"

#include <stdlib.h>

#include "contract/contract.h"
#include "http/problem.h"
#include "operation/answer.h"
#include "operation/change.h"
#include "operation/list.h"
#include "operation/reading.h"
#include "operation/table.h"

static struct reply read_one(struct exchange *exchange)
{
	struct db_rows rows;
	struct problem *problem = reading_found(exchange, exchange->operation->statement, &rows);
	return problem ? problem_reply(exchange, problem) : answer_reply(exchange, exchange->operation->success, &rows);
}

struct reply operation_run(struct exchange *exchange)
{
	switch (exchange->operation->kind) {
	case OPERATION_READ:
		return exchange->format == FORMAT_JSON ? read_one(exchange) : table_report(exchange);
	case OPERATION_LIST:
		return exchange->format == FORMAT_JSON ? list_page(exchange) : table_list(exchange);
	case OPERATION_CHANGE:
		return change_run(exchange);
	}
	abort(); /* every kind of operation is above */
}
