#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/arena.h"
#include "contract/contract.h"
#include "handlers.h"
#include "http/conditional.h"
#include "http/problem.h"
#include "operation/operation.h"

/* The words for each of the findings, in the caller's language. */
static void tell_findings(struct exchange *exchange, json_t *findings)
{
	size_t at;
	json_t *item;
	json_array_foreach(findings, at, item)
	{
		char *params = json_dumps(json_object_get(item, "params"), JSON_COMPACT);
		const struct finding finding = {
			.pointer = json_string_value(json_object_get(item, "pointer")),
			.code = json_string_value(json_object_get(item, "code")),
			.params = params,
		};
		json_t *told = json_loads(finding_json(exchange->arena, &finding, exchange->locale), 0, NULL);
		free(params);
		json_array_set_new(findings, at, told);
	}
}

static void tell_items(struct exchange *exchange, json_t *items)
{
	size_t i, j;
	json_t *item, *work;
	json_array_foreach(items, i, item)
	{
		json_array_foreach(json_object_get(item, "work"), j, work)
		{
			tell_findings(exchange, json_object_get(work, "errors"));
			tell_findings(exchange, json_object_get(work, "warnings"));
		}
	}
}

/* A page of deadlines: what submitting would find is the database's to say, and how it is told is not (http/problem.h). */
static struct reply deadlines(struct exchange *exchange)
{
	struct reply reply = operation_run(exchange);
	if (reply.status != 200 || strcmp(reply.media_type, "application/json") != 0)
		return reply;
	json_t *page = json_loadb(reply.body, reply.length, 0, NULL);
	tell_items(exchange, json_object_get(page, "items"));
	char *text = json_dumps(page, JSON_COMPACT);
	json_decref(page);
	arena_defer(exchange->arena, free, text);
	reply.body = text;
	reply.length = strlen(text);
	reply.etag = arena_printf(exchange->arena, "W/%s", etag_make(exchange->arena, NULL, reply.body, reply.length));
	reply_language(&reply, exchange->locale);
	return reply;
}

/* 单位的待办 · What one organization owes. */
struct reply list_deadlines(struct exchange *exchange)
{
	return deadlines(exchange);
}

/* 我的待办 · What the caller's organizations owe. */
struct reply list_my_deadlines(struct exchange *exchange)
{
	return deadlines(exchange);
}
