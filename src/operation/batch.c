#include "operation/batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/arena_json.h"
#include "base/buffer.h"
#include "contract/contract.h"
#include "http/problem.h"
#include "import/charset.h"

#define ROWS_MAXIMUM 2000 /* of a CSV; a JSON batch is bounded by its schema */

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

static struct problem *decode(struct batch *batch, const char **ret_text, size_t *ret_length)
{
	struct exchange *exchange = batch->exchange;
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
static void check_header(const struct batch *batch, struct problem *problem)
{
	struct exchange *exchange = batch->exchange;
	if (batch->table.count == 0) {
		problem_find(problem, "", NULL, "header_required", "{\"line\":1}");
		return;
	}
	const struct csv_row *header = &batch->table.rows[0];
	for (size_t i = 0; i < header->count; i++) {
		bool repeated = false;
		for (size_t j = 0; j < i; j++)
			repeated = repeated || strcmp(header->cells[i], header->cells[j]) == 0;
		if (!find_property(batch->item, header->cells[i]))
			problem_find(problem, "", NULL, "unknown_column",
			             column_params(exchange, header->line, header->cells[i]));
		else if (repeated)
			problem_find(problem, "", NULL, "repeated_column",
			             column_params(exchange, header->line, header->cells[i]));
	}
	for (size_t i = 0; i < batch->item->property_count; i++) {
		const struct schema_property *property = &batch->item->properties[i];
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

static json_t *read_item(const struct batch *batch, const struct csv_row *header, const struct csv_row *row)
{
	json_t *item = json_object();
	for (size_t i = 0; i < header->count; i++) {
		const struct schema_property *property = find_property(batch->item, header->cells[i]);
		json_t *value = read_cell(batch->exchange->arena, property->schema, row->cells[i]);
		if (value)
			json_object_set_new(item, property->name, value);
	}
	return item;
}

/* Each row by the rules of an item; one of another width than the header is told so, and not looked into. */
static void read_items(struct batch *batch, struct problem *problem)
{
	struct exchange *exchange = batch->exchange;
	const struct csv_row *header = &batch->table.rows[0];
	batch->items = arena_json(exchange->arena, json_array());
	for (size_t i = 1; i < batch->table.count; i++) {
		const struct csv_row *row = &batch->table.rows[i];
		const char *pointer = arena_printf(exchange->arena, "/items/%zu", i - 1);
		if (row->count != header->count) {
			problem_find(problem, pointer, NULL, "wrong_column_count",
			             arena_printf(exchange->arena, "{\"line\":%zu,\"expected\":%zu,\"actual\":%zu}", row->line,
			                          header->count, row->count));
			json_array_append_new(batch->items, json_object());
			continue;
		}
		json_t *item = read_item(batch, header, row);
		json_array_append_new(batch->items, item);
		schema_check(problem, batch->item, item, pointer);
	}
	if (json_array_size(batch->items) == 0)
		problem_find(problem, "/items", NULL, "too_few_items", "{\"minimum\":1}");
}

static struct problem *read_csv(struct batch *batch)
{
	struct arena *arena = batch->exchange->arena;
	const char *text;
	size_t length;
	struct problem *problem = decode(batch, &text, &length);
	if (problem)
		return problem;
	struct csv_place place = {0};
	enum csv_status status = csv_table_read(arena, text, length, ROWS_MAXIMUM + 1, &batch->table, &place);
	if (status != CSV_READ)
		return csv_problem(batch->exchange, status, place);
	problem = problem_create(arena, PROBLEM_validation_failed);
	check_header(batch, problem);
	if (!problem->findings)
		read_items(batch, problem);
	return problem->findings ? problem : NULL;
}

void batch_add_places(const struct batch *batch, struct problem *problem)
{
	for (struct finding *finding = problem->findings; batch->is_csv && finding; finding = finding->next) {
		if (!finding->pointer || strncmp(finding->pointer, "/items/", 7) != 0)
			continue;
		char *end;
		size_t row = strtoul(finding->pointer + 7, &end, 10) + 1;
		json_t *params = finding->params ? json_loads(finding->params, 0, NULL) : NULL;
		if (!params)
			params = json_object();
		if (row < batch->table.count)
			json_object_set_new(params, "line", json_integer((json_int_t)batch->table.rows[row].line));
		if (*end == '/')
			json_object_set_new(params, "column", json_stringn(end + 1, strcspn(end + 1, "/")));
		char *text = json_dumps(params, JSON_COMPACT);
		finding->params = arena_strdup(problem->arena, text);
		free(text);
		json_decref(params);
	}
}

struct problem *batch_read(struct exchange *exchange, struct batch *ret_batch)
{
	struct batch *batch = ret_batch;
	*batch = (struct batch){
		.exchange = exchange,
		.item = find_property(exchange->operation->body, "items")->schema->items,
		.items = exchange->body ? json_object_get(exchange->body, "items") : NULL,
		.is_csv = !exchange->body,
	};
	return batch->is_csv ? read_csv(batch) : NULL;
}
