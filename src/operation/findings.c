#include "operation/findings.h"

#include "base/buffer.h"
#include "contract/contract.h"
#include "http/problem.h"
#include "operation/reading.h"

/* The members of one of the two lists: the errors, or the warnings. */
static void append_findings(struct exchange *exchange, struct buffer *body, const struct db_rows *rows, const char *is_error)
{
	const char *separator = "";
	for (size_t i = 0; i < rows->rows; i++) {
		const struct finding finding = {
			.pointer = db_field(rows, i, "pointer"),
			.code = db_field(rows, i, "code"),
			.params = db_field(rows, i, "params"),
		};
		if (!finding.code || db_field(rows, i, "is_error")[0] != is_error[0])
			continue;
		buffer_append_string(body, separator);
		buffer_append_string(body, finding_json(exchange->arena, &finding, exchange->locale));
		separator = ",";
	}
}

struct reply findings_reply(struct exchange *exchange, const struct statement *findings)
{
	struct db_rows rows;
	struct problem *problem = reading_found(exchange, findings, &rows);
	if (problem)
		return problem_reply(exchange, problem);
	if (db_field(&rows, 0, "is_allowed")[0] != 't')
		return problem_reply_code(exchange, PROBLEM_role_not_held_here);

	struct buffer body = buffer_create(exchange->arena);
	buffer_append_string(&body, "{\"errors\":[");
	append_findings(exchange, &body, &rows, "t");
	buffer_append_string(&body, "],\"warnings\":[");
	append_findings(exchange, &body, &rows, "f");
	buffer_append_string(&body, "]}");
	struct reply reply = reply_json(200, body.data, body.length);
	reply_language(&reply, exchange->locale);
	return reply;
}
