#include <jansson.h>
#include <string.h>

#include "base/arena.h"
#include "base/arena_json.h"
#include "base/buffer.h"
#include "constants.h"
#include "contract/contract.h"
#include "contract/vocabulary.h"
#include "db/db.h"
#include "document/file_name.h"
#include "export/docx.h"
#include "export/form.h"
#include "export/form_parts.h"
#include "export/pdf.h"
#include "export/typesetter.h"
#include "handlers.h"
#include "http/conditional.h"
#include "http/disposition.h"
#include "http/format.h"
#include "http/problem.h"
#include "operation/reading.h"
#include "operation/services.h"
#include "statements.h"

#define FORMS_MAXIMUM 200   /* of one organization in one file */
#define FILE_NAME_LENGTH 80 /* characters */

static struct reply send_form(struct exchange *exchange, const struct form *form)
{
	struct typesetter *typesetter = exchange->services->typesetter;
	exchange->cause = typesetter_fault(typesetter);
	if (exchange->cause)
		return problem_reply_code(exchange, PROBLEM_font_missing);
	struct reply reply = {.status = 200, .media_type = format_media_type(exchange->format)};
	if (!(exchange->format == FORMAT_DOCX ? docx_render : pdf_render)(typesetter, form, &reply.body, &reply.length))
		return problem_reply_code(exchange, PROBLEM_internal);
	reply.etag = etag_make(exchange->arena, NULL, reply.body, reply.length);
	const char *name = arena_printf(exchange->arena, "%s.%s", form->title, format_name(exchange->format));
	reply_header(&reply, "Content-Disposition",
	             disposition_attachment(exchange->arena, file_name_safe(exchange->arena, name, FILE_NAME_LENGTH)));
	return reply;
}

/* One plan, activity, report or submission. */
static struct reply send_one(struct exchange *exchange, const struct statement *statement)
{
	struct db_rows rows;
	struct problem *problem = reading_found(exchange, statement, &rows);
	if (problem)
		return problem_reply(exchange, problem);
	const json_t *facts = arena_json_parse(exchange->arena, db_field(&rows, 0, "body"));
	if (!facts)
		return problem_reply_code(exchange, PROBLEM_internal);
	struct form *form = form_parts_begin(exchange->arena, facts);
	form_parts_add(form, facts);
	return send_form(exchange, form);
}

/* 工作方案文本 · The work plan as a form. */
struct reply get_plan_form(struct exchange *exchange)
{
	return send_one(exchange, &statement_plan_form);
}

/* 筹备方案表 · The preparation form. */
struct reply get_activity_form(struct exchange *exchange)
{
	return send_one(exchange, &statement_activity_form);
}

/* 总结报告表 · The summary report as a form. */
struct reply get_summary_report_form(struct exchange *exchange)
{
	return send_one(exchange, &statement_summary_report_form);
}

/* 报送件 · What was submitted, as it was then. */
struct reply get_submission_form(struct exchange *exchange)
{
	return send_one(exchange, &statement_submission_form);
}

/* "工作方案1份，活动方案3份，总结报告2份", of the rows in their order. */
static const char *count_words(struct arena *arena, const json_t *const *facts, size_t count)
{
	static const char *const names[] = {[WORK_RESOURCE_plan] = "工作方案",
	                                    [WORK_RESOURCE_activity] = "活动方案",
	                                    [WORK_RESOURCE_summary_report] = "总结报告"};
	struct buffer words = buffer_create(arena);
	for (int i = 0; i < (int)(sizeof names / sizeof *names); i++) {
		size_t found = 0;
		for (size_t k = 0; k < count; k++) {
			const char *subject = json_string_value(json_object_get(facts[k], "subject"));
			found += vocabulary_place(work_resource_codes, subject) == i;
		}
		buffer_printf(&words, "%s%s%zu份", i > 0 ? "，" : "", names[i], found);
	}
	return words.data;
}

/* The cover, then every form of the rows. */
static struct reply send_all(struct exchange *exchange, const json_t *cover, const struct db_rows *rows)
{
	const json_t **facts = arena_array(exchange->arena, rows->rows, sizeof(const json_t *));
	struct form *form = form_parts_begin(exchange->arena, cover);
	for (size_t i = 0; i < rows->rows; i++) {
		facts[i] = arena_json_parse(exchange->arena, db_field(rows, i, "body"));
		if (!facts[i])
			return problem_reply_code(exchange, PROBLEM_internal);
		form_parts_written(form, facts[i]);
	}
	form_parts_add_cover(form, cover, count_words(exchange->arena, facts, rows->rows));
	for (size_t i = 0; i < rows->rows; i++)
		form_parts_add(form, facts[i]);
	return send_form(exchange, form);
}

/* 单位报送材料 · All that an organization has in a campaign. */
struct reply get_organization_form(struct exchange *exchange)
{
	struct db_rows cover, rows;
	struct problem *problem = reading_found(exchange, &statement_organization_form, &cover);
	if (!problem && strcmp(db_field(&cover, 0, "has_role"), "t") != 0)
		problem = problem_create(exchange->arena, PROBLEM_role_not_held_here);
	if (!problem)
		problem = reading_rows(exchange, &statement_organization_forms, &rows);
	if (!problem && rows.rows > FORMS_MAXIMUM) {
		problem = problem_create(exchange->arena, PROBLEM_too_many_forms);
		problem->params = arena_printf(exchange->arena, "{\"maximum\":%d}", FORMS_MAXIMUM);
	}
	if (problem)
		return problem_reply(exchange, problem);
	const json_t *facts = arena_json_parse(exchange->arena, db_field(&cover, 0, "body"));
	return facts ? send_all(exchange, facts, &rows) : problem_reply_code(exchange, PROBLEM_internal);
}
