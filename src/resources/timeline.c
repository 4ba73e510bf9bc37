#include "handlers.h"
#include "http/exchange.h"
#include "resources/operation.h"

/* 日程 · What happens when. */
struct reply list_timeline(struct exchange *exchange)
{
	values_set(&exchange->values, "locale", exchange->locale == LOCALE_EN ? "en" : "zh");
	return operation_run(exchange);
}
