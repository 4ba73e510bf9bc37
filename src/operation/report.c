#include "operation/report.h"

#include "base/arena.h"
#include "base/arena_json.h"
#include "contract/contract.h"
#include "http/conditional.h"
#include "http/problem.h"
#include "operation/reading.h"

struct problem *report_read(struct exchange *exchange, const char **ret_body)
{
	struct db_rows rows;
	struct problem *problem = reading_rows(exchange, exchange->operation->statement, &rows);
	if (problem)
		return problem;
	if (rows.rows == 0)
		return problem_create(exchange->arena, PROBLEM_not_found);
	*ret_body = db_field(&rows, 0, "body");
	return NULL;
}

struct problem *report_parse(struct exchange *exchange, json_t **ret_report)
{
	const char *body;
	struct problem *problem = report_read(exchange, &body);
	if (problem)
		return problem;
	json_t *report = arena_json_parse(exchange->arena, body);
	if (!report)
		return problem_create(exchange->arena, PROBLEM_internal);
	*ret_report = report;
	return NULL;
}

struct reply report_reply(struct exchange *exchange, const char *media_type, const char *text, size_t length)
{
	struct reply reply = reply_json(200, text, length);
	reply.media_type = media_type;
	reply.compressible = true;
	reply.etag = arena_printf(exchange->arena, "W/%s", etag_make(exchange->arena, NULL, text, length));
	return reply;
}
