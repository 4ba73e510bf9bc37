#include "contract/contract.h"

#include "base/arena.h"
#include "handlers.h"
#include "http/conditional.h"

/* 接口契约 · The contract itself, as JSON. */
struct reply get_openapi(struct exchange *exchange)
{
	struct reply reply = reply_json(200, (const char *)contract_json, contract_json_length);
	reply.etag = arena_printf(exchange->arena, "W/%s",
	                          etag_make(exchange->arena, NULL, (const char *)contract_json, contract_json_length));
	reply.compressible = true;
	return reply;
}
