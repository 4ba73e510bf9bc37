/* Problems as clients see them, and the small things of http that they are made with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <jansson.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/text.h"
#include "http/problem.h"

static struct arena *arena;
static struct exchange exchange;

static int set_up(void **state)
{
	(void)state;
	arena = arena_create();
	exchange = (struct exchange){.arena = arena, .request_id = "r-1", .request = {.path = "/v1/plans/1"}};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_destroy(arena);
	return 0;
}

static void release(void *json)
{
	json_decref(json);
}

static json_t *body_of(const struct reply *reply)
{
	assert_string_equal(reply->media_type, "application/problem+json");
	json_t *body = json_loadb(reply->body, reply->length, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(body);
	arena_defer(arena, release, body);
	return body;
}

static void assert_member(const json_t *body, const char *name, const char *expected)
{
	const json_t *member = json_object_get(body, name);
	assert_true(json_is_string(member));
	assert_string_equal(json_string_value(member), expected);
}

static const char *header_of(const struct reply *reply, const char *name)
{
	const char *value = NULL;
	for (size_t i = 0; i < reply->header_count; i++) {
		if (strcmp(reply->headers[i].name, name) != 0)
			continue;
		assert_null(value); /* never twice */
		value = reply->headers[i].value;
	}
	return value;
}

static const char *detail_of(enum problem_code code, const char *params, enum locale locale)
{
	exchange.locale = locale;
	struct problem *problem = problem_create(arena, code);
	problem->params = params;
	struct reply reply = problem_reply(&exchange, problem);
	return json_string_value(json_object_get(body_of(&reply), "detail"));
}

static const char *finding_of(const char *code, const char *params, enum locale locale)
{
	const struct finding finding = {.code = code, .params = params};
	json_t *object = json_loads(finding_json(arena, &finding, locale), 0, NULL);
	const char *detail = arena_strdup(arena, json_string_value(json_object_get(object, "detail")));
	json_decref(object);
	return detail;
}

static void a_problem_has_its_members(void **state)
{
	(void)state;
	struct reply reply = problem_reply_code(&exchange, PROBLEM_not_found);
	json_t *body = body_of(&reply);
	assert_int_equal(reply.status, 404);
	assert_member(body, "type", "/problems/not_found");
	assert_member(body, "title", "未找到");
	assert_int_equal(json_integer_value(json_object_get(body, "status")), 404);
	assert_member(body, "detail", "您访问的内容不存在，或者您无权查看。");
	assert_member(body, "instance", "/v1/plans/1");
	assert_member(body, "code", "not_found");
	assert_member(body, "request_id", "r-1");
	assert_int_equal(json_object_size(body), 7); /* no `errors` without an error */
	assert_string_equal(header_of(&reply, "Content-Language"), "zh-CN");
	assert_int_equal(reply.header_count, 1);
	assert_null(reply.etag);
	assert_string_equal(exchange.problem, "not_found");
}

static void a_problem_speaks_english_too(void **state)
{
	(void)state;
	exchange.locale = LOCALE_EN;
	struct reply reply = problem_reply_code(&exchange, PROBLEM_not_found);
	json_t *body = body_of(&reply);
	assert_member(body, "title", "Not found");
	assert_member(body, "detail", "Nothing is at this address, or you may not see it.");
	assert_string_equal(header_of(&reply, "Content-Language"), "en");
}

static void headers_follow_the_code(void **state)
{
	(void)state;
	static const struct header requested[] = {{"authorization", "Basic eA=="}};
	struct reply reply = problem_reply_code(&exchange, PROBLEM_unauthenticated);
	assert_string_equal(header_of(&reply, "WWW-Authenticate"), "Bearer realm=\"sciday\"");
	reply = problem_reply_code(&exchange, PROBLEM_invalid_token);
	assert_string_equal(header_of(&reply, "WWW-Authenticate"), "Bearer error=\"invalid_token\"");
	reply = problem_reply_code(&exchange, PROBLEM_forbidden);
	assert_int_equal(reply.status, 403);
	assert_string_equal(header_of(&reply, "WWW-Authenticate"), "Bearer error=\"insufficient_scope\"");
	reply = problem_reply_code(&exchange, PROBLEM_role_not_held_here);
	assert_null(header_of(&reply, "WWW-Authenticate"));
	reply = problem_reply_code(&exchange, PROBLEM_invalid_client);
	assert_string_equal(header_of(&reply, "WWW-Authenticate"), "Bearer realm=\"sciday\"");
	exchange.request.headers = requested;
	exchange.request.header_count = 1;
	reply = problem_reply_code(&exchange, PROBLEM_invalid_client);
	assert_string_equal(header_of(&reply, "WWW-Authenticate"), "Basic realm=\"sciday\"");
}

static void every_401_challenges(void **state)
{
	(void)state;
	for (enum problem_code code = 0; code < PROBLEM_COUNT; code++) {
		struct reply reply = problem_reply_code(&exchange, code);
		assert_int_equal(reply.status, problem_status(code));
		if (reply.status == 401)
			assert_non_null(header_of(&reply, "WWW-Authenticate"));
	}
}

static void what_is_set_is_sent(void **state)
{
	(void)state;
	struct problem *problem = problem_create(arena, PROBLEM_method_not_allowed);
	problem->allow = "GET, HEAD";
	struct reply reply = problem_reply(&exchange, problem);
	assert_string_equal(header_of(&reply, "Allow"), "GET, HEAD");
	assert_member(body_of(&reply), "detail", "该地址不支持此请求方法，支持的方法为：GET, HEAD。");

	problem = problem_create(arena, PROBLEM_rate_limited);
	problem->retry_after = 30;
	reply = problem_reply(&exchange, problem);
	assert_string_equal(header_of(&reply, "Retry-After"), "30");
	assert_member(body_of(&reply), "detail", "请求过于频繁，请在30秒后重试。");
	assert_null(json_object_get(body_of(&reply), "retry_after"));

	problem = problem_create(arena, PROBLEM_version_mismatch);
	problem->etag = "\"3-abc\"";
	problem->cause = "for the log";
	reply = problem_reply(&exchange, problem);
	assert_string_equal(reply.etag, "\"3-abc\"");
	assert_string_equal(exchange.cause, "for the log");
	assert_null(strstr(reply.body, "for the log"));

	reply = problem_reply_code(&exchange, PROBLEM_unavailable);
	assert_int_equal(reply.status, 503);
	assert_non_null(header_of(&reply, "Retry-After"));
}

static void params_stand_beside_the_members_and_never_replace_them(void **state)
{
	(void)state;
	struct problem *problem = problem_create(arena, PROBLEM_transition_not_allowed);
	problem->params = "{\"status\":1,\"current_status\":\"submitted\",\"allowed_actions\":[\"withdraw\"],\"code\":\"forged\","
			  "\"type\":1}";
	struct reply reply = problem_reply(&exchange, problem);
	json_t *body = body_of(&reply);
	assert_int_equal(json_integer_value(json_object_get(body, "status")), 409);
	assert_member(body, "code", "transition_not_allowed");
	assert_member(body, "type", "/problems/transition_not_allowed");
	assert_member(body, "current_status", "submitted");
	assert_string_equal(json_string_value(json_array_get(json_object_get(body, "allowed_actions"), 0)), "withdraw");

	problem = problem_create(arena, PROBLEM_invalid_grant);
	problem->params = "{\"error\":\"invalid_grant\",\"error_description\":\"no\"}";
	reply = problem_reply(&exchange, problem);
	assert_member(body_of(&reply), "error", "invalid_grant");
	assert_member(body_of(&reply), "error_description", "no");

	static const char *const none[] = {"", "[]", "7", "{", "{\"a\":1,\"a\":2}", "null"};
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		problem->params = none[i];
		reply = problem_reply(&exchange, problem);
		assert_int_equal(json_object_size(body_of(&reply)), 7);
	}
}

static void findings_keep_their_order(void **state)
{
	(void)state;
	struct problem *problem = problem_create(arena, PROBLEM_validation_failed);
	char pointer[] = "/title";
	problem_find(problem, pointer, NULL, "too_long", "{\"maximum\":100,\"actual\":101}");
	pointer[1] = 'x'; /* it was copied */
	problem_find(problem, NULL, "limit", "too_large", NULL);
	problem_find(problem, "/modules/0", NULL, "no_such_code", "[1]");
	struct reply reply = problem_reply(&exchange, problem);
	json_t *errors = json_object_get(body_of(&reply), "errors");
	assert_int_equal(json_array_size(errors), 3);

	const json_t *error = json_array_get(errors, 0);
	assert_member(error, "pointer", "/title");
	assert_member(error, "code", "too_long");
	assert_member(error, "detail", "超出字数限制，最多100字，现有101字。");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(error, "params"), "maximum")), 100);
	assert_null(json_object_get(error, "parameter"));
	error = json_array_get(errors, 1);
	assert_member(error, "parameter", "limit");
	assert_member(error, "detail", "数值过大。");
	assert_null(json_object_get(error, "pointer"));
	assert_null(json_object_get(error, "params"));
	error = json_array_get(errors, 2);
	assert_member(error, "code", "no_such_code");
	assert_member(error, "detail", "此项内容不符合要求。");
	assert_string_equal(finding_of("too_long_for_form", "{\"actual\":521,\"maximum\":500}", LOCALE_ZH_CN),
	                    "工作方案超出字数限制，各部分合计521字，最多500字。");
}

static void a_finding_alone_is_json_too(void **state)
{
	(void)state;
	struct finding finding = {.pointer = "/a", .code = "required"};
	assert_string_equal(finding_json(arena, &finding, LOCALE_EN),
	                    "{\"pointer\":\"/a\",\"code\":\"required\",\"detail\":\"This is required.\"}");
}

static void texts_are_filled(void **state)
{
	(void)state;
	const char *params = "{\"current_status\":\"under_review\",\"allowed_actions\":[\"return\",\"accept\"]}";
	assert_string_equal(detail_of(PROBLEM_transition_not_allowed, params, LOCALE_ZH_CN),
	                    "当前状态为“审核中”，不能进行此项操作；现在可以：退回、审核通过。");
	assert_string_equal(detail_of(PROBLEM_transition_not_allowed, params, LOCALE_EN),
	                    "This cannot be done while it is under review; what can be done now: return, accept.");
	assert_string_equal(detail_of(PROBLEM_transition_not_allowed, "{\"current_status\":\"accepted\",\"allowed_actions\":[]}",
	                              LOCALE_ZH_CN),
	                    "当前状态为“审核通过”，不能进行此项操作。");
	assert_string_equal(detail_of(PROBLEM_transition_not_allowed,
	                              "{\"current_status\":\"open\",\"allowed_actions\":[\"open\"]}", LOCALE_EN),
	                    "This cannot be done while it is open; what can be done now: issue the notice.");
	assert_string_equal(finding_of("wrong_type", "{\"expected\":[\"null\",\"string\"]}", LOCALE_ZH_CN),
	                    "此项类型不正确，应为空值、文字。");
	assert_string_equal(finding_of("unknown_module", "{\"value\":\"draft\"}", LOCALE_ZH_CN),
	                    "本届活动没有这个主题活动模块：draft。");
	assert_string_equal(detail_of(PROBLEM_not_editable, "{\"current_status\":\"not_a_word\"}", LOCALE_ZH_CN),
	                    "当前状态为“not_a_word”，不能修改。");
	assert_string_equal(detail_of(PROBLEM_not_editable, NULL, LOCALE_ZH_CN), "当前状态为“…”，不能修改。");
}

static void dates_and_numbers_are_as_people_write_them(void **state)
{
	(void)state;
	const char *params = "{\"starts_on\":\"2021-05-08\",\"ends_on\":\"2021-06-30\"}";
	assert_string_equal(finding_of("outside_campaign", params, LOCALE_ZH_CN),
	                    "日期不在本届活动期间（2021年5月8日至2021年6月30日）。");
	assert_string_equal(finding_of("outside_campaign", params, LOCALE_EN),
	                    "The date is outside the campaign (2021-05-08 to 2021-06-30).");
	assert_string_equal(finding_of("outside_campaign", "{\"starts_on\":\"2021-05-08\",\"ends_on\":null}", LOCALE_ZH_CN),
	                    "日期不在本届活动期间。");
	assert_string_equal(finding_of("too_small", "{\"minimum\":-0.5}", LOCALE_ZH_CN), "数值过小，不得小于-0.5。");
	assert_string_equal(finding_of("too_large", "{\"exclusive_maximum\":9007199254740993}", LOCALE_EN),
	                    "This is too large; less than 9007199254740993.");
	assert_string_equal(finding_of("not_allowed_value", "{\"allowed\":[\"a\",2,true]}", LOCALE_ZH_CN),
	                    "此项不在允许的取值范围内，可取：a、2、true。");
	assert_string_equal(finding_of("unknown_module", "{\"value\":\"20-21-5-30\"}", LOCALE_ZH_CN),
	                    "本届活动没有这个主题活动模块：20-21-5-30。");
	assert_string_equal(finding_of("unknown_module", "{\"value\":\"\"}", LOCALE_ZH_CN), "本届活动没有这个主题活动模块。");
	assert_string_equal(finding_of("unknown_module", "{\"value\":\"{value}[%s\"}", LOCALE_ZH_CN),
	                    "本届活动没有这个主题活动模块：{value}[%s。"); /* what was filled in is not filled again */
}

static void what_the_database_tells_becomes_findings(void **state)
{
	(void)state;
	const char *params = "{\"more\":1,\"errors\":[{\"pointer\":\"/title\",\"code\":\"required\"},"
			     "{\"parameter\":\"q\",\"code\":\"too_short\",\"params\":{\"minimum\":2}},"
			     "{\"pointer\":\"/x\",\"code\":\"taken\",\"params\":null}, 7]}";
	struct problem *problem = problem_create_from(arena, "form_incomplete", params);
	assert_int_equal(problem->code, PROBLEM_form_incomplete);
	assert_string_equal(problem->params, "{\"more\":1}");
	const struct finding *finding = problem->findings;
	assert_string_equal(finding->pointer, "/title");
	assert_string_equal(finding->code, "required");
	assert_null(finding->params);
	finding = finding->next;
	assert_string_equal(finding->parameter, "q");
	assert_null(finding->pointer);
	assert_string_equal(finding->params, "{\"minimum\":2}");
	finding = finding->next;
	assert_null(finding->params);
	finding = finding->next;
	assert_string_equal(finding->code, "invalid");
	assert_null(finding->next);
	assert_null(problem->cause);

	problem = problem_create_from(arena, "version_mismatch", NULL);
	assert_int_equal(problem->code, PROBLEM_version_mismatch);
	assert_null(problem->params);
	assert_null(problem->findings);

	problem = problem_create_from(arena, "no_such_code", "{}");
	assert_int_equal(problem->code, PROBLEM_internal);
	assert_non_null(strstr(problem->cause, "no_such_code"));
}

static void codes_have_names(void **state)
{
	(void)state;
	for (enum problem_code code = 0; code < PROBLEM_COUNT; code++) {
		assert_int_equal(problem_code_parse(problem_code_name(code)), code);
		assert_in_range(problem_status(code), 400, 599);
	}
	assert_int_equal(problem_code_parse("no_such_code"), PROBLEM_internal);
	assert_int_equal(problem_code_parse(""), PROBLEM_internal);
}

static void an_instance_is_a_uri_reference(void **state)
{
	(void)state;
	exchange.request.path = "/v1/a%20b/\xE5\x8D\x97\x01\"{x}\xFF~:@";
	struct reply reply = problem_reply_code(&exchange, PROBLEM_not_found);
	assert_member(body_of(&reply), "instance", "/v1/a%20b/%E5%8D%97%01%22%7Bx%7D%FF~:@");
	exchange.request.path = NULL;
	reply = problem_reply_code(&exchange, PROBLEM_not_found);
	assert_null(json_object_get(body_of(&reply), "instance"));
}

struct text {
	const char *code, *en, *zh;
	bool is_title;
};

static const struct text texts[] = {
#define PROBLEM(code, status, title_en, title_zh, detail_en, detail_zh) \
	{#code, title_en, title_zh, true}, {#code, detail_en, detail_zh, false},
#define FINDING(code, detail_en, detail_zh) {#code, detail_en, detail_zh, false},
#include "http/problems.def"
#undef PROBLEM
#undef FINDING
};

static bool ends_in(const char *text, const char *end)
{
	return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

/* {names} and [parts] open and close, and no part is in another. */
static bool is_well_formed(const char *text)
{
	int part = 0;
	for (const char *at = text; *at; at++) {
		part += (*at == '[') - (*at == ']');
		if (part < 0 || part > 1 || *at == '}')
			return false;
		if (*at != '{')
			continue;
		at += 1 + strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_");
		if (*at != '}')
			return false;
	}
	return part == 0;
}

static bool has_the_names_of(const char *text, const char *other)
{
	for (const char *open = strchr(other, '{'); open; open = strchr(open + 1, '{'))
		if (!strstr(text, arena_strndup(arena, open, strcspn(open, "}") + 1)))
			return false;
	return true;
}

/* NULL, or what is wrong with the text. */
static const char *fault_of(const struct text *text)
{
	if (text_length(text->en) != strlen(text->en))
		return "the English is not ASCII";
	if (strpbrk(text->zh, ",;!?"))
		return "the Chinese has Latin punctuation";
	if (text->is_title && (ends_in(text->en, ".") || ends_in(text->zh, "。")))
		return "a title has no full stop";
	if (!text->is_title && (!ends_in(text->en, ".") || !ends_in(text->zh, "。")))
		return "a detail ends in a full stop";
	if (!is_well_formed(text->en) || !is_well_formed(text->zh))
		return "its braces or brackets do not match";
	if (!has_the_names_of(text->zh, text->en) || !has_the_names_of(text->en, text->zh))
		return "the two languages do not have the same {names}";
	return NULL;
}

static void every_text_is_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *fault = fault_of(&texts[i]);
		if (fault)
			fail_msg("%s: %s", texts[i].code, fault);
	}
}

static void no_code_is_there_twice(void **state)
{
	(void)state;
	static const char *const findings[] = {
#define PROBLEM(...)
#define FINDING(code, detail_en, detail_zh) #code,
#include "http/problems.def"
#undef PROBLEM
#undef FINDING
	};
	for (size_t i = 0; i < sizeof(findings) / sizeof(findings[0]); i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(findings[i], findings[j]);
}

static void headers_are_found_without_case(void **state)
{
	(void)state;
	const struct header headers[] = {{"X-Request-Id", "1"}, {"accept", "a"}, {"ACCEPT", "b"}};
	struct request request = {.headers = headers, .header_count = 3};
	assert_string_equal(request_header(&request, "Accept"), "a");
	assert_string_equal(request_header(&request, "x-request-id"), "1");
	assert_null(request_header(&request, "X-Request"));
}

static void methods_have_names(void **state)
{
	(void)state;
	for (enum method method = METHOD_GET; method < METHOD_OTHER; method++)
		assert_int_equal(method_parse(method_name(method)), method);
	assert_int_equal(method_parse("get"), METHOD_OTHER);
	assert_int_equal(method_parse("OTHER"), METHOD_OTHER);
	assert_int_equal(method_parse(""), METHOD_OTHER);
}

static void values_are_set_and_replaced(void **state)
{
	(void)state;
	struct values *values = &exchange.values;
	assert_null(values_get(values, "title"));
	values_set(values, "title", "一");
	values_set(values, "comment", NULL);
	values_set(values, "title", "二");
	assert_string_equal(values_get(values, "title"), "二");
	assert_null(values_get(values, "comment"));
	assert_int_equal(values->count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_problem_has_its_members, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_problem_speaks_english_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(headers_follow_the_code, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_401_challenges, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_set_is_sent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(params_stand_beside_the_members_and_never_replace_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(findings_keep_their_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_finding_alone_is_json_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(texts_are_filled, set_up, tear_down),
		cmocka_unit_test_setup_teardown(dates_and_numbers_are_as_people_write_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_the_database_tells_becomes_findings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(codes_have_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_instance_is_a_uri_reference, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_text_is_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_code_is_there_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(headers_are_found_without_case, set_up, tear_down),
		cmocka_unit_test_setup_teardown(methods_have_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(values_are_set_and_replaced, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
