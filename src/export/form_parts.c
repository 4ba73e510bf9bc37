#include "export/form_parts.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"
#include "export/form.h"

#define WITHHELD "（未公开）"
#define BLANK "＿＿＿＿"
#define HEADING_LENGTH 30 /* characters; a longer line is no heading, whatever it begins with */

/* Reading what the database says; a null, and what is not there, is NULL. */

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static bool says(const json_t *object, const char *name, const char *expected)
{
	const char *text = text_of(object, name);
	return text && strcmp(text, expected) == 0;
}

static bool has_word(const json_t *list, const char *word)
{
	size_t i;
	json_t *each;
	json_array_foreach(list, i, each) if (strcmp(json_string_value(each), word) == 0) return true;
	return false;
}

static const char *number_of(struct arena *arena, const json_t *object, const char *name)
{
	const json_t *number = json_object_get(object, name);
	if (json_is_integer(number))
		return arena_printf(arena, "%lld", (long long)json_integer_value(number));
	return json_is_real(number) ? arena_printf(arena, "%.12g", json_real_value(number)) : NULL;
}

/* Words */

static const char *join(struct arena *arena, const char *first, const char *between, const char *second)
{
	if (!first || !second)
		return first ? first : second;
	return arena_printf(arena, "%s%s%s", first, between, second);
}

static const char *join_list(struct arena *arena, const json_t *list)
{
	const char *joined = NULL;
	size_t i;
	json_t *each;
	json_array_foreach(list, i, each) joined = join(arena, joined, "、", json_string_value(each));
	return joined;
}

struct date {
	long year, month, day;
};

/* "2021-05-18", as the database writes it. */
static bool read_date(const char *text, struct date *ret_date)
{
	if (!text || strlen(text) != sizeof "2021-05-18" - 1)
		return false;
	*ret_date = (struct date){strtol(text, NULL, 10), strtol(text + 5, NULL, 10), strtol(text + 8, NULL, 10)};
	return true;
}

static const char *date_words(struct arena *arena, const char *text)
{
	struct date date;
	return read_date(text, &date) ? arena_printf(arena, "%ld年%ld月%ld日", date.year, date.month, date.day) : NULL;
}

/* "2021年5月18日至20日", and no more of the second date than differs. */
static const char *dates_words(struct arena *arena, const char *from, const char *to)
{
	struct date first, last;
	const char *words = date_words(arena, from);
	if (!words || !read_date(to, &last) || strcmp(from, to) == 0)
		return words;
	read_date(from, &first);
	if (first.year != last.year)
		return arena_printf(arena, "%s至%ld年%ld月%ld日", words, last.year, last.month, last.day);
	if (first.month != last.month)
		return arena_printf(arena, "%s至%ld月%ld日", words, last.month, last.day);
	return arena_printf(arena, "%s至%ld日", words, last.day);
}

static const char *time_words(struct arena *arena, const json_t *content)
{
	return join(arena, dates_words(arena, text_of(content, "starts_on"), text_of(content, "ends_on")), "，",
	            text_of(content, "time_note"));
}

static const char *place_words(struct arena *arena, const json_t *content)
{
	const char *location = text_of(content, "location"), *address = text_of(content, "online_url");
	if (!json_is_true(json_object_get(content, "is_online")))
		return location;
	const char *online = join(arena, location ? "线上同步" : "线上举办", "：", address);
	return location ? arena_printf(arena, "%s\n%s", location, online) : online;
}

/* "☑ 团结引领": the box stays with the name's first character. */
static void append_option(struct buffer *words, bool is_ticked, const char *name)
{
	buffer_printf(words, "%s%s\u00A0%s", words->length ? "　" : "", is_ticked ? "☑" : "☐", name);
}

/* Every option that there is, with those ticked that are chosen; `other`, if there is any, is one more. */
static const char *options_words(struct arena *arena, const json_t *known, const json_t *chosen, const char *other, bool is_open)
{
	struct buffer words = buffer_create(arena);
	size_t i;
	json_t *each;
	json_array_foreach(known, i, each) append_option(&words, has_word(chosen, text_of(each, "code")), text_of(each, "name"));
	if (other || is_open)
		append_option(&words, other != NULL, arena_printf(arena, "其他：%s", other ? other : BLANK));
	return words.data;
}

/* What it is called, and the title of what it is about. */

static const char *kind_of(const json_t *facts)
{
	bool is_highlight = says(facts, "kind", "highlight");
	if (says(facts, "subject", "plan"))
		return "工作方案";
	if (says(facts, "subject", "activity"))
		return is_highlight ? "特色亮点活动筹备方案" : "活动方案";
	return is_highlight ? "特色亮点活动总结报告" : "活动总结报告";
}

static const char *title_of(const json_t *facts)
{
	const char *of = says(facts, "subject", "summary_report") ? "activity" : "content";
	return text_of(json_object_get(facts, of), "title");
}

/* Which submission it is, for the footer. */
static const char *standing_words(struct arena *arena, const json_t *facts)
{
	const json_t *submission = json_object_get(facts, "submission");
	if (!json_is_object(submission))
		return says(facts, "status", "published") ? "通知安排，已发布" : "草稿 未报送";
	return arena_printf(arena, "第 %s 次报送 %s%s%s", number_of(arena, submission, "number"),
	                    text_of(submission, "submitted_at"),
	                    json_is_true(json_object_get(submission, "on_behalf")) ? "（代报）" : "",
	                    json_is_true(json_object_get(submission, "withdrawn")) ? "（已撤回）" : "");
}

static const char *digest_words(struct arena *arena, const char *digest)
{
	return digest ? arena_printf(arena, "内容摘要 %.4s %.4s %.4s %.4s", digest, digest + 4, digest + 8, digest + 12) : NULL;
}

static void add_stamp_place(struct form *form, const json_t *facts)
{
	const char *submitted_on = date_words(form->arena, text_of(json_object_get(facts, "submission"), "submitted_on"));
	struct form_block *pair = form_add(form, FORM_PAIR, "单位盖章：");
	pair->right = arena_printf(form->arena, "报送时间：%s", submitted_on ? submitted_on : "　　　年　　月　　日");
}

static void add_digest(struct form *form, const json_t *facts)
{
	const char *digest = text_of(facts, "digest");
	if (digest)
		form_add(form, FORM_NOTE, arena_printf(form->arena, "内容摘要（SHA-256）：%s", digest));
}

/* Two of a contact's fields beside each other. */
static void add_contact_line(struct form *form, struct form_block *row, const json_t *contact, bool is_withheld,
                             const char *const labels[2], const char *const names[2])
{
	struct form_line *line = form_add_line(form, row);
	for (size_t i = 0; i < 2; i++) {
		form_add_cell(line, labels[i], 2, true);
		form_add_cell(line, is_withheld ? WITHHELD : text_of(contact, names[i]), 4, false);
	}
}

static void add_contact(struct form *form, const json_t *facts, const json_t *content)
{
	bool is_withheld = has_word(json_object_get(facts, "redacted"), "contact");
	const json_t *contact = json_object_get(content, "contact");
	struct form_block *row = form_add(form, FORM_ROW, "主办单位联系人");
	add_contact_line(form, row, contact, is_withheld, (const char *const[]){"姓　名", "办公电话"},
	                 (const char *const[]){"name", "office_phone"});
	add_contact_line(form, row, contact, is_withheld, (const char *const[]){"手　机", "传　真"},
	                 (const char *const[]){"mobile", "fax"});
	struct form_line *line = form_add_line(form, row);
	form_add_cell(line, "电子邮箱", 2, true);
	form_add_cell(line, is_withheld ? WITHHELD : text_of(contact, "email"), 10, false);
	is_withheld = has_word(json_object_get(facts, "redacted"), "mailing_address");
	form_add_row(form, "主办单位\n邮寄地址", is_withheld ? WITHHELD : text_of(content, "mailing_address"));
}

static void add_proposal(struct form *form, const json_t *facts, const json_t *content)
{
	static const struct {
		const char *name, *label;
	} parts[] = {
		{"approach", "工作思路"}, {"measures", "实施举措"},    {"people", "人　员"},
		{"theme", "主　题"},      {"arrangement", "主要安排"}, {"outcomes", "预期成效"},
	};
	const json_t *proposal = json_object_get(content, "proposal");
	struct form_block *row = form_add(form, FORM_ROW,
	                                  arena_printf(form->arena, "工作方案\n（%s字以内）",
	                                               number_of(form->arena, json_object_get(facts, "campaign"), "text_limit")));
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct form_line *line = form_add_line(form, row);
		form_add_cell(line, parts[i].label, 2, true);
		form_add_cell(line, text_of(proposal, parts[i].name), 10, false);
	}
}

static const char *planned_words(struct arena *arena, const json_t *target)
{
	const char *planned = number_of(arena, target, "planned"), *unit = text_of(target, "unit");
	return planned ? arena_printf(arena, "%s%s%s", json_is_true(json_object_get(target, "at_least")) ? "不少于" : "", planned,
	                              unit ? unit : "")
	               : "";
}

static void add_targets(struct form *form, const json_t *targets)
{
	if (json_array_size(targets) == 0)
		return;
	struct form_block *row = form_add(form, FORM_ROW, "量化目标");
	size_t i;
	json_t *target;
	json_array_foreach(targets, i, target)
	{
		struct form_line *line = form_add_line(form, row);
		form_add_cell(line, text_of(target, "name"), 8, false);
		form_add_cell(line, planned_words(form->arena, target), 4, false);
	}
}

static void add_row_if_any(struct form *form, const char *label, const char *text)
{
	if (text)
		form_add_row(form, label, text);
}

/* Plans */

/* The bytes of the Chinese numeral at the beginning; each character has three. */
static size_t numeral_length(const char *text)
{
	static const char numerals[] = "一二三四五六七八九十";
	size_t length = 0;
	while (text[length]) {
		size_t i = 0;
		while (i < sizeof numerals - 1 && strncmp(text + length, numerals + i, 3) != 0)
			i += 3;
		if (i == sizeof numerals - 1)
			break;
		length += 3;
	}
	return length;
}

/* "一、指导思想" on a line of its own. */
static bool is_heading(const char *line)
{
	size_t length = numeral_length(line);
	return length > 0 && strncmp(line + length, "、", 3) == 0 && text_length(line) <= HEADING_LENGTH && !strstr(line, "：") &&
	       !strstr(line, "。") && !strstr(line, "；");
}

static void add_running_text(struct form *form, const char *text)
{
	while (text && *text) {
		size_t length = strcspn(text, "\n");
		const char *line = arena_strndup(form->arena, text, length);
		if (length > 0)
			form_add(form, is_heading(line) ? FORM_HEADING : FORM_PARAGRAPH, line);
		text += length + (text[length] == '\n');
	}
}

static void add_plan(struct form *form, const json_t *facts, const json_t *content)
{
	form_add(form, FORM_TITLE, kind_of(facts));
	add_stamp_place(form, facts);
	form_add_row(form, "报送单位", text_of(json_object_get(facts, "organization"), "name"));
	form_add_row(form, "方案名称", text_of(content, "title"));
	add_running_text(form, text_of(content, "text"));
}

/* Activities */

static void add_activity(struct form *form, const json_t *facts, const json_t *content)
{
	struct arena *arena = form->arena;
	const json_t *campaign = json_object_get(facts, "campaign");
	const char *module_other = text_of(content, "module_other");
	const char *participants = number_of(arena, content, "expected_participants");
	form_add(form, FORM_TITLE, kind_of(facts));
	add_stamp_place(form, facts);
	form_add_row(form, "主办单位名称", text_of(content, "host_name"));
	form_add_row(form, "主题活动名称", text_of(content, "title"));
	form_add_row(form, "主题活动模块\n（可多选）",
	             options_words(arena, json_object_get(campaign, "modules"), json_object_get(content, "modules"), module_other,
	                           json_is_true(json_object_get(campaign, "modules_open"))));
	form_add_row(form, "承办单位名称", text_of(content, "organizer_name"));
	add_row_if_any(form, "责任部门", join_list(arena, json_object_get(facts, "responsible")));
	add_row_if_any(form, "协办单位", join_list(arena, json_object_get(facts, "partners")));
	form_add_row(form, "拟举办时间", time_words(arena, content));
	form_add_row(form, "拟举办地点", place_words(arena, content));
	form_add_row(form, "面向群体",
	             options_words(arena, json_object_get(campaign, "audiences"), json_object_get(content, "audiences"),
	                           text_of(content, "audience_other"), true));
	form_add_row(form, "预计活动规模",
	             join(arena, participants ? arena_printf(arena, "%s人", participants) : NULL, "；",
	                  text_of(content, "scale_note")));
	add_contact(form, facts, content);
	add_proposal(form, facts, content);
	add_targets(form, json_object_get(content, "targets"));
}

/* Summary reports */

static const char *audience_name(const json_t *audiences, const char *code)
{
	size_t i;
	json_t *each;
	if (!code)
		return "其他";
	json_array_foreach(audiences, i, each) if (says(each, "code", code)) return text_of(each, "name");
	return code;
}

static void add_counts(struct form *form, struct form_block *row, const char *who, json_int_t onsite, json_int_t online)
{
	struct form_line *line = form_add_line(form, row);
	form_add_cell(line, who, 6, false);
	form_add_cell(line, arena_printf(form->arena, "现场%lld人", (long long)onsite), 3, false);
	form_add_cell(line, arena_printf(form->arena, "线上%lld人", (long long)online), 3, false);
}

static void add_participants(struct form *form, const json_t *facts, const json_t *content)
{
	const json_t *audiences = json_object_get(json_object_get(facts, "campaign"), "audiences");
	const json_t *participants = json_object_get(content, "participants");
	struct form_block *row = form_add(form, FORM_ROW, "参与人数");
	json_int_t onsite = 0, online = 0;
	size_t i;
	json_t *each;
	json_array_foreach(participants, i, each)
	{
		json_int_t here = json_integer_value(json_object_get(each, "onsite"));
		json_int_t there = json_integer_value(json_object_get(each, "online"));
		add_counts(form, row, audience_name(audiences, text_of(each, "audience")), here, there);
		onsite += here;
		online += there;
	}
	add_counts(form, row, arena_printf(form->arena, "合计%lld人", (long long)(onsite + online)), onsite, online);
}

static const json_t *find_target(const json_t *targets, const char *id)
{
	size_t i;
	json_t *each;
	json_array_foreach(targets, i, each) if (id && says(each, "id", id)) return each;
	return NULL;
}

static void add_target_actuals(struct form *form, const json_t *targets, const json_t *actuals)
{
	if (json_array_size(actuals) == 0)
		return;
	struct form_block *row = form_add(form, FORM_ROW, "目标完成情况");
	struct form_line *head = form_add_line(form, row);
	form_add_cell(head, "目标", 4, true);
	form_add_cell(head, "计划", 2, true);
	form_add_cell(head, "实际", 2, true);
	form_add_cell(head, "说明", 4, true);
	size_t i;
	json_t *each;
	json_array_foreach(actuals, i, each)
	{
		const json_t *target = find_target(targets, text_of(each, "target_id"));
		const char *actual = number_of(form->arena, each, "actual"), *unit = text_of(target, "unit");
		struct form_line *line = form_add_line(form, row);
		form_add_cell(line, text_of(target, "name"), 4, false);
		form_add_cell(line, target ? planned_words(form->arena, target) : "", 2, false);
		form_add_cell(line, actual ? arena_printf(form->arena, "%s%s", actual, unit ? unit : "") : "", 2, false);
		form_add_cell(line, text_of(each, "note"), 4, false);
	}
}

static void add_media_coverage(struct form *form, const json_t *coverage)
{
	if (json_array_size(coverage) == 0)
		return;
	struct form_block *row = form_add(form, FORM_ROW, "媒体报道");
	size_t i;
	json_t *each;
	json_array_foreach(coverage, i, each)
	{
		const char *words =
			join(form->arena, text_of(each, "medium"), "，", date_words(form->arena, text_of(each, "published_on")));
		words = join(form->arena, text_of(each, "title"), "\n", words);
		form_add_cell(form_add_line(form, row), join(form->arena, words, "\n", text_of(each, "url")), FORM_SHARES, false);
	}
}

static void add_summary_report(struct form *form, const json_t *facts, const json_t *content)
{
	const json_t *activity = json_object_get(facts, "activity");
	form_add(form, FORM_TITLE, kind_of(facts));
	add_stamp_place(form, facts);
	form_add_row(form, "主办单位名称", text_of(activity, "host_name"));
	form_add_row(form, "主题活动名称", text_of(activity, "title"));
	form_add_row(form, "举办时间", time_words(form->arena, content));
	form_add_row(form, "举办地点", place_words(form->arena, content));
	add_participants(form, facts, content);
	add_target_actuals(form, json_object_get(activity, "targets"), json_object_get(content, "target_actuals"));
	form_add_row(form, "工作成效", text_of(content, "outcomes"));
	add_media_coverage(form, json_object_get(content, "media_coverage"));
}

struct form *form_parts_begin(struct arena *arena, const json_t *facts)
{
	const char *organization = text_of(json_object_get(facts, "organization"), "name");
	struct form *form = form_create(arena);
	form->title = json_object_get(facts, "subject") ? join(arena, kind_of(facts), " ", title_of(facts))
	                                                : join(arena, "报送材料", " ", organization);
	form->author = organization;
	form->subject = text_of(json_object_get(facts, "campaign"), "title");
	form_parts_written(form, facts);
	return form;
}

void form_parts_written(struct form *form, const json_t *facts)
{
	long long written_at = json_integer_value(json_object_get(facts, "written_at"));
	if (written_at > form->written_at)
		form->written_at = written_at;
}

void form_parts_add(struct form *form, const json_t *facts)
{
	const json_t *content = json_object_get(facts, "content");
	struct form_part *part = form_add_part(form, kind_of(facts));
	part->detail = title_of(facts);
	part->footer = standing_words(form->arena, facts);
	part->digest = digest_words(form->arena, text_of(facts, "digest"));
	form_add(form, FORM_SUPERTITLE, text_of(json_object_get(facts, "campaign"), "title"));
	if (says(facts, "subject", "plan"))
		add_plan(form, facts, content);
	else if (says(facts, "subject", "activity"))
		add_activity(form, facts, content);
	else
		add_summary_report(form, facts, content);
	add_digest(form, facts);
}

void form_parts_add_cover(struct form *form, const json_t *facts, const char *counts)
{
	const json_t *campaign = json_object_get(facts, "campaign");
	const char *name = text_of(json_object_get(facts, "organization"), "name");
	struct form_part *part = form_add_part(form, "封面");
	part->footer = name;
	form_add(form, FORM_SUPERTITLE, text_of(campaign, "title"));
	form_add(form, FORM_TITLE, "报送材料");
	struct form_block *pair = form_add(form, FORM_PAIR, "单位盖章：");
	pair->right = "　　　年　　月　　日";
	form_add_row(form, "报送单位", name);
	add_row_if_any(form, "活动主题", text_of(campaign, "theme"));
	add_row_if_any(form, "通知文号", text_of(campaign, "document_number"));
	form_add_row(form, "材料", counts);
	form_add(form, FORM_HEADING, "目　录");
	form_add(form, FORM_CONTENTS, NULL);
}
