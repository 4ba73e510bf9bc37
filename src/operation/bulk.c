#include "operation/bulk.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "auth/caller_cache.h"
#include "auth/password.h"
#include "base/arena.h"
#include "base/arena_json.h"
#include "base/buffer.h"
#include "base/id.h"
#include "constants.h"
#include "contract/contract.h"
#include "contract/vocabulary.h"
#include "export/csv.h"
#include "http/problem.h"
#include "operation/answer.h"
#include "operation/batch.h"
#include "operation/change.h"
#include "operation/identity.h"
#include "operation/reading.h"
#include "operation/services.h"
#include "operation/unit.h"
#include "statements.h"

#define PASSWORDS_MAXIMUM 100 /* of one import: each costs some 20 ms to hash */

/* Passwords */

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

/* The items as the database takes them, which go with the exchange. */
static struct problem *hash_passwords(const struct batch *batch, bool is_dry_run, json_t **ret_items)
{
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

/* What an idempotency key is bound to; passwords are left out, as everywhere (server/input.c). */
static const char *items_digest(const struct batch *batch)
{
	struct exchange *exchange = batch->exchange;
	json_t *plain = json_array();
	size_t at;
	json_t *item;
	json_array_foreach(batch->items, at, item)
	{
		json_t *copy = json_copy(item);
		json_object_del(copy, "password");
		json_array_append_new(plain, copy);
	}
	char *text = json_dumps(plain, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(plain);
	const char *whole =
		arena_printf(exchange->arena, "%s\n%s\n%s", exchange->operation->id, values_get(&exchange->values, "mode"), text);
	free(text);
	char *digest = arena_alloc(exchange->arena, DIGEST_SIZE);
	digest_hex(whole, strlen(whole), digest);
	return digest;
}

/* The import */

/* Whoever has changed acts by their new roles from the next request on. */
static void drop_cached(struct exchange *exchange, const char *summary)
{
	json_t *body = json_loads(summary, 0, NULL);
	size_t at;
	json_t *item;
	json_array_foreach(json_object_get(body, "items"), at,
	                   item) if (vocabulary_place(import_result_codes, json_string_value(json_object_get(item, "result"))) ==
	                             IMPORT_RESULT_updated)
		caller_cache_drop(exchange->services->caller_cache, json_string_value(json_object_get(item, "id")));
	json_decref(body);
}

static struct reply run_import(const struct batch *batch, const struct statement *statement)
{
	struct exchange *exchange = batch->exchange;
	bool is_dry_run = strcmp(values_get(&exchange->values, "dry_run"), "true") == 0;
	bool is_keyed = !is_dry_run && values_get(&exchange->values, "idempotency_key");
	json_t *items;
	struct problem *problem = hash_passwords(batch, is_dry_run, &items);
	if (problem)
		return problem_reply(exchange, problem);
	char *text = json_dumps(items, JSON_COMPACT);
	values_set(&exchange->values, "items", arena_strdup(exchange->arena, text));
	free(text);
	values_set(&exchange->values, "operation", exchange->operation->id);
	values_set(&exchange->values, "request_digest", items_digest(batch));

	struct db_step steps[UNIT_STEPS];
	struct db_rows rows[UNIT_STEPS];
	size_t count = 0;
	if (is_keyed)
		steps[count++] = (struct db_step){&statement_claim_idempotency_key, &exchange->values};
	steps[count++] = (struct db_step){statement, &exchange->values};
	problem = unit_run(exchange, UNIT_CHANGE, exchange->arena, steps, count, rows);
	if (problem && problem->code == PROBLEM_idempotency_replay)
		return change_replay(exchange);
	if (problem && problem->code == PROBLEM_dry_run)
		return reply_json(200, problem->params, strlen(problem->params));
	if (problem) {
		batch_add_places(batch, problem);
		return problem_reply(exchange, problem);
	}
	drop_cached(exchange, db_field(&rows[count - 1], 0, "body"));
	return answer_reply(exchange, 200, &rows[count - 1]);
}

struct reply bulk_import(struct exchange *exchange, const struct statement *statement)
{
	struct batch batch;
	struct problem *problem = batch_read(exchange, &batch);
	if (!problem)
		problem = count_passwords(&batch);
	if (!problem)
		return run_import(&batch, statement);
	batch_add_places(&batch, problem);
	return problem_reply(exchange, problem);
}

/* The export, in the columns of the import */

struct reply bulk_export(struct exchange *exchange, const struct statement *statement, const char *name)
{
	struct db_rows rows;
	struct problem *problem = reading_rows(exchange, statement, &rows);
	if (problem)
		return problem_reply(exchange, problem);
	struct buffer body = buffer_create(exchange->arena);
	if (strcmp(values_get(&exchange->values, "bom"), "true") == 0)
		buffer_append_string(&body, CSV_MARK);
	for (size_t i = 0; i < rows.columns; i++)
		buffer_printf(&body, "%s%s", i > 0 ? "," : "", rows.names[i]);
	buffer_append_string(&body, "\r\n");
	for (size_t i = 0; i < rows.rows; i++) {
		for (size_t j = 0; j < rows.columns; j++) {
			buffer_append(&body, ",", j > 0);
			csv_append_cell(&body, rows.fields[i * rows.columns + j]);
		}
		buffer_append_string(&body, "\r\n");
	}
	struct reply reply = answer_text(exchange, CSV_MEDIA_TYPE, body.data, body.length);
	reply_header(&reply, "Content-Disposition", arena_printf(exchange->arena, "attachment; filename=\"%s.csv\"", name));
	return reply;
}
