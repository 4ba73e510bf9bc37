#include "operation/list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/id.h"
#include "contract/contract.h"
#include "http/page.h"
#include "http/problem.h"
#include "operation/answer.h"
#include "operation/reading.h"
#include "operation/unit.h"

#define WALK_PAGE 1000 /* rows */

/* The cursor carries the sort columns of the last item, and a digest of what the page was asked with. */

static bool is_named(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* What says how much of the list is answered, and how; a cursor is good whatever these are. */
static bool is_how_it_is_shown(const char *name)
{
	static const char *const names[] = {"cursor", "limit", "count", "format", "headings", "bom"};
	return is_named(name, names, sizeof names / sizeof *names);
}

static const char *digest_asked(const struct exchange *exchange)
{
	const struct operation *operation = exchange->operation;
	struct buffer asked = buffer_create(exchange->arena);
	buffer_append_string(&asked, operation->id);
	for (size_t i = 0; i < operation->parameter_count; i++) {
		const char *name = operation->parameters[i].name;
		if (is_how_it_is_shown(name))
			continue;
		buffer_append(&asked, "", 1);
		buffer_append_string(&asked, name);
		const char *text = values_get(&exchange->values, name);
		if (text) {
			buffer_append(&asked, "", 1);
			buffer_append_string(&asked, text);
		}
	}
	char *fingerprint = arena_alloc(exchange->arena, FINGERPRINT_SIZE);
	fingerprint_hex(asked.data, asked.length, fingerprint);
	return fingerprint;
}

/* The columns that the order of this variant goes by: those whose after_… parameters its lines name. */
static size_t sort_columns(const struct exchange *exchange, const char *ret_names[LIST_SORT_COLUMNS])
{
	const struct statement *statement = exchange->operation->statement;
	struct values probe = exchange->values;
	values_set(&probe, "after", "");
	uint64_t lines = statement_lines(statement, &probe);
	size_t count = 0;
	for (size_t i = 0; i < statement->piece_count; i++) {
		const struct statement_piece *piece = &statement->pieces[i];
		if (piece->parameter < 0 || (piece->line >= 0 && !(lines >> piece->line & 1)))
			continue;
		const char *name = statement->parameters[piece->parameter];
		if (strncmp(name, "after_", 6) == 0 && !is_named(name, ret_names, count))
			ret_names[count++] = name;
	}
	return count;
}

static struct problem *refuse_cursor(struct exchange *exchange)
{
	struct problem *problem = problem_create(exchange->arena, PROBLEM_invalid_cursor);
	problem_find(problem, NULL, "cursor", "malformed", NULL);
	return problem;
}

/* Whether the database could not read a value as its type, which the contract has checked of all values but a cursor's. */
static bool is_of_forged_cursor(const struct exchange *exchange, const struct problem *problem)
{
	return values_get(&exchange->values, "cursor") && problem->sqlstate && strncmp(problem->sqlstate, "22", 2) == 0;
}

static bool read_cursor(struct exchange *exchange, const char *digest, const char *const *names, size_t count)
{
	const char *cursor = values_get(&exchange->values, "cursor");
	if (!cursor)
		return true;
	const char *after[LIST_SORT_COLUMNS];
	if (!cursor_decode(exchange->arena, cursor, digest, count, after))
		return false;
	for (size_t i = 0; i < count; i++)
		values_set(&exchange->values, names[i], after[i]);
	values_set(&exchange->values, "after", "");
	return true;
}

static const char *next_cursor_after(struct exchange *exchange, const struct db_rows *rows, size_t last, const char *digest,
                                     const char *const *names, size_t count)
{
	const char *after[LIST_SORT_COLUMNS];
	for (size_t i = 0; i < count; i++)
		after[i] = db_field(rows, last, names[i] + strlen("after_"));
	return cursor_encode(exchange->arena, digest, after, count);
}

static struct reply page_reply(struct exchange *exchange, const struct db_rows *rows, size_t count, const char *next_cursor,
                               const char *total_count)
{
	struct buffer body = buffer_create(exchange->arena);
	buffer_append_string(&body, "{\"items\":[");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buffer_append(&body, ",", 1);
		buffer_append_string(&body, rows->fields[i * rows->columns]);
	}
	buffer_append_string(&body, "],\"next_cursor\":");
	buffer_append_json(&body, next_cursor);
	if (total_count)
		buffer_printf(&body, ",\"total_count\":%s", total_count);
	buffer_append(&body, "}", 1);
	struct reply reply = answer_text(exchange, format_media_type(FORMAT_JSON), body.data, body.length);
	reply_header(&reply, "Link", page_link(exchange->arena, exchange->request.path, exchange->request.query, next_cursor));
	return reply;
}

/* The list's rows, and those of another statement if there is one; what it is under must be there. */
static struct problem *read_rows(struct exchange *exchange, const struct values *values, const struct statement *beside,
                                 struct db_rows ret_rows[2])
{
	const struct db_step steps[] = {{exchange->operation->statement, values}, {beside, values}};
	struct problem *problem = unit_run(exchange, UNIT_READ, exchange->arena, steps, beside ? 2 : 1, ret_rows);
	if (problem)
		return is_of_forged_cursor(exchange, problem) ? refuse_cursor(exchange) : problem;
	bool exists = true;
	if (ret_rows[0].rows == 0)
		problem = reading_parent(exchange, &exists);
	return exists || problem ? problem : problem_create(exchange->arena, PROBLEM_not_found);
}

struct reply list_page(struct exchange *exchange)
{
	const struct operation *operation = exchange->operation;
	const char *digest = digest_asked(exchange);
	const char *names[LIST_SORT_COLUMNS];
	size_t name_count = sort_columns(exchange, names);
	if (!read_cursor(exchange, digest, names, name_count))
		return problem_reply(exchange, refuse_cursor(exchange));

	const char *limit_text = values_get(&exchange->values, "limit");
	size_t limit = limit_text ? strtoul(limit_text, NULL, 10) : SIZE_MAX;
	if (limit_text) /* one more than asked tells whether there is a next page */
		values_set(&exchange->values, "limit", arena_printf(exchange->arena, "%zu", limit + 1));
	bool counted = operation->count && values_get(&exchange->values, "count");
	struct db_rows rows[2];
	struct problem *problem = read_rows(exchange, &exchange->values, counted ? operation->count : NULL, rows);
	if (problem)
		return problem_reply(exchange, problem);

	bool more = rows[0].rows > limit;
	size_t count = more ? limit : rows[0].rows;
	const char *next_cursor = more ? next_cursor_after(exchange, &rows[0], count - 1, digest, names, name_count) : NULL;
	return page_reply(exchange, &rows[0], count, next_cursor, counted ? db_field(&rows[1], 0, "total_count") : NULL);
}

/* Walking */

static void end_walk(void *object)
{
	arena_destroy(((struct list_walk *)object)->page);
}

static void ask_for_page(struct list_walk *walk, struct arena *arena)
{
	size_t asked = walk->left < WALK_PAGE ? walk->left : WALK_PAGE;
	values_set(&walk->values, "limit", arena_printf(arena, "%zu", asked));
}

/* Whether there may be more, and from where on. The values are the page's, which is there until the next one is. */
static void pass_page(struct list_walk *walk)
{
	const struct db_rows *rows = &walk->rows;
	size_t asked = walk->left < WALK_PAGE ? walk->left : WALK_PAGE;
	walk->left -= rows->rows;
	walk->is_last = rows->rows < asked || walk->left == 0;
	if (walk->is_last)
		return;
	struct values *values = &walk->values;
	for (size_t i = 0; i < walk->sort_count; i++)
		values_set(values, walk->sort[i], db_field(rows, rows->rows - 1, walk->sort[i] + strlen("after_")));
	values_set(values, "after", "");
}

struct problem *list_walk_begin(struct exchange *exchange, const struct statement *beside, struct list_walk **ret_walk,
                                struct db_rows *ret_beside)
{
	struct list_walk *walk = arena_alloc(exchange->arena, sizeof *walk);
	const char *limit = values_get(&exchange->values, "limit");
	walk->left = limit ? strtoul(limit, NULL, 10) : SIZE_MAX;
	walk->sort_count = sort_columns(exchange, walk->sort);
	if (!read_cursor(exchange, digest_asked(exchange), walk->sort, walk->sort_count))
		return refuse_cursor(exchange);
	walk->exchange = exchange;
	walk->values = exchange->values;
	ask_for_page(walk, exchange->arena);
	struct db_rows rows[2];
	struct problem *problem = read_rows(exchange, &walk->values, beside, rows);
	if (problem)
		return problem;
	arena_defer(exchange->arena, end_walk, walk);
	walk->rows = rows[0];
	pass_page(walk);
	*ret_walk = walk;
	*ret_beside = rows[1];
	return NULL;
}

struct problem *list_walk_next(struct list_walk *walk)
{
	struct arena *before = walk->page;
	walk->page = arena_create();
	ask_for_page(walk, walk->page);
	const struct db_step step = {walk->exchange->operation->statement, &walk->values};
	struct problem *problem = unit_run(walk->exchange, UNIT_READ, walk->page, &step, 1, &walk->rows);
	if (!problem)
		pass_page(walk);
	arena_destroy(before);
	return problem;
}
