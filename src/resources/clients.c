#include "auth/caller_cache.h"
#include "handlers.h"
#include "operation/secret.h"
#include "operation/services.h"

/* 新建 API 客户端 · A program's account, with its secret. */
struct reply create_client(struct exchange *exchange)
{
	return secret_run(exchange, "client_secret");
}

/* 修改 API 客户端 · A program's account, its secret among what may change; its roles are looked up anew from its next request on. */
struct reply patch_client(struct exchange *exchange)
{
	struct reply reply = secret_run(exchange, "client_secret");
	caller_cache_drop(exchange->services->caller_cache, values_get(&exchange->values, "account_id"));
	return reply;
}
