#include "contract/contract.h"

#include "handlers.h"
#include "operation/answer.h"

/* 接口契约 · The contract itself, as JSON. */
struct reply get_openapi(struct exchange *exchange)
{
	return answer_text(exchange, format_media_type(FORMAT_JSON), (const char *)contract_json, contract_json_length);
}
