/*
 * Paths and queries: the routes of the contract (server/router.h), their parameters and the pairs of a query
 * (server/urlencoded.h, server/input.c). The input is "METHOD path?query".
 */
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "exchange.h"
#include "server/router.h"
#include "server/stages.h"
#include "server/urlencoded.h"

static void append_escaped(struct buffer *out, const char *text)
{
	for (; *text; text++)
		buffer_printf(out, "%%%02x", (unsigned char)*text);
}

/* Pairs that are written anew, every byte of them escaped, are read as the same. */
static void check_pairs(struct arena *arena, const char *query)
{
	struct pair pairs[PAIRS_MAXIMUM] = {0}, again[PAIRS_MAXIMUM] = {0};
	size_t count = 0, count_again = 0;
	if (urlencoded_parse(arena, query, strlen(query), pairs, &count) != URLENCODED_OK)
		return;
	struct buffer written = buffer_create(arena);
	for (size_t i = 0; i < count; i++) {
		HOLDS(text_is_utf8(pairs[i].name, strlen(pairs[i].name)) && text_is_utf8(pairs[i].value, strlen(pairs[i].value)));
		append_escaped(&written, pairs[i].name);
		buffer_append_string(&written, "=");
		append_escaped(&written, pairs[i].value);
		buffer_append_string(&written, "&");
	}
	HOLDS(urlencoded_parse(arena, written.data, written.length, again, &count_again) == URLENCODED_OK);
	HOLDS(count == count_again);
	for (size_t i = 0; i < count; i++)
		HOLDS(strcmp(pairs[i].name, again[i].name) == 0 && strcmp(pairs[i].value, again[i].value) == 0);
}

/* The operation's path with its parameters' values put in again, every byte of them escaped. */
static const char *write_path(struct arena *arena, const struct operation *operation, const char *path)
{
	struct buffer written = buffer_create(arena);
	for (const char *at = operation->path; *at;) {
		if (*at != '{') {
			buffer_append(&written, at++, 1);
			continue;
		}
		size_t length = strcspn(at, "}") - 1;
		const char *value = router_parameter(arena, operation, path, arena_strndup(arena, at + 1, length));
		if (!value)
			return NULL;
		append_escaped(&written, value);
		at += length + 2;
	}
	return written.data;
}

static const char *write_query(struct arena *arena, const char *query)
{
	struct pair pairs[PAIRS_MAXIMUM] = {0};
	size_t count = 0;
	struct buffer written = buffer_create(arena);
	HOLDS(urlencoded_parse(arena, query, strlen(query), pairs, &count) == URLENCODED_OK);
	for (size_t i = count; i-- > 0;) { /* in another order */
		append_escaped(&written, pairs[i].name);
		buffer_append_string(&written, "=");
		append_escaped(&written, pairs[i].value);
		buffer_append_string(&written, "&");
	}
	return written.data;
}

/* What is taken means the same however it is written; what is refused is the client's fault. */
static void check_parameters(struct arena *arena, const struct operation *operation, const char *path, const char *query)
{
	struct exchange *exchange = fuzz_exchange(arena, operation), *again = fuzz_exchange(arena, operation);
	exchange->request.path = path;
	exchange->request.query = query;
	if (!stage_parameters(NULL, exchange)) {
		fuzz_check_refusal(arena, &exchange->reply);
		return;
	}
	again->request.path = write_path(arena, operation, path);
	again->request.query = write_query(arena, query ? query : "");
	HOLDS(router_find(again->request.path)->operations[operation->method] == operation);
	HOLDS(stage_parameters(NULL, again));
	HOLDS(fuzz_values_are_equal(&exchange->values, &again->values));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	char *query = fuzz_text(arena, bytes, size), *method = strsep(&query, " "), *path = strsep(&query, "?");
	if (query)
		check_pairs(arena, query);
	if (!path)
		return 0;
	const struct path *found = router_find(path);
	const struct operation *operation = found ? found->operations[method_parse(method)] : NULL;
	if (operation)
		check_parameters(arena, operation, path, query);
	return 0;
}
