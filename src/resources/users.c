#include <jansson.h>

#include "auth/caller_cache.h"
#include "auth/password.h"
#include "base/arena.h"
#include "base/arena_json.h"
#include "constants.h"
#include "contract/vocabulary.h"
#include "handlers.h"
#include "http/problem.h"
#include "operation/batch.h"
#include "operation/bulk.h"
#include "operation/identity.h"
#include "operation/secret.h"
#include "operation/services.h"
#include "statements.h"

#define PASSWORDS_MAXIMUM 100 /* of one import: each costs some 20 ms to hash */

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

static struct problem *count_passwords(const struct batch *batch)
{
	size_t count = 0, at;
	json_t *item;
	json_array_foreach(batch->items, at, item) count += json_object_get(item, "password") != NULL;
	if (count <= PASSWORDS_MAXIMUM)
		return NULL;
	struct problem *problem = problem_create(batch->exchange->arena, PROBLEM_validation_failed);
	problem_find(problem, "/items", NULL, "too_many_passwords",
	             arena_printf(batch->exchange->arena, "{\"maximum\":%d}", PASSWORDS_MAXIMUM));
	return problem;
}

/* Instead of the item's password its hash, or in a dry run only that there is one. */
static struct problem *hash_password(struct exchange *exchange, json_t *item, bool is_dry_run)
{
	const char *password = json_string_value(json_object_get(item, "password")), *hash = "";
	if (!password)
		return NULL;
	struct problem *problem = is_dry_run ? NULL : password_hash(exchange->arena, identity_who(exchange), password, &hash);
	if (problem)
		return problem;
	json_object_del(item, "password");
	json_object_set_new(item, "password_hash", json_string(hash));
	return NULL;
}

static struct problem *hash_passwords(const struct batch *batch, bool is_dry_run, json_t **ret_items)
{
	struct problem *too_many = count_passwords(batch);
	if (too_many)
		return too_many;
	json_t *hashed = arena_json(batch->exchange->arena, json_array());
	size_t at;
	json_t *item;
	json_array_foreach(batch->items, at, item)
	{
		json_t *copy = json_copy(item);
		json_array_append_new(hashed, copy);
		struct problem *problem = hash_password(batch->exchange, copy, is_dry_run);
		if (problem)
			return problem;
	}
	*ret_items = hashed;
	return NULL;
}

/* Whoever has changed acts by their new roles from the next request on. */
static void drop_changed(struct exchange *exchange, const char *answer)
{
	json_t *body = json_loads(answer, 0, NULL);
	size_t at;
	json_t *item;
	json_array_foreach(json_object_get(body, "items"), at,
	                   item) if (vocabulary_place(import_result_codes, json_string_value(json_object_get(item, "result"))) ==
	                             IMPORT_RESULT_updated)
		caller_cache_drop(exchange->services->caller_cache, json_string_value(json_object_get(item, "id")));
	json_decref(body);
}

/* 批量导入用户 · Users from a CSV or a JSON batch, all or none. */
struct reply import_users(struct exchange *exchange)
{
	static const struct bulk users = {&statement_run_user_import, hash_passwords, drop_changed};
	return bulk_import(exchange, &users);
}

/* 导出用户 · The users there, with the roles that the caller administers. */
struct reply export_users(struct exchange *exchange)
{
	return bulk_export(exchange, &statement_users_to_export, "users");
}
