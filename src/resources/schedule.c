#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "constants.h"
#include "contract/contract.h"
#include "contract/vocabulary.h"
#include "export/icalendar.h"
#include "handlers.h"
#include "http/problem.h"
#include "operation/answer.h"
#include "operation/list.h"
#include "operation/operation.h"
#include "operation/table.h"
#include "statements.h"

#define ENTRIES_MAXIMUM 10000 /* of a calendar */

/* The timeline */

/* 【报送截止】工作方案 · What a calendar shows in one line: many show neither the category nor that it is cancelled. */
static const char *summary(struct exchange *exchange, const struct db_rows *rows, size_t row)
{
	const char *mark = db_field(rows, row, "mark");
	const char *title = db_field(rows, row, "title");
	if (!mark)
		return title;
	return arena_printf(exchange->arena, exchange->locale == LOCALE_EN ? "[%s] %s" : "【%s】%s", mark, title);
}

static enum icalendar_status event_status(const struct db_rows *rows, size_t row)
{
	if (vocabulary_place(execution_codes, db_field(rows, row, "execution")) == EXECUTION_cancelled)
		return ICALENDAR_CANCELLED;
	return db_field(rows, row, "is_tentative")[0] == 't' ? ICALENDAR_TENTATIVE : ICALENDAR_CONFIRMED;
}

static void append_event(struct exchange *exchange, struct buffer *calendar, const struct db_rows *rows, size_t row)
{
	const struct icalendar_event event = {
		.uid = arena_printf(exchange->arena, "%s@sciday", db_field(rows, row, "id")),
		.starts_on = db_field(rows, row, "first_day"),
		.ends_on = db_field(rows, row, "last_day"),
		.at = db_field(rows, row, "at"),
		.updated_at = db_field(rows, row, "updated_at"),
		.sequence = (int)strtol(db_field(rows, row, "version"), NULL, 10),
		.summary = summary(exchange, rows, row),
		.description = db_field(rows, row, "note"),
		.location = db_field(rows, row, "location"),
		.url = db_field(rows, row, "online_url"),
		.category = db_field(rows, row, "category"),
		.status = event_status(rows, row),
		.has_alarms = vocabulary_place(timeline_kind_codes, db_field(rows, row, "kind")) == TIMELINE_KIND_deadline,
	};
	icalendar_append(calendar, &event);
}

static struct reply refuse_too_many(struct exchange *exchange)
{
	struct problem *problem = problem_create(exchange->arena, PROBLEM_validation_failed);
	problem_find(problem, NULL, "starts_on_lte", "too_many_items",
	             arena_printf(exchange->arena, "{\"maximum\":%d}", ENTRIES_MAXIMUM));
	return problem_reply(exchange, problem);
}

static void append_events(struct exchange *exchange, struct buffer *calendar, const struct db_rows *rows)
{
	for (size_t i = 0; i < rows->rows; i++)
		append_event(exchange, calendar, rows, i);
}

/* All of the list's rows: a calendar has no pages. */
static struct reply calendar(struct exchange *exchange)
{
	struct list_walk *walk;
	struct db_rows campaign;
	struct problem *problem = list_walk_begin(exchange, &statement_campaign_of_calendar, &walk, &campaign);
	if (problem)
		return problem_reply(exchange, problem);
	struct buffer body = buffer_create(exchange->arena);
	icalendar_begin(&body, db_field(&campaign, 0, "title"), db_field(&campaign, 0, "time_zone"));
	append_events(exchange, &body, &walk->rows);
	size_t count = walk->rows.rows;
	while (!walk->is_last) {
		problem = list_walk_next(walk);
		if (problem)
			return problem_reply(exchange, problem);
		count += walk->rows.rows;
		if (count > ENTRIES_MAXIMUM)
			return refuse_too_many(exchange);
		append_events(exchange, &body, &walk->rows);
	}
	icalendar_end(&body);

	struct reply reply = answer_text(exchange, ICALENDAR_MEDIA_TYPE, body.data, body.length);
	table_name_file(exchange, &reply);
	reply_language(&reply, exchange->locale);
	return reply;
}

/* 日程 · What happens when, in pages or as one calendar. */
struct reply list_timeline(struct exchange *exchange)
{
	values_set(&exchange->values, "locale", exchange->locale == LOCALE_EN ? "en" : "zh");
	return exchange->format == FORMAT_ICS ? calendar(exchange) : operation_run(exchange);
}

/* Deadlines */

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
	answer_set_text(exchange, &reply, text, strlen(text));
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

/* The roster */

struct module_sheet {
	const char *code;
	struct xlsx_sheet *sheet;
};

/* The workbook: a sheet for all highlights, and one for each module, where one of two modules stands twice. */
struct roster {
	struct xlsx_sheet *all;
	struct module_sheet *modules;
	size_t module_count;
};

static struct roster add_sheets(struct exchange *exchange, struct xlsx *xlsx, const struct db_rows *modules)
{
	const struct table *table = exchange->operation->tables;
	const char *all = table_is_english(exchange) ? "All" : "全部";
	struct roster roster = {
		.all = xlsx_add_sheet(xlsx, all, table->columns, table->column_count),
		.modules = arena_array(exchange->arena, modules->rows + 1, sizeof *roster.modules),
		.module_count = modules->rows,
	};
	for (size_t i = 0; i < modules->rows; i++)
		roster.modules[i] = (struct module_sheet){
			.code = db_field(modules, i, "code"),
			.sheet = xlsx_add_sheet(xlsx, db_field(modules, i, "name"), table->columns, table->column_count),
		};
	return roster;
}

static bool is_in_module(const json_t *row, const char *code)
{
	size_t at;
	json_t *module;
	json_array_foreach(json_object_get(row, "modules"), at, module)
	{
		if (strcmp(json_string_value(module), code) == 0)
			return true;
	}
	return false;
}

static bool write_row(const struct roster *roster, const char *text)
{
	json_t *row = json_loads(text, 0, NULL);
	if (!row)
		return false;
	xlsx_write(roster->all, row);
	for (size_t i = 0; i < roster->module_count; i++)
		if (is_in_module(row, roster->modules[i].code))
			xlsx_write(roster->modules[i].sheet, row);
	json_decref(row);
	return true;
}

static struct reply write_all(struct exchange *exchange, struct list_walk *walk, const struct roster *roster, struct xlsx *xlsx,
                              const struct wording *wording)
{
	for (;;) {
		const struct db_rows *rows = &walk->rows;
		for (size_t i = 0; i < rows->rows; i++)
			if (!write_row(roster, rows->fields[i * rows->columns]))
				return problem_reply_code(exchange, PROBLEM_internal);
		if (walk->is_last)
			return table_workbook(exchange, wording, xlsx);
		struct problem *problem = list_walk_next(walk);
		if (problem)
			return problem_reply(exchange, problem);
	}
}

static struct reply workbook(struct exchange *exchange)
{
	struct wording wording;
	struct list_walk *walk;
	struct db_rows modules;
	struct problem *problem = table_wording(exchange, exchange->locale, &wording);
	if (!problem)
		problem = list_walk_begin(exchange, &statement_roster_modules, &walk, &modules);
	if (problem)
		return problem_reply(exchange, problem);
	struct xlsx *xlsx = xlsx_create(exchange->arena, &wording);
	if (!xlsx)
		return table_workbook(exchange, &wording, NULL);
	struct roster roster = add_sheets(exchange, xlsx, &modules);
	return write_all(exchange, walk, &roster, xlsx, &wording);
}

/* 汇总表 · What is nominated and what was forwarded; as a workbook with a sheet for each module. */
struct reply list_roster(struct exchange *exchange)
{
	return exchange->format == FORMAT_XLSX ? workbook(exchange) : operation_run(exchange);
}
