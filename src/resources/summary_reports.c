#include "handlers.h"
#include "operation/findings.h"
#include "statements.h"

/* 检查总结报告 · What submitting a report would find. */
struct reply validate_summary_report(struct exchange *exchange)
{
	return findings_reply(exchange, &statement_findings_of_summary_report);
}
