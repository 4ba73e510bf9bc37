#include "auth/caller_cache.h"
#include "handlers.h"
#include "operation/bulk.h"
#include "operation/secret.h"
#include "operation/services.h"
#include "statements.h"

/* 新建用户 · A user, with a first password. */
struct reply create_user(struct exchange *exchange)
{
	return secret_run(exchange, "password");
}

/* 修改用户 · A user, the password among what may change; their roles are looked up anew from their next request on. */
struct reply patch_user(struct exchange *exchange)
{
	struct reply reply = secret_run(exchange, "password");
	caller_cache_drop(exchange->services->caller_cache, values_get(&exchange->values, "user_id"));
	return reply;
}

/* 批量导入用户 · Users from a CSV or a JSON batch, all or none. */
struct reply import_users(struct exchange *exchange)
{
	return bulk_import(exchange, &statement_run_user_import);
}

/* 导出用户 · The users there, with the roles that the caller administers. */
struct reply export_users(struct exchange *exchange)
{
	return bulk_export(exchange, &statement_users_to_export, "users");
}
