#include "operation/bulk.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
#include "import/charset.h"
#include "import/csv_table.h"
#include "operation/answer.h"
#include "operation/change.h"
#include "operation/identity.h"
#include "operation/reading.h"
#include "operation/services.h"
#include "operation/unit.h"
#include "statements.h"

#define ROWS_MAXIMUM 2000     /* of a CSV; a JSON batch is bounded by its schema */
#define PASSWORDS_MAXIMUM 100 /* of one import: each costs some 20 ms to hash */

/* What is being imported: its items, and, of a CSV, where each came from. */
struct import {
	struct exchange *exchange;
	const struct schema *item; /* the rules of one */
	json_t *items;
	bool is_csv;
	struct csv_table table; /* its first row is the header */
};

/* CSV → items */

/* The charset parameter of the Content-Type, without quotes; NULL if there is none. */
static const char *content_charset(const struct exchange *exchange)
{
	const char *type = request_header(&exchange->request, "Content-Type");
	const char *found = type ? strcasestr(type, "charset=") : NULL;
	if (!found)
		return NULL;
	found += strlen("charset=");
	found += *found == '"';
	return arena_strndup(exchange->arena, found, strcspn(found, "\"; \t"));
}

static struct problem *decode(struct import *import, const char **ret_text, size_t *ret_length)
{
	struct exchange *exchange = import->exchange;
	size_t line = 0;
	switch (charset_decode(exchange->arena, content_charset(exchange), exchange->request.body, exchange->request.body_length,
	                       ret_text, ret_length, &line)) {
	case CHARSET_OK:
		return NULL;
	case CHARSET_UNKNOWN: {
		struct problem *problem = problem_create(exchange->arena, PROBLEM_unsupported_media_type);
		problem->params = "{\"accepted\":[\"text/csv; charset=utf-8\",\"text/csv; charset=gb18030\"]}";
		return problem;
	}
	case CHARSET_MALFORMED:
		break;
	}
	struct problem *problem = problem_create(exchange->arena, PROBLEM_malformed_csv);
	problem->params = arena_printf(exchange->arena, "{\"line\":%zu}", line);
	problem_find(problem, "", NULL, "bad_characters", problem->params);
	return problem;
}

static struct problem *csv_problem(struct exchange *exchange, enum csv_status status, struct csv_place place)
{
	static const char *const codes[] = {
		[CSV_STRAY_QUOTE] = "stray_quote",
		[CSV_UNTERMINATED_QUOTE] = "unterminated_quote",
		[CSV_TOO_MANY_COLUMNS] = "too_many_columns",
	};
	if (status == CSV_TOO_MANY_ROWS) {
		struct problem *problem = problem_create(exchange->arena, PROBLEM_validation_failed);
		problem_find(problem, "/items", NULL, "too_many_items",
		             arena_printf(exchange->arena, "{\"maximum\":%d}", ROWS_MAXIMUM));
		return problem;
	}
	struct problem *problem = problem_create(exchange->arena, PROBLEM_malformed_csv);
	problem->params = place.character > 0
	                          ? arena_printf(exchange->arena, "{\"line\":%zu,\"character\":%zu}", place.line, place.character)
	                          : arena_printf(exchange->arena, "{\"line\":%zu}", place.line);
	problem_find(problem, "", NULL, codes[status], problem->params);
	return problem;
}

static const struct schema_property *find_property(const struct schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->property_count; i++)
		if (strcmp(schema->properties[i].name, name) == 0)
			return &schema->properties[i];
	return NULL;
}

static const char *column_params(struct exchange *exchange, size_t line, const char *column)
{
	struct buffer params = buffer_create(exchange->arena);
	buffer_printf(&params, "{\"line\":%zu,\"column\":", line);
	buffer_append_json(&params, column);
	buffer_append(&params, "}", 1);
	return params.data;
}

/* The header names fields, each once, and all that are required; their order is free. */
static void check_header(const struct import *import, struct problem *problem)
{
	struct exchange *exchange = import->exchange;
	if (import->table.count == 0) {
		problem_find(problem, "", NULL, "header_required", "{\"line\":1}");
		return;
	}
	const struct csv_row *header = &import->table.rows[0];
	for (size_t i = 0; i < header->count; i++) {
		bool repeated = false;
		for (size_t j = 0; j < i; j++)
			repeated = repeated || strcmp(header->cells[i], header->cells[j]) == 0;
		if (!find_property(import->item, header->cells[i]))
			problem_find(problem, "", NULL, "unknown_column",
			             column_params(exchange, header->line, header->cells[i]));
		else if (repeated)
			problem_find(problem, "", NULL, "repeated_column",
			             column_params(exchange, header->line, header->cells[i]));
	}
	for (size_t i = 0; i < import->item->property_count; i++) {
		const struct schema_property *property = &import->item->properties[i];
		bool given = !property->required;
		for (size_t j = 0; j < header->count; j++)
			given = given || strcmp(header->cells[j], property->name) == 0;
		if (!given)
			problem_find(problem, "", NULL, "missing_column", column_params(exchange, header->line, property->name));
	}
}

/* "submitter@320100 reviewer@jiangsu": a role at an organization, one after the other. */
static json_t *read_memberships(struct arena *arena, const char *cell)
{
	static const char separators[] = " \t\r\n;,";
	json_t *memberships = json_array();
	for (cell += strspn(cell, separators); *cell; cell += strspn(cell, separators)) {
		size_t length = strcspn(cell, separators);
		const char *word = arena_strndup(arena, cell, length);
		size_t role = strcspn(word, "@");
		json_t *membership = json_object();
		json_object_set_new(membership, "role", json_stringn(word, role));
		if (word[role])
			json_object_set_new(membership, "organization_code", json_string(word + role + 1));
		json_array_append_new(memberships, membership);
		cell += length;
	}
	return memberships;
}

/* As spreadsheets write it; what is neither stays a text, for the schema to refuse. */
static json_t *read_boolean(const char *cell)
{
	if (strcasecmp(cell, "true") == 0 || strcmp(cell, "1") == 0 || strcmp(cell, "是") == 0)
		return json_true();
	if (strcasecmp(cell, "false") == 0 || strcmp(cell, "0") == 0 || strcmp(cell, "否") == 0)
		return json_false();
	return json_string(cell);
}

static json_t *read_integer(const char *cell)
{
	char *end;
	errno = 0;
	long long number = strtoll(cell, &end, 10);
	return *end || errno ? json_string(cell) : json_integer(number);
}

/* What the cell says in the type of its field; NULL for an empty cell of a field that cannot be null: it says nothing. */
static json_t *read_cell(struct arena *arena, const struct schema *schema, const char *cell)
{
	if (!*cell)
		return schema->types & SCHEMA_NULL ? json_null() : NULL;
	if (schema->verbatim)
		return json_string(cell);
	cell = csv_cell_text(cell);
	if (schema->types & SCHEMA_ARRAY)
		return read_memberships(arena, cell);
	if (schema->types & SCHEMA_BOOLEAN)
		return read_boolean(cell);
	if (schema->types & SCHEMA_INTEGER)
		return read_integer(cell);
	return json_string(cell);
}

static json_t *read_item(const struct import *import, const struct csv_row *header, const struct csv_row *row)
{
	json_t *item = json_object();
	for (size_t i = 0; i < header->count; i++) {
		const struct schema_property *property = find_property(import->item, header->cells[i]);
		json_t *value = read_cell(import->exchange->arena, property->schema, row->cells[i]);
		if (value)
			json_object_set_new(item, property->name, value);
	}
	return item;
}

/* Each row by the rules of an item; one of another width than the header is told so, and not looked into. */
static void read_items(struct import *import, struct problem *problem)
{
	struct exchange *exchange = import->exchange;
	const struct csv_row *header = &import->table.rows[0];
	import->items = arena_json(exchange->arena, json_array());
	for (size_t i = 1; i < import->table.count; i++) {
		const struct csv_row *row = &import->table.rows[i];
		const char *pointer = arena_printf(exchange->arena, "/items/%zu", i - 1);
		if (row->count != header->count) {
			problem_find(problem, pointer, NULL, "wrong_column_count",
			             arena_printf(exchange->arena, "{\"line\":%zu,\"expected\":%zu,\"actual\":%zu}", row->line,
			                          header->count, row->count));
			json_array_append_new(import->items, json_object());
			continue;
		}
		json_t *item = read_item(import, header, row);
		json_array_append_new(import->items, item);
		schema_check(problem, import->item, item, pointer);
	}
	if (json_array_size(import->items) == 0)
		problem_find(problem, "/items", NULL, "too_few_items", "{\"minimum\":1}");
}

static struct problem *read_csv(struct import *import)
{
	struct arena *arena = import->exchange->arena;
	const char *text;
	size_t length;
	struct problem *problem = decode(import, &text, &length);
	if (problem)
		return problem;
	struct csv_place place = {0};
	enum csv_status status = csv_table_read(arena, text, length, ROWS_MAXIMUM + 1, &import->table, &place);
	if (status != CSV_READ)
		return csv_problem(import->exchange, status, place);
	problem = problem_create(arena, PROBLEM_validation_failed);
	check_header(import, problem);
	if (!problem->findings)
		read_items(import, problem);
	return problem->findings ? problem : NULL;
}

/* Findings get the line and the column of their item, "/items/3/name", for whoever looks at the file and not at JSON. */
static void add_places(const struct import *import, struct problem *problem)
{
	for (struct finding *finding = problem->findings; import->is_csv && finding; finding = finding->next) {
		if (!finding->pointer || strncmp(finding->pointer, "/items/", 7) != 0)
			continue;
		char *end;
		size_t row = strtoul(finding->pointer + 7, &end, 10) + 1;
		json_t *params = finding->params ? json_loads(finding->params, 0, NULL) : NULL;
		if (!params)
			params = json_object();
		if (row < import->table.count)
			json_object_set_new(params, "line", json_integer((json_int_t)import->table.rows[row].line));
		if (*end == '/')
			json_object_set_new(params, "column", json_stringn(end + 1, strcspn(end + 1, "/")));
		char *text = json_dumps(params, JSON_COMPACT);
		finding->params = arena_strdup(problem->arena, text);
		free(text);
		json_decref(params);
	}
}

/* Passwords */

static struct problem *count_passwords(const struct import *import)
{
	size_t count = 0, at;
	json_t *item;
	json_array_foreach(import->items, at, item) count += json_object_get(item, "password") != NULL;
	if (count <= PASSWORDS_MAXIMUM)
		return NULL;
	struct problem *problem = problem_create(import->exchange->arena, PROBLEM_validation_failed);
	problem_find(problem, "/items", NULL, "too_many_passwords",
	             arena_printf(import->exchange->arena, "{\"maximum\":%d}", PASSWORDS_MAXIMUM));
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
static struct problem *hash_passwords(const struct import *import, bool is_dry_run, json_t **ret_items)
{
	json_t *hashed = arena_json(import->exchange->arena, json_array());
	size_t at;
	json_t *item;
	json_array_foreach(import->items, at, item)
	{
		json_t *copy = json_copy(item);
		json_array_append_new(hashed, copy);
		struct problem *problem = hash_password(import->exchange, copy, is_dry_run);
		if (problem)
			return problem;
	}
	*ret_items = hashed;
	return NULL;
}

/* What an idempotency key is bound to; passwords are left out, as everywhere (server/input.c). */
static const char *items_digest(const struct import *import)
{
	struct exchange *exchange = import->exchange;
	json_t *plain = json_array();
	size_t at;
	json_t *item;
	json_array_foreach(import->items, at, item)
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

static struct reply run_import(struct import *import, const struct statement *statement)
{
	struct exchange *exchange = import->exchange;
	bool is_dry_run = strcmp(values_get(&exchange->values, "dry_run"), "true") == 0;
	bool is_keyed = !is_dry_run && values_get(&exchange->values, "idempotency_key");
	json_t *items;
	struct problem *problem = hash_passwords(import, is_dry_run, &items);
	if (problem)
		return problem_reply(exchange, problem);
	char *text = json_dumps(items, JSON_COMPACT);
	values_set(&exchange->values, "items", arena_strdup(exchange->arena, text));
	free(text);
	values_set(&exchange->values, "operation", exchange->operation->id);
	values_set(&exchange->values, "request_digest", items_digest(import));

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
		add_places(import, problem);
		return problem_reply(exchange, problem);
	}
	drop_cached(exchange, db_field(&rows[count - 1], 0, "body"));
	return answer_reply(exchange, 200, &rows[count - 1]);
}

struct reply bulk_import(struct exchange *exchange, const struct statement *statement)
{
	struct import import = {
		.exchange = exchange,
		.item = find_property(exchange->operation->body, "items")->schema->items,
		.items = exchange->body ? json_object_get(exchange->body, "items") : NULL,
		.is_csv = !exchange->body,
	};
	struct problem *problem = import.is_csv ? read_csv(&import) : NULL;
	if (!problem)
		problem = count_passwords(&import);
	if (!problem)
		return run_import(&import, statement);
	add_places(&import, problem);
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
