#include "operation/answer.h"

#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "contract/contract.h"
#include "http/conditional.h"

const char *answer_etag(struct arena *arena, const struct db_rows *rows)
{
	const char *body = db_field(rows, 0, "body");
	return etag_make(arena, db_field(rows, 0, "version"), body, strlen(body));
}

struct reply answer_reply(struct exchange *exchange, unsigned status, const struct db_rows *rows)
{
	const char *body = db_field(rows, 0, "body");
	struct reply reply = reply_json(status, body, strlen(body));
	reply.etag = answer_etag(exchange->arena, rows);
	return reply;
}

void answer_set_text(struct exchange *exchange, struct reply *reply, const char *text, size_t length)
{
	reply->body = text;
	reply->length = length;
	reply->compressible = true;
	reply->etag = arena_printf(exchange->arena, "W/%s", etag_make(exchange->arena, NULL, text, length));
}

struct reply answer_text(struct exchange *exchange, const char *media_type, const char *text, size_t length)
{
	struct reply reply = {.status = 200, .media_type = media_type};
	answer_set_text(exchange, &reply, text, length);
	return reply;
}

const struct values *answer_values(struct exchange *exchange)
{
	const struct operation *operation = exchange->operation;
	struct values *values = arena_alloc(exchange->arena, sizeof *values);
	*values = exchange->values;
	for (size_t i = 0; i < operation->answer_value_count; i++) {
		const struct answer_value *value = &operation->answer_values[i];
		values_set(values, value->name, values_get(&exchange->values, value->from));
	}
	return values;
}

const char *answer_path(struct arena *arena, const struct operation *operation, const struct values *values)
{
	struct buffer path = buffer_create(arena);
	const char *template = operation->path;
	while (*template) {
		size_t literal = strcspn(template, "{");
		buffer_append(&path, template, literal);
		template += literal;
		if (!*template)
			break;
		size_t name = strcspn(template, "}");
		buffer_append_string(&path, values_get(values, arena_strndup(arena, template + 1, name - 1)));
		template += name + 1;
	}
	return path.data;
}
