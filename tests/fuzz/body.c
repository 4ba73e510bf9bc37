/*
 * Bodies, JSON and forms, and the rules of the operation that takes them (server/input.c, contract/schema.h). The input's
 * first line is the operation and the Content-Type, the rest the body: "create_activity application/json".
 */
#include <math.h>
#include <string.h>

#include <yajl/yajl_tree.h>

#include "base/text.h"
#include "contract/equal.h"
#include "exchange.h"
#include "http/problem.h"
#include "server/stages.h"

#define FORM "application/x-www-form-urlencoded"

/* A string as it was sent, or as text.h makes it. */
static bool is_same_string(struct arena *arena, const json_t *ours, const char *theirs)
{
	char *normal = NULL;
	return theirs && (strcmp(theirs, json_string_value(ours)) == 0 ||
	                  (text_normalize(arena, theirs, strlen(theirs), &normal) == TEXT_OK &&
	                   strcmp(normal, json_string_value(ours)) == 0));
}

static bool is_same_number(const json_t *ours, yajl_val theirs)
{
	if (json_is_integer(ours) && YAJL_IS_INTEGER(theirs))
		return json_integer_value(ours) == YAJL_GET_INTEGER(theirs);
	double one = json_number_value(ours), other = YAJL_IS_NUMBER(theirs) ? strtod(YAJL_GET_NUMBER(theirs), NULL) : NAN;
	return fabs(one - other) <= fabs(one) * 1e-14; /* as many digits as are kept */
}

static yajl_val find(yajl_val object, const char *name)
{
	for (size_t i = 0; i < YAJL_GET_OBJECT(object)->len; i++)
		if (strcmp(YAJL_GET_OBJECT(object)->keys[i], name) == 0)
			return YAJL_GET_OBJECT(object)->values[i];
	return NULL;
}

/* Whether the parser that sciday uses and another one have read the same. */
static bool is_same(struct arena *arena, json_t *ours, yajl_val theirs)
{
	const char *name;
	json_t *value;
	switch (json_typeof(ours)) {
	case JSON_NULL:
		return YAJL_IS_NULL(theirs);
	case JSON_TRUE:
		return YAJL_IS_TRUE(theirs);
	case JSON_FALSE:
		return YAJL_IS_FALSE(theirs);
	case JSON_INTEGER:
	case JSON_REAL:
		return is_same_number(ours, theirs);
	case JSON_STRING:
		return is_same_string(arena, ours, YAJL_GET_STRING(theirs));
	case JSON_ARRAY:
		if (!YAJL_IS_ARRAY(theirs) || YAJL_GET_ARRAY(theirs)->len != json_array_size(ours))
			return false;
		for (size_t i = 0; i < json_array_size(ours); i++)
			if (!is_same(arena, json_array_get(ours, i), YAJL_GET_ARRAY(theirs)->values[i]))
				return false;
		return true;
	case JSON_OBJECT:
		if (!YAJL_IS_OBJECT(theirs) || YAJL_GET_OBJECT(theirs)->len != json_object_size(ours))
			return false;
		json_object_foreach(ours, name, value) if (!is_same(arena, value, find(theirs, name))) return false;
		return true;
	}
	return false;
}

/* Whether the text is, for another parser, this one value and nothing behind it. */
static bool says(struct arena *arena, const char *text, size_t length, json_t *value)
{
	char error[256];
	yajl_val theirs = yajl_tree_parse(arena_strndup(arena, text, length), error, sizeof error);
	bool is_it = theirs && strnlen(text, length) == length && is_same(arena, value, theirs);
	yajl_tree_free(theirs);
	return is_it;
}

/* What was taken is what another parser reads in it, is bound as that, and would be taken again and not be changed. */
static void check_taken(struct arena *arena, struct exchange *exchange, bool is_json)
{
	const struct request *request = &exchange->request;
	json_t *body = exchange->body;
	if (is_json && request->body_length > 0)
		HOLDS(says(arena, request->body, request->body_length, body));
	const char *bound = values_get(&exchange->values, "body");
	HOLDS(says(arena, bound, strlen(bound), body));

	json_t *again = arena_json(arena, json_deep_copy(body));
	struct problem *problem = problem_create(arena, PROBLEM_validation_failed);
	schema_check(problem, exchange->operation->body, again, "");
	HOLDS(!problem->findings && equal(body, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	char *type = fuzz_line(arena, &bytes, &size), *name = strsep(&type, " ");
	const struct operation *operation = fuzz_operation(name);
	struct exchange *exchange = fuzz_exchange(arena, operation);
	const struct header headers[] = {{"Content-Type", type ? type : "application/json"}, {"If-Match", "\"1-0\""}};
	exchange->request.headers = headers;
	exchange->request.header_count = sizeof headers / sizeof *headers;
	exchange->request.body = (const char *)bytes;
	exchange->request.body_length = size;

	static const struct dispatcher dispatcher = {.body_limit = 1024 * 1024};
	if (!stage_negotiate(&dispatcher, exchange) || !stage_body(&dispatcher, exchange))
		fuzz_check_refusal(arena, &exchange->reply);
	else if (exchange->body)
		check_taken(arena, exchange, strncasecmp(headers[0].value, FORM, strlen(FORM)) != 0);
	return 0;
}
