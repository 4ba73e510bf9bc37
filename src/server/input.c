#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/arena_json.h"
#include "base/id.h"
#include "contract/contract.h"
#include "http/conditional.h"
#include "http/problem.h"
#include "server/router.h"
#include "server/stages.h"
#include "server/urlencoded.h"

#define NESTING_LIMIT 32
#define REAL_DIGITS 15 /* what a double always gives back as it was written: 0.1 stays 0.1 */

/* Why a query or a form could not be read, and at which of its pairs. */
static struct problem *pairs_problem(struct exchange *exchange, enum urlencoded_status status, const struct pair *pairs,
                                     bool in_body)
{
	struct arena *arena = exchange->arena;
	if (status == URLENCODED_TOO_MANY) {
		struct problem *problem = problem_create(arena, in_body ? PROBLEM_malformed_body : PROBLEM_invalid_parameter);
		problem_find(problem, in_body ? "" : NULL, in_body ? NULL : "", "too_many_fields",
		             arena_printf(arena, "{\"maximum\":%d}", PAIRS_MAXIMUM));
		return problem;
	}
	struct problem *problem = problem_create(arena, PROBLEM_bad_encoding);
	while (pairs->name && pairs->value)
		pairs++;
	if (pairs->name)
		problem_find(problem, in_body ? arena_printf(arena, "/%s", pairs->name) : NULL, in_body ? NULL : pairs->name,
		             "malformed", NULL);
	return problem;
}

/* Parameters */

static const struct parameter *find_parameter(const struct operation *operation, enum parameter_place place, const char *name)
{
	for (size_t i = 0; i < operation->parameter_count; i++)
		if (operation->parameters[i].place == place && strcmp(operation->parameters[i].name, name) == 0)
			return &operation->parameters[i];
	return NULL;
}

static void check_parameter(struct exchange *exchange, struct problem *problem, const struct parameter *parameter,
                            const char *text)
{
	const char *checked = NULL;
	schema_check_parameter(problem, parameter->schema, parameter->name, text, &checked);
	values_set(&exchange->values, parameter->name, checked);
}

static void check_path(struct exchange *exchange, struct problem *problem)
{
	const struct operation *operation = exchange->operation;
	for (size_t i = 0; i < operation->parameter_count; i++) {
		const struct parameter *parameter = &operation->parameters[i];
		if (parameter->place != PLACE_PATH)
			continue;
		const char *text = router_parameter(exchange->arena, operation, exchange->request.path, parameter->name);
		if (text)
			check_parameter(exchange, problem, parameter, text);
		else
			problem_find(problem, NULL, parameter->name, "malformed", NULL);
	}
}

/* A file is the whole list, unless a limit was asked for. */
static bool is_page_size_of_file(const struct exchange *exchange, const char *name)
{
	return exchange->operation->kind == OPERATION_LIST && exchange->format != FORMAT_JSON && strcmp(name, "limit") == 0;
}

/* The query: each parameter of the contract at most once, and no other. What it returns is a query that cannot be read. */
static struct problem *check_query(struct exchange *exchange, struct problem *problem)
{
	const struct operation *operation = exchange->operation;
	const char *query = exchange->request.query ? exchange->request.query : "";
	struct pair pairs[PAIRS_MAXIMUM] = {0};
	size_t count = 0;
	enum urlencoded_status status = urlencoded_parse(exchange->arena, query, strlen(query), pairs, &count);
	if (status != URLENCODED_OK)
		return pairs_problem(exchange, status, pairs, false);
	for (size_t i = 0; i < count; i++) {
		const struct parameter *parameter = find_parameter(operation, PLACE_QUERY, pairs[i].name);
		bool repeated = false;
		for (size_t j = 0; j < i; j++)
			repeated = repeated || strcmp(pairs[j].name, pairs[i].name) == 0;
		if (!parameter)
			problem_find(problem, NULL, pairs[i].name, "unknown_parameter", NULL);
		else if (repeated)
			problem_find(problem, NULL, pairs[i].name, "repeated_parameter", NULL);
		else
			check_parameter(exchange, problem, parameter, pairs[i].value);
	}
	for (size_t i = 0; i < operation->parameter_count; i++) {
		const struct parameter *parameter = &operation->parameters[i];
		bool given = false;
		for (size_t j = 0; j < count; j++)
			given = given || strcmp(pairs[j].name, parameter->name) == 0;
		if (parameter->place != PLACE_QUERY || given)
			continue;
		if (parameter->required)
			problem_find(problem, NULL, parameter->name, "required", NULL);
		else if (parameter->default_text && !is_page_size_of_file(exchange, parameter->name))
			check_parameter(exchange, problem, parameter, parameter->default_text);
	}
	return NULL;
}

bool stage_parameters(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	(void)dispatcher;
	struct problem *problem = problem_create(exchange->arena, PROBLEM_invalid_parameter);
	check_path(exchange, problem);
	/* What is not an id is the id of nothing. */
	if (problem->findings)
		return stage_refuse(exchange, problem_create(exchange->arena, PROBLEM_not_found));
	struct problem *unreadable = check_query(exchange, problem);
	if (unreadable)
		return stage_refuse(exchange, unreadable);
	if (problem->findings)
		return stage_refuse(exchange, problem);
	return true;
}

/* The body */

/* Deeper than the bound, before the parser would follow it down. Braces inside strings do not count. */
static bool is_too_deep(const char *text, size_t length)
{
	unsigned depth = 0;
	bool in_string = false;
	for (size_t i = 0; i < length; i++) {
		char character = text[i];
		if (in_string) {
			if (character == '\\')
				i++;
			else if (character == '"')
				in_string = false;
		} else if (character == '"') {
			in_string = true;
		} else if (character == '{' || character == '[') {
			if (++depth > NESTING_LIMIT)
				return true;
		} else if ((character == '}' || character == ']') && depth > 0) {
			depth--;
		}
	}
	return false;
}

static struct problem *parse_json(struct exchange *exchange, json_t **ret_body)
{
	const struct request *request = &exchange->request;
	if (is_too_deep(request->body, request->body_length)) {
		struct problem *problem = problem_create(exchange->arena, PROBLEM_malformed_json);
		problem_find(problem, "", NULL, "too_deep", arena_printf(exchange->arena, "{\"maximum\":%d}", NESTING_LIMIT));
		return problem;
	}
	json_error_t error;
	*ret_body = json_loadb(request->body, request->body_length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	/* A NUL after a number is an end to Jansson. */
	bool has_nul = *ret_body && memchr(request->body, '\0', request->body_length);
	if (*ret_body && !has_nul)
		return NULL;
	json_decref(*ret_body);
	bool bad_encoding = json_error_code(&error) == json_error_invalid_utf8;
	struct problem *problem = problem_create(exchange->arena, bad_encoding ? PROBLEM_bad_encoding : PROBLEM_malformed_json);
	if (!has_nul)
		problem->params = arena_printf(exchange->arena, "{\"line\":%d,\"column\":%d}", error.line, error.column);
	if (json_error_code(&error) == json_error_duplicate_key)
		problem_find(problem, "", NULL, "duplicate_key", NULL);
	else if (json_error_code(&error) == json_error_null_character || has_nul)
		problem_find(problem, "", NULL, "control_character", NULL);
	return problem;
}

/* A form is the object of its fields, all of them strings. */
static struct problem *parse_form(struct exchange *exchange, json_t **ret_body)
{
	struct pair pairs[PAIRS_MAXIMUM] = {0};
	size_t count = 0;
	enum urlencoded_status status =
		urlencoded_parse(exchange->arena, exchange->request.body, exchange->request.body_length, pairs, &count);
	if (status != URLENCODED_OK)
		return pairs_problem(exchange, status, pairs, true);
	json_t *body = json_object();
	for (size_t i = 0; i < count; i++) {
		if (json_object_get(body, pairs[i].name)) {
			json_decref(body);
			struct problem *problem = problem_create(exchange->arena, PROBLEM_malformed_body);
			problem_find(problem, "", NULL, "duplicate_key", NULL);
			return problem;
		}
		json_object_set_new(body, pairs[i].name, json_string(pairs[i].value));
	}
	*ret_body = body;
	return NULL;
}

/* Every top-level field under its own name, and the whole as :body and :patch. */
static void bind_body(struct exchange *exchange, const struct schema *schema, json_t *body)
{
	for (size_t i = 0; i < schema->property_count; i++) {
		const struct schema_property *property = &schema->properties[i];
		const json_t *field = json_object_get(body, property->name);
		values_set(&exchange->values, property->name,
		           field ? schema_value_text(exchange->arena, property->schema, field) : NULL);
	}
	char *text = json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS));
	const char *kept = arena_strdup(exchange->arena, text);
	free(text);
	values_set(&exchange->values, "body", kept);
	values_set(&exchange->values, "patch", kept);
}

static struct problem *check_body(struct exchange *exchange)
{
	const struct operation *operation = exchange->operation;
	const struct request *request = &exchange->request;
	if (!operation->body)
		return NULL;
	if (operation->media & MEDIA_CSV && body_media(request) == MEDIA_CSV)
		return NULL; /* its handler reads it row by row, each by the same rules */
	json_t *body = NULL;
	if (request->body_length == 0) {
		if (operation->body_required) {
			struct problem *problem = problem_create(exchange->arena, PROBLEM_malformed_json);
			problem_find(problem, "", NULL, "required", NULL);
			return problem;
		}
		body = json_object();
	} else {
		struct problem *problem =
			body_media(request) == MEDIA_FORM ? parse_form(exchange, &body) : parse_json(exchange, &body);
		if (problem)
			return problem;
	}
	arena_json(exchange->arena, body);
	struct problem *problem = problem_create(exchange->arena, PROBLEM_validation_failed);
	schema_check(problem, operation->body, body, "");
	if (problem->findings)
		return problem;
	exchange->body = body;
	bind_body(exchange, operation->body, body);
	return NULL;
}

/* The version that the change is based on. */
static struct problem *check_if_match(struct exchange *exchange)
{
	if (!exchange->operation->if_match)
		return NULL;
	const char *if_match = request_header(&exchange->request, "If-Match");
	if (!if_match)
		return problem_create(exchange->arena, PROBLEM_if_match_required);
	const char *version;
	if (!etag_version(exchange->arena, if_match, &version)) {
		struct problem *problem = problem_create(exchange->arena, PROBLEM_invalid_if_match);
		problem_find(problem, NULL, "If-Match", "malformed", NULL);
		return problem;
	}
	values_set(&exchange->values, "version", version);
	return NULL;
}

/*
 * What an idempotency key is bound to: the operation, the address, and the body, however it was
 * written. Secrets are left out: a fast hash of a password would be as good as the password.
 */
static const char *payload_digest(struct exchange *exchange)
{
	const struct schema *schema = exchange->operation->body;
	json_t *payload = exchange->body ? json_copy(exchange->body) : json_object();
	for (size_t i = 0; schema && i < schema->property_count; i++)
		if (schema->properties[i].schema->verbatim)
			json_object_del(payload, schema->properties[i].name);
	char *body = json_dumps(payload, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(payload);
	const char *whole = arena_printf(exchange->arena, "%s\n%s\n%s", exchange->operation->id, exchange->request.path, body);
	free(body);
	char *digest = arena_alloc(exchange->arena, DIGEST_SIZE);
	digest_hex(whole, strlen(whole), digest);
	return digest;
}

/* The key, bare or as a quoted string, and a digest of what it is bound to: route and payload. */
static struct problem *check_idempotency_key(struct exchange *exchange)
{
	const struct request *request = &exchange->request;
	const char *header = request_header(request, "Idempotency-Key");
	if (!header || !exchange->operation->idempotent)
		return NULL;
	size_t length = strlen(header);
	bool quoted = length >= 2 && header[0] == '"' && header[length - 1] == '"';
	const char *key = quoted ? arena_strndup(exchange->arena, header + 1, length - 2) : header;
	bool sane = *key && strlen(key) <= 100;
	for (const char *character = key; *character; character++)
		sane = sane && *character > ' ' && *character < 0x7f && *character != '"' && *character != '\\';
	if (!sane) {
		struct problem *problem = problem_create(exchange->arena, PROBLEM_invalid_idempotency_key);
		problem_find(problem, NULL, "Idempotency-Key", "malformed", NULL);
		return problem;
	}
	values_set(&exchange->values, "request_digest", payload_digest(exchange));
	values_set(&exchange->values, "idempotency_key", key);
	return NULL;
}

/* Who asks. Whoever only submits sees nothing but their own organizations' in some lists, and row security, which
 * says so, leads to no index: a line of the statement may. */
static void bind_caller(struct exchange *exchange)
{
	const struct caller *caller = &exchange->caller;
	values_set(&exchange->values, "caller", *caller->account_id ? caller->account_id : NULL);
	values_set(&exchange->values, "session", *caller->session_id ? caller->session_id : NULL);
	values_set(&exchange->values, "own_organizations", caller->roles == ROLE_SUBMITTER ? caller->scopes[0] : NULL);
	values_set(&exchange->values, "request_id", exchange->request_id);
	values_set(&exchange->values, "action", exchange->operation->action);
}

bool stage_body(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	(void)dispatcher;
	bind_caller(exchange);
	struct problem *(*const checks[])(struct exchange *) = {check_body, check_if_match, check_idempotency_key};
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		struct problem *problem = checks[i](exchange);
		if (problem)
			return stage_refuse(exchange, problem);
	}
	return true;
}
