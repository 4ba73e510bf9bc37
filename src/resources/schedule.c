#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "contract/contract.h"
#include "export/icalendar.h"
#include "handlers.h"
#include "http/conditional.h"
#include "http/problem.h"
#include "operation/list.h"
#include "operation/operation.h"
#include "operation/table.h"
#include "statements.h"

#define ENTRIES_MAXIMUM 10000

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
	const char *execution = db_field(rows, row, "execution");
	if (execution && strcmp(execution, "cancelled") == 0)
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
		.has_alarms = strcmp(db_field(rows, row, "kind"), "deadline") == 0,
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
	struct db_rows rows, campaign;
	struct problem *problem = list_walk_begin(exchange, &statement_campaign_of_calendar, &walk, &rows, &campaign);
	if (problem)
		return problem_reply(exchange, problem);
	struct buffer body = buffer_create(exchange->arena);
	icalendar_begin(&body, db_field(&campaign, 0, "title"), db_field(&campaign, 0, "time_zone"));
	append_events(exchange, &body, &rows);
	size_t count = rows.rows;
	while (!walk->is_last) {
		problem = list_walk_next(walk, &rows);
		if (problem)
			return problem_reply(exchange, problem);
		count += rows.rows;
		if (count > ENTRIES_MAXIMUM)
			return refuse_too_many(exchange);
		append_events(exchange, &body, &rows);
	}
	icalendar_end(&body);

	struct reply reply = reply_json(200, body.data, body.length);
	reply.media_type = "text/calendar; charset=utf-8";
	reply.compressible = true;
	reply.etag = arena_printf(exchange->arena, "W/%s", etag_make(exchange->arena, NULL, body.data, body.length));
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
