#include "base/arena.h"
#include "handlers.h"
#include "operation/findings.h"
#include "operation/operation.h"
#include "operation/services.h"
#include "statements.h"

/* 新建活动 · One more draft, as long as there are not too many. */
struct reply create_activity(struct exchange *exchange)
{
	values_set(&exchange->values, "draft_limit", arena_printf(exchange->arena, "%u", exchange->services->draft_limit));
	return operation_run(exchange);
}

/* 检查活动 · What submitting or publishing an activity would find. */
struct reply validate_activity(struct exchange *exchange)
{
	return findings_reply(exchange, &statement_findings_of_activity);
}
