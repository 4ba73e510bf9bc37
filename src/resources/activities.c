#include "base/arena.h"
#include "handlers.h"
#include "operation/operation.h"
#include "operation/services.h"

/* 新建活动 · One more draft, as long as there are not too many. */
struct reply create_activity(struct exchange *exchange)
{
	values_set(&exchange->values, "draft_limit", arena_printf(exchange->arena, "%u", exchange->services->draft_limit));
	return operation_run(exchange);
}
