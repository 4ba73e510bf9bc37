#include "http/problem.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/buffer.h"

/* Texts are indexed by enum locale. */
struct problem_text {
	const char *code;
	unsigned status;
	const char *title[2];
	const char *detail[2];
};

struct coded_text {
	const char *code;
	const char *text[2];
};

static const struct problem_text problems[] = {
#define PROBLEM(code_, status_, title_en, title_zh, detail_en, detail_zh) \
	{.code = #code_, \
	 .status = (status_), \
	 .title = {[LOCALE_ZH_CN] = (title_zh), [LOCALE_EN] = (title_en)}, \
	 .detail = {[LOCALE_ZH_CN] = (detail_zh), [LOCALE_EN] = (detail_en)}},
#define FINDING(code_, detail_en, detail_zh)
#include "http/problems.def"
#undef PROBLEM
#undef FINDING
};

static const struct coded_text findings[] = {
#define PROBLEM(code_, status_, title_en, title_zh, detail_en, detail_zh)
#define FINDING(code_, detail_en, detail_zh) {.code = #code_, .text = {[LOCALE_ZH_CN] = (detail_zh), [LOCALE_EN] = (detail_en)}},
#include "http/problems.def"
#undef PROBLEM
#undef FINDING
};

/* The code of a word is "param=code". */
static const struct coded_text words[] = {
#define WORD(param, code_, en, zh) {.code = #param "=" #code_, .text = {[LOCALE_ZH_CN] = (zh), [LOCALE_EN] = (en)}},
#include "http/words.def"
#undef WORD
};

#define UNAVAILABLE_SECONDS 2

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The text of this code in the table, or `otherwise`. */
static const char *look_up(const struct coded_text *table, size_t count, const char *code, enum locale locale,
                           const char *otherwise)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(table[i].code, code) == 0)
			return table[i].text[locale];
	return otherwise;
}

struct problem *problem_create(struct arena *arena, enum problem_code code)
{
	struct problem *problem = arena_alloc(arena, sizeof(*problem));
	problem->arena = arena;
	problem->code = code;
	problem->last = &problem->findings;
	if (problems[code].status == 503)
		problem->retry_after = UNAVAILABLE_SECONDS; /* whoever knows better says so */
	return problem;
}

enum problem_code problem_code_parse(const char *name)
{
	for (enum problem_code code = 0; code < PROBLEM_COUNT; code++)
		if (strcmp(problems[code].code, name) == 0)
			return code;
	return PROBLEM_internal;
}

const char *problem_code_name(enum problem_code code)
{
	return problems[code].code;
}

unsigned problem_status(enum problem_code code)
{
	return problems[code].status;
}

void problem_find(struct problem *problem, const char *pointer, const char *parameter, const char *code, const char *params)
{
	struct finding *finding = arena_alloc(problem->arena, sizeof(*finding));
	finding->pointer = arena_strdup(problem->arena, pointer);
	finding->parameter = arena_strdup(problem->arena, parameter);
	finding->code = arena_strdup(problem->arena, code);
	finding->params = arena_strdup(problem->arena, params);
	*problem->last = finding;
	problem->last = &finding->next;
}

/* The params as an object that the caller owns: empty when there are none, or when they are none. */
static json_t *params_parse(const char *params)
{
	json_t *object = params ? json_loads(params, JSON_REJECT_DUPLICATES, NULL) : NULL;
	if (json_is_object(object))
		return object;
	json_decref(object);
	return json_object();
}

/* The JSON text in the arena; ends the value. */
static const char *dump(struct arena *arena, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);
	json_decref(value);
	if (!text)
		abort(); /* only memory can have run out */
	arena_defer(arena, free, text);
	return text;
}

/* NULL for an empty object, which is as good as none; ends the object. */
static const char *dump_params(struct arena *arena, json_t *params)
{
	if (json_object_size(params) > 0)
		return dump(arena, params);
	json_decref(params);
	return NULL;
}

struct problem *problem_create_from(struct arena *arena, const char *code, const char *params)
{
	struct problem *problem = problem_create(arena, problem_code_parse(code));
	if (problem->code == PROBLEM_internal)
		problem->cause = arena_printf(arena, "the database told of a problem \"%s\"", code);

	json_t *rest = params_parse(params);
	const json_t *errors = json_object_get(rest, "errors");
	for (size_t i = 0; i < json_array_size(errors); i++) {
		const json_t *error = json_array_get(errors, i);
		const char *finding = json_string_value(json_object_get(error, "code"));
		json_t *finding_params = json_incref(json_object_get(error, "params"));
		problem_find(problem, json_string_value(json_object_get(error, "pointer")),
		             json_string_value(json_object_get(error, "parameter")), finding ? finding : "invalid",
		             dump_params(arena, finding_params));
	}
	json_object_del(rest, "errors");
	json_int_t retry_after = json_integer_value(json_object_get(rest, "retry_after"));
	if (retry_after > 0)
		problem->retry_after = (unsigned)retry_after;
	json_object_del(rest, "retry_after");
	problem->params = dump_params(arena, rest);
	return problem;
}

/* A plain date as a Chinese document writes it; false if the text is none. */
static bool append_chinese_date(struct buffer *out, const char *text)
{
	static const char shape[] = "dddd-dd-dd";
	if (strlen(text) != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != '-')
			return false;
	buffer_printf(out, "%ld年%ld月%ld日", strtol(text, NULL, 10), strtol(text + 5, NULL, 10), strtol(text + 8, NULL, 10));
	return true;
}

static bool append_text(struct buffer *out, const char *name, const char *text, enum locale locale)
{
	if (*text == '\0')
		return false;
	if (locale == LOCALE_ZH_CN && append_chinese_date(out, text))
		return true;
	const char *code = arena_printf(out->arena, "%s=%s", name, text);
	buffer_append_string(out, look_up(words, COUNT(words), code, locale, text));
	return true;
}

/* A param that is no list, as a person reads it; false if there is nothing to read. */
static bool append_scalar(struct buffer *out, const char *name, const json_t *value, enum locale locale)
{
	if (json_is_string(value))
		return append_text(out, name, json_string_value(value), locale);
	if (json_is_integer(value))
		buffer_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		buffer_printf(out, "%.15g", json_real_value(value));
	else if (json_is_boolean(value))
		buffer_append_string(out, json_is_true(value) ? "true" : "false");
	else
		return false;
	return true;
}

static bool append_value(struct buffer *out, const char *name, const json_t *value, enum locale locale)
{
	if (!json_is_array(value))
		return append_scalar(out, name, value, locale);
	for (size_t i = 0; i < json_array_size(value); i++) {
		if (i > 0)
			buffer_append_string(out, locale == LOCALE_EN ? ", " : "、");
		if (!append_scalar(out, name, json_array_get(value, i), locale))
			return false;
	}
	return json_array_size(value) > 0;
}

/* Appends a part of a template with its {name}s filled; false if one had nothing to be filled with. */
static bool fill_part(struct buffer *out, const char *part, size_t length, const json_t *params, enum locale locale)
{
	bool complete = true;
	const char *end = part + length;
	while (part < end) {
		const char *open = memchr(part, '{', (size_t)(end - part));
		const char *close = open ? memchr(open, '}', (size_t)(end - open)) : NULL;
		if (!close) {
			buffer_append(out, part, (size_t)(end - part));
			return complete;
		}
		buffer_append(out, part, (size_t)(open - part));
		const char *name = arena_strndup(out->arena, open + 1, (size_t)(close - open - 1));
		if (!append_value(out, name, json_object_get(params, name), locale)) {
			buffer_append_string(out, "…");
			complete = false;
		}
		part = close + 1;
	}
	return complete;
}

/* The template filled from the params, its [optional parts] left out where they cannot be. */
static const char *fill(struct arena *arena, const char *template, const json_t *params, enum locale locale)
{
	struct buffer out = buffer_create(arena);
	while (*template) {
		size_t plain = strcspn(template, "[");
		fill_part(&out, template, plain, params, locale);
		template += plain;
		if (*template == '\0')
			break;
		size_t optional = strcspn(++template, "]");
		size_t before = out.length;
		if (!fill_part(&out, template, optional, params, locale)) {
			out.length = before;
			out.data[before] = '\0';
		}
		template += optional + (template[optional] == ']');
	}
	return out.data;
}

/* What is wrong in a file begins with where. */
static const char *finding_text(struct arena *arena, const struct finding *finding, const json_t *params, enum locale locale)
{
	const char *otherwise = look_up(findings, COUNT(findings), "invalid", locale, "");
	const char *text = fill(arena, look_up(findings, COUNT(findings), finding->code, locale, otherwise), params, locale);
	if (!json_object_get(params, "line"))
		return text;
	const char *place = locale == LOCALE_EN ? "Line {line}[, {column}]: " : "第{line}行[，{column}]：";
	return arena_printf(arena, "%s%s", fill(arena, place, params, locale), text);
}

/* NULL leaves the member out. */
static void set_string(json_t *object, const char *name, const char *text)
{
	if (text)
		json_object_set_new(object, name, json_string(text));
}

static json_t *finding_object(struct arena *arena, const struct finding *finding, enum locale locale)
{
	json_t *params = params_parse(finding->params);
	json_t *object = json_object();
	set_string(object, "pointer", finding->pointer);
	set_string(object, "parameter", finding->parameter);
	set_string(object, "code", finding->code);
	set_string(object, "detail", finding_text(arena, finding, params, locale));
	if (json_object_size(params) > 0)
		json_object_set(object, "params", params);
	json_decref(params);
	return object;
}

const char *finding_json(struct arena *arena, const struct finding *finding, enum locale locale)
{
	return dump(arena, finding_object(arena, finding, locale));
}

/* What fills the detail: the params, and what the headers say. */
static const char *problem_detail(struct arena *arena, const struct problem *problem, json_t *params, enum locale locale)
{
	json_t *all = json_copy(params);
	set_string(all, "allow", problem->allow);
	if (problem->retry_after > 0)
		json_object_set_new(all, "retry_after", json_integer(problem->retry_after));
	const char *detail = fill(arena, problems[problem->code].detail[locale], all, locale);
	json_decref(all);
	return detail;
}

/* A path as it came may hold bytes that no URI has (RFC 3986, section 2); they are percent-encoded. */
static const char *path_reference(struct arena *arena, const char *path)
{
	if (!path)
		return NULL;
	struct buffer out = buffer_create(arena);
	for (; *path; path++) {
		unsigned char byte = (unsigned char)*path;
		if (byte > 0x20 && byte < 0x7F && !strchr("\"<>\\^`{|}", byte))
			buffer_append(&out, path, 1);
		else
			buffer_printf(&out, "%%%02X", byte);
	}
	return out.data;
}

static void set_errors(json_t *object, const struct exchange *exchange, const struct problem *problem)
{
	if (!problem->findings)
		return;
	json_t *errors = json_array();
	for (const struct finding *finding = problem->findings; finding; finding = finding->next)
		json_array_append_new(errors, finding_object(exchange->arena, finding, exchange->locale));
	json_object_set_new(object, "errors", errors);
}

static json_t *problem_object(const struct exchange *exchange, const struct problem *problem)
{
	struct arena *arena = exchange->arena;
	const struct problem_text *text = &problems[problem->code];
	json_t *params = params_parse(problem->params);
	json_t *object = json_object();
	set_string(object, "type", arena_printf(arena, "/problems/%s", text->code));
	set_string(object, "title", text->title[exchange->locale]);
	json_object_set_new(object, "status", json_integer(text->status));
	set_string(object, "detail", problem_detail(arena, problem, params, exchange->locale));
	set_string(object, "instance", path_reference(arena, exchange->request.path));
	set_string(object, "code", text->code);
	set_string(object, "request_id", exchange->request_id);
	set_errors(object, exchange, problem);
	/* Last, and only what is missing: no param may pass for one of the members above. */
	json_object_update_missing(object, params);
	json_decref(params);
	return object;
}

/* RFC 6750, section 3, for access tokens; RFC 6749, section 5.2, for a client that came with Basic. NULL: none. */
static const char *challenge(const struct exchange *exchange, enum problem_code code)
{
	switch (code) {
	case PROBLEM_unauthenticated:
	case PROBLEM_invalid_link:
		return "Bearer realm=\"sciday\"";
	case PROBLEM_invalid_token:
		return "Bearer error=\"invalid_token\"";
	case PROBLEM_forbidden:
		return "Bearer error=\"insufficient_scope\"";
	case PROBLEM_invalid_client:
		/* A Basic challenge to whoever did not use it would open a browser's own dialogue. */
		return request_header(&exchange->request, "Authorization") ? "Basic realm=\"sciday\"" : "Bearer realm=\"sciday\"";
	default:
		return NULL;
	}
}

void reply_language(struct reply *reply, enum locale locale)
{
	reply_header(reply, "Content-Language", locale == LOCALE_EN ? "en" : "zh-CN");
}

struct reply problem_reply(struct exchange *exchange, const struct problem *problem)
{
	exchange->problem = problems[problem->code].code;
	if (problem->cause)
		exchange->cause = problem->cause;

	const char *body = dump(exchange->arena, problem_object(exchange, problem));
	struct reply reply = reply_json(problems[problem->code].status, body, strlen(body));
	reply.media_type = "application/problem+json";
	reply.etag = problem->etag;
	reply_language(&reply, exchange->locale);
	const char *authenticate = challenge(exchange, problem->code);
	if (authenticate)
		reply_header(&reply, "WWW-Authenticate", authenticate);
	if (problem->retry_after > 0)
		reply_header(&reply, "Retry-After", arena_printf(exchange->arena, "%u", problem->retry_after));
	if (problem->allow)
		reply_header(&reply, "Allow", problem->allow);
	return reply;
}

struct reply problem_reply_code(struct exchange *exchange, enum problem_code code)
{
	return problem_reply(exchange, problem_create(exchange->arena, code));
}
