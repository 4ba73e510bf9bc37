#include "operation/bulk.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/id.h"
#include "contract/contract.h"
#include "export/csv.h"
#include "http/problem.h"
#include "operation/answer.h"
#include "operation/batch.h"
#include "operation/change.h"
#include "operation/reading.h"
#include "operation/unit.h"
#include "statements.h"

/* What an idempotency key is bound to; secrets are left out, as everywhere (server/input.c). */
static const char *items_digest(const struct batch *batch)
{
	struct exchange *exchange = batch->exchange;
	json_t *plain = json_array();
	size_t at;
	json_t *item;
	json_array_foreach(batch->items, at, item)
	{
		json_t *copy = json_copy(item);
		for (size_t i = 0; i < batch->item->property_count; i++)
			if (batch->item->properties[i].schema->verbatim)
				json_object_del(copy, batch->item->properties[i].name);
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

static struct problem *run_import(const struct batch *batch, const struct bulk *bulk, struct reply *ret_reply)
{
	struct exchange *exchange = batch->exchange;
	bool is_dry_run = strcmp(values_get(&exchange->values, "dry_run"), "true") == 0;
	bool is_keyed = !is_dry_run && values_get(&exchange->values, "idempotency_key");
	json_t *items = batch->items;
	struct problem *problem = bulk->prepare ? bulk->prepare(batch, is_dry_run, &items) : NULL;
	if (problem)
		return problem;
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
	steps[count++] = (struct db_step){bulk->statement, &exchange->values};
	problem = unit_run(exchange, UNIT_CHANGE, exchange->arena, steps, count, rows);
	if (problem && problem->code == PROBLEM_idempotency_replay) {
		*ret_reply = change_replay(exchange);
		return NULL;
	}
	if (problem && problem->code == PROBLEM_dry_run) {
		*ret_reply = reply_json(200, problem->params, strlen(problem->params));
		return NULL;
	}
	if (problem)
		return problem;
	if (bulk->taken)
		bulk->taken(exchange, db_field(&rows[count - 1], 0, "body"));
	*ret_reply = answer_reply(exchange, 200, &rows[count - 1]);
	return NULL;
}

struct reply bulk_import(struct exchange *exchange, const struct bulk *bulk)
{
	struct batch batch;
	struct reply reply;
	struct problem *problem = batch_read(exchange, &batch);
	if (!problem)
		problem = run_import(&batch, bulk, &reply);
	if (!problem)
		return reply;
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
