#include <jansson.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "contract/contract.h"
#include "db/db.h"
#include "export/docx.h"
#include "export/form.h"
#include "export/pdf.h"
#include "export/typesetter.h"
#include "handlers.h"
#include "http/conditional.h"
#include "http/disposition.h"
#include "http/format.h"
#include "http/problem.h"
#include "resources/form_parts.h"
#include "resources/operation.h"
#include "resources/services.h"
#include "statements.h"

#define FORMS_MAXIMUM 200 /* of one organization in one file */

static void release_json(void *json)
{
	json_decref(json);
}

/* The row's body, which lives as long as the exchange; NULL if it is no JSON that we can read. */
static const json_t *read_facts(struct exchange *exchange, const struct db_rows *rows, size_t row)
{
	json_t *facts = json_loads(db_field(rows, row, "body"), 0, NULL);
	if (facts)
		arena_defer(exchange->arena, release_json, facts);
	return facts;
}

/* A file name that every system takes: no more of the title than fits, and nothing that Windows forbids. */
static const char *file_name(struct arena *arena, const char *kind, const char *title, const char *extension)
{
	struct buffer name = buffer_create(arena);
	buffer_append_string(&name, kind);
	if (*title)
		buffer_append_string(&name, " ");
	for (const char *at = title; *at; at++)
		if ((unsigned char)*at < ' ' || strchr("\\/:*?\"<>|", *at))
			buffer_append(&name, "_", 1);
		else
			buffer_append(&name, at, 1);
	buffer_printf(&name, ".%s", extension);
	return name.data;
}

static long long written_at(const json_t *facts)
{
	return json_integer_value(json_object_get(facts, "written_at"));
}

/* The page numbers of its table of contents are those of the PDF. */
static bool render_docx(struct typesetter *typesetter, const struct form *form, const char **ret_bytes, size_t *ret_length)
{
	unsigned *pages = arena_array(form->arena, form->part_count, sizeof *pages);
	if (form->part_count > 1)
		pdf_pages(typesetter, form, pages);
	return docx_render(form, pages, ret_bytes, ret_length);
}

static struct reply send_form(struct exchange *exchange, const struct form *form, const char *kind, const char *title)
{
	struct typesetter *typesetter = exchange->services->typesetter;
	bool is_docx = exchange->format == FORMAT_DOCX;
	exchange->cause = typesetter_fault(typesetter);
	if (exchange->cause)
		return problem_reply_code(exchange, PROBLEM_font_missing);
	struct reply reply = {.status = 200, .media_type = format_media_type(exchange->format)};
	if (!(is_docx ? render_docx : pdf_render)(typesetter, form, &reply.body, &reply.length))
		return problem_reply_code(exchange, PROBLEM_internal);
	reply.etag = etag_make(exchange->arena, NULL, reply.body, reply.length);
	reply_header(&reply, "Content-Disposition",
	             disposition_attachment(exchange->arena, file_name(exchange->arena, kind, title, is_docx ? "docx" : "pdf")));
	return reply;
}

static struct form *begin_form(struct exchange *exchange, const json_t *facts, const char *kind, const char *title)
{
	struct form *form = form_create(exchange->arena);
	form->title = *title ? arena_printf(exchange->arena, "%s：%s", kind, title) : kind;
	form->author = json_string_value(json_object_get(json_object_get(facts, "organization"), "name"));
	form->subject = json_string_value(json_object_get(json_object_get(facts, "campaign"), "title"));
	form->written_at = written_at(facts);
	return form;
}

/* One plan, activity, report or submission. */
static struct reply send_one(struct exchange *exchange, const struct statement *statement)
{
	struct db_rows rows;
	struct problem *problem = operation_rows(exchange, statement, &rows);
	if (problem)
		return problem_reply(exchange, problem);
	if (rows.rows == 0)
		return problem_reply_code(exchange, PROBLEM_not_found);
	const json_t *facts = read_facts(exchange, &rows, 0);
	if (!facts)
		return problem_reply_code(exchange, PROBLEM_internal);
	const char *kind = form_parts_kind(facts), *title = form_parts_title(facts);
	struct form *form = begin_form(exchange, facts, kind, title);
	form_parts_add(form, facts);
	return send_form(exchange, form, kind, title);
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
	static const struct {
		const char *subject, *name;
	} subjects[] = {{"plan", "工作方案"}, {"activity", "活动方案"}, {"summary_report", "总结报告"}};
	struct buffer words = buffer_create(arena);
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		size_t found = 0;
		for (size_t k = 0; k < count; k++)
			found += strcmp(json_string_value(json_object_get(facts[k], "subject")), subjects[i].subject) == 0;
		buffer_printf(&words, "%s%s%zu份", i > 0 ? "，" : "", subjects[i].name, found);
	}
	return words.data;
}

/* The cover, then every form of the rows. */
static struct reply send_all(struct exchange *exchange, const json_t *cover, const struct db_rows *rows)
{
	const json_t **facts = arena_array(exchange->arena, rows->rows, sizeof *facts);
	const char *name = json_string_value(json_object_get(json_object_get(cover, "organization"), "name"));
	struct form *form = begin_form(exchange, cover, "报送材料", name);
	for (size_t i = 0; i < rows->rows; i++) {
		facts[i] = read_facts(exchange, rows, i);
		if (!facts[i])
			return problem_reply_code(exchange, PROBLEM_internal);
		if (written_at(facts[i]) > form->written_at)
			form->written_at = written_at(facts[i]);
	}
	form_parts_add_cover(form, cover, count_words(exchange->arena, facts, rows->rows));
	for (size_t i = 0; i < rows->rows; i++)
		form_parts_add(form, facts[i]);
	return send_form(exchange, form, "报送材料", name);
}

/* 单位报送材料 · All that an organization has in a campaign. */
struct reply get_organization_form(struct exchange *exchange)
{
	struct db_rows cover, rows;
	struct problem *problem = operation_rows(exchange, &statement_organization_form, &cover);
	if (!problem && cover.rows == 0)
		problem = problem_create(exchange->arena, PROBLEM_not_found);
	if (!problem && strcmp(db_field(&cover, 0, "has_role"), "t") != 0)
		problem = problem_create(exchange->arena, PROBLEM_role_not_held_here);
	if (!problem)
		problem = operation_rows(exchange, &statement_organization_forms, &rows);
	if (!problem && rows.rows > FORMS_MAXIMUM) {
		problem = problem_create(exchange->arena, PROBLEM_too_many_forms);
		problem->params = arena_printf(exchange->arena, "{\"maximum\":%d}", FORMS_MAXIMUM);
	}
	if (problem)
		return problem_reply(exchange, problem);
	const json_t *facts = read_facts(exchange, &cover, 0);
	return facts ? send_all(exchange, facts, &rows) : problem_reply_code(exchange, PROBLEM_internal);
}
