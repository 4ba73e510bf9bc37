#include "handlers.h"
#include "operation/findings.h"
#include "statements.h"

/* 检查工作方案 · What submitting a plan would find. */
struct reply validate_plan(struct exchange *exchange)
{
	return findings_reply(exchange, &statement_findings_of_plan);
}
