/* Bodies and parameters against their rules: what is found, where, and what is stored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <pthread.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "contract/contract.h"
#include "contract/pattern.h"
#include "contract/schema.h"
#include "http/problem.h"

#define LENGTH_OF(array) (sizeof(array) / sizeof *(array))

/* An activity's form in small, with every kind of rule. */
static const struct schema title = {
	.types = SCHEMA_STRING, .minimum_length = 1, .has_maximum_length = true, .maximum_length = 10};
static const struct schema count = {
	.types = SCHEMA_INTEGER, .has_minimum = true, .minimum = 0, .has_maximum = true, .maximum = 100};
static const char *const module_codes[] = {"\"lecture\"", "\"exhibition\"", "\"开放日\"", NULL};
static const struct schema module = {.types = SCHEMA_STRING, .constants = module_codes};
static const struct schema modules = {.types = SCHEMA_ARRAY,
                                      .minimum_items = 1,
                                      .has_maximum_items = true,
                                      .maximum_items = 3,
                                      .unique_items = true,
                                      .items = &module};
static const struct schema email = {.types = SCHEMA_STRING | SCHEMA_NULL, .format = STRING_EMAIL};
static const struct schema_property contact_fields[] = {
	{"name", &title, true},
	{"email", &email, false},
};
static const struct schema contact = {.types = SCHEMA_OBJECT, .properties = contact_fields, .property_count = 2, .closed = true};
static const struct schema date = {.types = SCHEMA_STRING, .format = STRING_DATE};
static const struct schema ratio = {.types = SCHEMA_NUMBER,
                                    .has_exclusive_minimum = true,
                                    .exclusive_minimum = 0,
                                    .has_exclusive_maximum = true,
                                    .exclusive_maximum = 1};
static const struct schema code = {.types = SCHEMA_STRING, .pattern = "^[a-z0-9][a-z0-9-]{0,9}$"};
static const struct schema secret = {.types = SCHEMA_STRING, .verbatim = true};
static const struct schema_property activity_fields[] = {
	{"title", &title, true},      {"expected_participants", &count, false},
	{"modules", &modules, false}, {"contact", &contact, false},
	{"starts_on", &date, false},  {"ratio", &ratio, false},
	{"code", &code, false},       {"secret", &secret, false},
};
static const struct schema activity = {.types = SCHEMA_OBJECT,
                                       .minimum_properties = 1,
                                       .has_maximum_properties = true,
                                       .maximum_properties = 6,
                                       .properties = activity_fields,
                                       .property_count = LENGTH_OF(activity_fields),
                                       .closed = true};

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_create();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_destroy(arena);
	return 0;
}

static void release_json(void *json)
{
	json_decref(json);
}

static json_t *parse(const char *text)
{
	json_error_t error;
	json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
	if (!value)
		fail_msg("%s: %s", text, error.text);
	arena_defer(arena, release_json, value);
	return value;
}

static json_t *string(const char *text)
{
	json_t *value = json_string(text);
	arena_defer(arena, release_json, value);
	return value;
}

/* Every finding as "pointer code" (or "?parameter code"), with commas between. */
static const char *findings_text(const struct problem *problem)
{
	struct buffer text = buffer_create(arena);
	for (const struct finding *finding = problem->findings; finding; finding = finding->next)
		buffer_printf(&text, "%s%s%s %s", text.length ? ", " : "", finding->pointer ? "" : "?",
		              finding->pointer ? finding->pointer : finding->parameter, finding->code);
	return text.data ? text.data : "";
}

static const char *check(const struct schema *schema, json_t *value)
{
	struct problem *problem = problem_create(arena, PROBLEM_validation_failed);
	schema_check(problem, schema, value, "");
	return findings_text(problem);
}

static void assert_found(const struct schema *schema, const char *json, const char *expected)
{
	const char *found = check(schema, parse(json));
	if (strcmp(found, expected) != 0)
		fail_msg("%s gives \"%s\", not \"%s\"", json, found, expected);
}

static void a_good_body_has_no_findings(void **state)
{
	(void)state;
	assert_found(&activity,
	             "{\"title\": \"科普讲座\", \"expected_participants\": 100, \"modules\": [\"lecture\", \"开放日\"],"
	             " \"contact\": {\"name\": \"王芳\", \"email\": null}, \"starts_on\": \"2021-05-30\", \"ratio\": 0.5}",
	             "");
}

static void all_that_is_wrong_is_found_at_once(void **state)
{
	(void)state;
	assert_found(
		&activity,
		"{\"title\": \"\", \"expected_participants\": 101, \"modules\": [\"lecture\", \"dance\", \"lecture\"],"
		" \"contact\": {\"email\": \"nobody\", \"wechat\": \"x\"}, \"starts_on\": \"2021-02-29\"}",
		"/title too_short, /expected_participants too_large, /modules/1 not_allowed_value, /modules/2 duplicate_item, "
		"/contact/name required, /contact/email invalid_email, /contact/wechat unknown_field, /starts_on invalid_date");
}

static void each_rule_has_its_code(void **state)
{
	(void)state;
	static const struct {
		const struct schema *schema;
		const char *json, *expected;
	} cases[] = {
		{&title, "1", " wrong_type"},
		{&title, "\"一二三四五六七八九十百\"", " too_long"},
		{&title, "\"一二三四五六七八九十\"", ""},
		{&title, "\"a\\u0007b\"", " control_character"},
		{&count, "-1", " too_small"},
		{&count, "1.5", " wrong_type"},
		{&count, "true", " wrong_type"},
		{&count, "null", " wrong_type"},
		{&ratio, "0", " too_small"},
		{&ratio, "1.0", " too_large"},
		{&modules, "[]", " too_few_items"},
		{&modules, "[\"lecture\",\"exhibition\",\"lecture\",\"dance\"]", " too_many_items"},
		{&modules, "{}", " wrong_type"},
		{&code, "\"Nanjing\"", " pattern_mismatch"},
		{&code, "\"nanjing\"", ""},
		{&activity, "{}", " too_few_fields, /title required"},
		{&activity, "[]", " wrong_type"},
		{&activity, "{\"title\":\"a\",\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1}",
	         " too_many_fields, /a unknown_field, /b unknown_field, /c unknown_field, /d unknown_field, /e unknown_field, "
	         "/f unknown_field"},
	};
	for (size_t i = 0; i < LENGTH_OF(cases); i++)
		assert_found(cases[i].schema, cases[i].json, cases[i].expected);
}

static void pointers_escape_and_begin_where_they_are_told(void **state)
{
	(void)state;
	assert_found(&activity, "{\"title\": \"a\", \"a/b~c\": 1}", "/a~1b~0c unknown_field");
	struct problem *problem = problem_create(arena, PROBLEM_validation_failed);
	schema_check(problem, &activity, parse("{\"title\": 3}"), "/items/3");
	assert_string_equal(findings_text(problem), "/items/3/title wrong_type");
}

static void params_have_the_numbers_and_words(void **state)
{
	(void)state;
	struct problem *problem = problem_create(arena, PROBLEM_validation_failed);
	schema_check(problem, &title, parse("\"一二三四五六七八九十百\""), "");
	schema_check(problem, &count, parse("\"many\""), "");
	schema_check(problem, &email, parse("1"), "");
	schema_check(problem, &count, parse("200"), "");
	schema_check(problem, &ratio, parse("-0.5"), "");
	schema_check(problem, &module, parse("\"dance\""), "");
	static const char *const expected[] = {
		"{\"maximum\":10,\"actual\":11}",
		"{\"expected\":[\"integer\"]}",
		"{\"expected\":[\"null\",\"string\"]}",
		"{\"maximum\":100}",
		"{\"exclusive_minimum\":0}",
		"{\"allowed\":[\"lecture\",\"exhibition\",\"开放日\"]}",
	};
	const struct finding *finding = problem->findings;
	for (size_t i = 0; i < LENGTH_OF(expected); i++, finding = finding->next) {
		assert_non_null(finding);
		assert_string_equal(finding->params, expected[i]);
	}
	assert_null(finding);
}

static void findings_end_at_a_hundred(void **state)
{
	(void)state;
	json_t *object = json_object();
	arena_defer(arena, release_json, object);
	for (int i = 0; i < 1000; i++)
		json_object_set_new(object, arena_printf(arena, "field_%d", i), json_null());
	struct problem *problem = problem_create(arena, PROBLEM_validation_failed);
	schema_check(problem, &activity, object, "");
	size_t found = 0;
	for (const struct finding *finding = problem->findings; finding; finding = finding->next)
		found++;
	assert_int_equal(found, 100);
}

static void strings_are_normalized_where_they_stand(void **state)
{
	(void)state;
	json_t *body =
		parse("{\"title\": \"\\u3000 Cafe\\u0301\\r\\n \", \"secret\": \" e\\u0301 \", \"modules\": [\" lecture \"]}");
	assert_string_equal(check(&activity, body), "");
	assert_string_equal(json_string_value(json_object_get(body, "title")), "Caf\xC3\xA9");
	assert_string_equal(json_string_value(json_object_get(body, "secret")), " e\xCC\x81 ");
	assert_string_equal(json_string_value(json_array_get(json_object_get(body, "modules"), 0)), "lecture");
	assert_found(&title, "\" \\u3000\\n \"", " too_short");
	/* Eleven code points as they came, ten in NFC. */
	assert_found(&title, "\"123456789e\\u0301\"", "");
}

static void a_whole_real_becomes_an_integer(void **state)
{
	(void)state;
	static const struct schema counts = {.types = SCHEMA_ARRAY, .items = &count};
	json_t *body = parse("{\"title\": \"a\", \"expected_participants\": 20.0, \"ratio\": 0.5}");
	assert_string_equal(check(&activity, body), "");
	assert_true(json_is_integer(json_object_get(body, "expected_participants")));
	assert_true(json_is_real(json_object_get(body, "ratio")));
	json_t *array = parse("[1e1, 2]");
	assert_string_equal(check(&counts, array), "");
	assert_string_equal(schema_value_text(arena, &counts, array), "{10,2}");
}

static void items_are_the_same_by_value(void **state)
{
	(void)state;
	static const struct schema any = {.types = SCHEMA_ANY};
	static const struct schema unique = {.types = SCHEMA_ARRAY, .unique_items = true, .items = &any};
	assert_found(&unique, "[1, 1.0]", "/1 duplicate_item");
	assert_found(&unique, "[{\"a\": 1, \"b\": [2]}, {\"b\": [2.0], \"a\": 1}]", "/1 duplicate_item");
	assert_found(&unique, "[0, -0.0]", "/1 duplicate_item");
	assert_found(&unique, "[9007199254740993, 9007199254740992.0]", "");
	assert_found(&unique, "[1, \"1\", true, null, [1], {\"1\": 1}]", "");
	assert_found(&unique, "[{\"a\": null}, {\"b\": null}, {}, []]", "");
	assert_found(&unique, "[9223372036854775807, 1e300]", "");
}

static void constants_are_compared_by_value(void **state)
{
	(void)state;
	static const char *const constants[] = {"1", "\"a\\\"b\"", "null", "{\"a\":[1]}", NULL};
	static const struct schema schema = {.types = SCHEMA_ANY, .constants = constants};
	static const char *const good[] = {"1", "1.0", "\"a\\\"b\"", "null", "{\"a\": [1.0]}"};
	static const char *const bad[] = {"2", "\"1\"", "\"a\"", "false", "{\"a\": []}", "[]"};
	for (size_t i = 0; i < LENGTH_OF(good); i++)
		assert_found(&schema, good[i], "");
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		assert_found(&schema, bad[i], " not_allowed_value");
}

static void additional_fields_have_their_schema(void **state)
{
	(void)state;
	static const struct schema map = {.types = SCHEMA_OBJECT, .additional = &count};
	assert_found(&map, "{\"a\": 1, \"b\": 2.0}", "");
	assert_found(&map, "{\"a\": 1, \"b\": \"2\"}", "/b wrong_type");
}

static void assert_format(enum string_format format, const char *const *good, const char *const *bad)
{
	const struct schema schema = {.types = SCHEMA_STRING, .format = format};
	for (; *good; good++) {
		const char *found = check(&schema, string(*good));
		if (*found)
			fail_msg("%s gives %s", *good, found);
	}
	for (; *bad; bad++)
		if (!*check(&schema, string(*bad)))
			fail_msg("%s was taken", *bad);
}

static void dates_exist(void **state)
{
	(void)state;
	static const char *const good[] = {"2021-05-30", "2020-02-29", "2000-02-29", "0001-01-01", "9999-12-31", NULL};
	static const char *const bad[] = {
		"2021-02-29", "1900-02-29", "2021-04-31",     "2021-13-01", "2021-00-01",           "2021-01-00",
		"2021-1-1",   "20210530",   "2021/05/30",     "0000-01-01", "2021-05-30T00:00:00Z", "",
		"2021-05-3x", "+021-05-30", "２０２１-05-30", NULL};
	assert_format(STRING_DATE, good, bad);
}

static void instants_have_seconds_and_an_offset(void **state)
{
	(void)state;
	static const char *const good[] = {"2021-05-30T09:00:00+08:00",
	                                   "2021-05-30T09:00:00Z",
	                                   "2021-05-30t09:00:00.123456z",
	                                   "2016-12-31T23:59:60Z",
	                                   "2017-01-01T07:59:60+08:00",
	                                   "2021-05-30T23:59:59-23:59",
	                                   NULL};
	static const char *const bad[] = {"2021-05-30T09:00:00",
	                                  "2021-05-30T09:00Z",
	                                  "2021-05-30 09:00:00Z",
	                                  "2021-05-30T24:00:00Z",
	                                  "2021-05-30T09:60:00Z",
	                                  "2021-05-30T09:00:61Z",
	                                  "2021-05-30T09:00:60Z",
	                                  "2016-12-31T23:59:60+08:00",
	                                  "2021-05-30T09:00:00.Z",
	                                  "2021-05-30T09:00:00+8:00",
	                                  "2021-05-30T09:00:00+0800",
	                                  "2021-05-30T09:00:00+24:00",
	                                  "2021-05-30T09:00:00+08:60",
	                                  "2021-02-30T09:00:00Z",
	                                  "2021-05-30T09:00:00ZZ",
	                                  "2021-05-30",
	                                  "",
	                                  NULL};
	assert_format(STRING_DATE_TIME, good, bad);
}

static void ids_are_uuids(void **state)
{
	(void)state;
	static const char *const good[] = {"0196b1d4-7c00-7000-8000-000000000001", "2EB8AA08-AA98-11EA-B4AA-73B441D16380", NULL};
	static const char *const bad[] = {"0196b1d47c0070008000000000000001",
	                                  "{0196b1d4-7c00-7000-8000-000000000001}",
	                                  "0196b1d4-7c00-7000-8000-00000000000g",
	                                  "0196b1d4-7c00-7000-8000-00000000001",
	                                  "",
	                                  NULL};
	assert_format(STRING_UUID, good, bad);
}

static void email_addresses_are_those_that_people_use(void **state)
{
	(void)state;
	static const char *const good[] = {"kx@nanjing.gov.cn", "a+b@x", "o'neil@example.com", "a.b-c_d@sub.example-x.org", NULL};
	static const char *const bad[] = {"",         "nobody",       "@example.com",     "a@", "a b@example.com", "a@-x.com",
	                                  "a@x..com", "王@例子.中国", "a@x.com, b@x.com", NULL};
	assert_format(STRING_EMAIL, good, bad);
}

static void uris_are_web_addresses(void **state)
{
	(void)state;
	static const char *const good[] = {"https://www.cast.org.cn/",
	                                   "http://localhost:8080/a?b=c#d",
	                                   "HTTPS://example.com",
	                                   "https://[2001:db8::1]:443/",
	                                   "https://example.com/%E7%A7%91?q=1",
	                                   "https://example.com?x",
	                                   NULL};
	static const char *const bad[] = {"",
	                                  "www.cast.org.cn",
	                                  "ftp://example.com/",
	                                  "javascript:alert(1)",
	                                  "https://user:secret@example.com/",
	                                  "https://",
	                                  "https://example.com/a b",
	                                  "https://example.com/科",
	                                  "https://example.com/%zz",
	                                  "https://exa_mple.com:port/",
	                                  NULL};
	assert_format(STRING_URI, good, bad);
}

static void patterns_are_ecma_262s(void **state)
{
	(void)state;
	assert_true(pattern_matches("^[\\u4e00-\\u9fff]{2}$", "科技", strlen("科技")));
	assert_false(pattern_matches("^a$", "a\n", 2));
	assert_true(pattern_matches("^.$", "科", strlen("科")));
	assert_false(pattern_matches("^\\d$", "３", strlen("３")));
	assert_false(pattern_matches("[]", "a", 1));
}

static void *match_many(void *start)
{
	static const char *const patterns[] = {"^a+$", "^b+$", "^c+$", "^d+$", "^e+$", "^f+$", "^g+$", "^h+$"};
	pthread_barrier_wait(start);
	bool all = true;
	for (size_t i = 0; i < LENGTH_OF(patterns); i++) {
		const char text[] = {(char)('a' + i), '\0'};
		all = all && pattern_matches(patterns[i], text, 1) && !pattern_matches(patterns[i], "-", 1);
	}
	return all ? start : NULL;
}

static void patterns_are_shared_by_threads(void **state)
{
	(void)state;
	pthread_t threads[8];
	pthread_barrier_t start;
	pthread_barrier_init(&start, NULL, LENGTH_OF(threads));
	for (size_t i = 0; i < LENGTH_OF(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, match_many, &start), 0);
	for (size_t i = 0; i < LENGTH_OF(threads); i++) {
		void *result;
		pthread_join(threads[i], &result);
		assert_non_null(result);
	}
	pthread_barrier_destroy(&start);
}

/* A parameter's findings, or "=" and its text. */
static const char *parameter(const struct schema *schema, const char *text)
{
	struct problem *problem = problem_create(arena, PROBLEM_invalid_parameter);
	const char *checked = NULL;
	schema_check_parameter(problem, schema, "p", text, &checked);
	return problem->findings ? findings_text(problem) : arena_printf(arena, "=%s", checked);
}

static void parameters_are_read_by_their_schema(void **state)
{
	(void)state;
	static const struct schema boolean = {.types = SCHEMA_BOOLEAN};
	assert_string_equal(parameter(&count, "20"), "=20");
	assert_string_equal(parameter(&count, "101"), "?p too_large");
	static const char *const not_integers[] = {
		"", " 1", "1 ", "01", "+1", "1.0", "1e1", "0x1", "一", "1,2", "99999999999999999999"};
	for (size_t i = 0; i < LENGTH_OF(not_integers); i++)
		assert_string_equal(parameter(&count, not_integers[i]), "?p wrong_type");
	assert_string_equal(parameter(&ratio, "0.1"), "=0.1");
	assert_string_equal(parameter(&ratio, "0.30000000000000004"), "=0.30000000000000004");
	assert_string_equal(parameter(&boolean, "true"), "=true");
	assert_string_equal(parameter(&boolean, "True"), "?p wrong_type");
	assert_string_equal(parameter(&boolean, "1"), "?p wrong_type");
	assert_string_equal(parameter(&title, " 南京 "), "=南京");
	assert_string_equal(parameter(&title, ""), "?p too_short");
	assert_string_equal(parameter(&date, "2021-02-30"), "?p invalid_date");
}

static void an_array_parameter_is_comma_separated(void **state)
{
	(void)state;
	static const struct schema names = {.types = SCHEMA_ARRAY, .items = &title};
	static const struct schema counts = {.types = SCHEMA_ARRAY, .items = &count};
	assert_string_equal(parameter(&modules, "lecture,开放日"), "={\"lecture\",\"开放日\"}");
	assert_string_equal(parameter(&modules, "lecture,dance"), "?p not_allowed_value");
	assert_string_equal(parameter(&modules, "lecture,lecture"), "?p duplicate_item");
	assert_string_equal(parameter(&modules, ""), "?p not_allowed_value");
	assert_string_equal(parameter(&modules, "lecture,"), "?p not_allowed_value");
	assert_string_equal(parameter(&names, "a\"b,c\\d,{e},NULL"), "={\"a\\\"b\",\"c\\\\d\",\"{e}\",\"NULL\"}");
	assert_string_equal(parameter(&counts, "1,2"), "={1,2}");
	assert_string_equal(parameter(&counts, "1,x"), "?p wrong_type");
}

static void values_have_postgresqls_text_form(void **state)
{
	(void)state;
	static const struct schema any = {.types = SCHEMA_ANY};
	static const struct schema strings = {.types = SCHEMA_ARRAY, .items = &email};
	static const struct schema objects = {.types = SCHEMA_ARRAY, .items = &contact};
	static const struct {
		const struct schema *schema;
		const char *json, *expected;
	} cases[] = {
		{&any, "\"a\\nb\"", "a\nb"},
		{&any, "-3", "-3"},
		{&any, "0.1", "0.1"},
		{&any, "true", "true"},
		{&strings, "[]", "{}"},
		{&strings, "[\"a\", null]", "{\"a\",NULL}"},
		{&objects, "[]", "[]"},
		{&objects, "[{\"name\": \"王芳\"}]", "[{\"name\":\"王芳\"}]"},
		{&contact, "{\"name\": \"a\"}", "{\"name\":\"a\"}"},
		{&any, "[1, 2]", "[1,2]"},
	};
	for (size_t i = 0; i < LENGTH_OF(cases); i++)
		assert_string_equal(schema_value_text(arena, cases[i].schema, parse(cases[i].json)), cases[i].expected);
	assert_null(schema_value_text(arena, &any, parse("null")));
}

/* A pattern that does not compile ends the process at its first use: here, rather than in service. */
static void try_patterns(const struct schema *schema)
{
	if (!schema)
		return;
	if (schema->pattern)
		pattern_matches(schema->pattern, "", 0);
	try_patterns(schema->items);
	try_patterns(schema->additional);
	for (size_t i = 0; i < schema->property_count; i++)
		try_patterns(schema->properties[i].schema);
}

static void every_pattern_of_the_contract_compiles(void **state)
{
	(void)state;
	for (size_t i = 0; i < contract_operation_count; i++) {
		const struct operation *operation = &contract_operations[i];
		try_patterns(operation->body);
		for (size_t j = 0; j < operation->parameter_count; j++)
			try_patterns(operation->parameters[j].schema);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_body_has_no_findings),
		TEST(all_that_is_wrong_is_found_at_once),
		TEST(each_rule_has_its_code),
		TEST(pointers_escape_and_begin_where_they_are_told),
		TEST(params_have_the_numbers_and_words),
		TEST(findings_end_at_a_hundred),
		TEST(strings_are_normalized_where_they_stand),
		TEST(a_whole_real_becomes_an_integer),
		TEST(items_are_the_same_by_value),
		TEST(constants_are_compared_by_value),
		TEST(additional_fields_have_their_schema),
		TEST(dates_exist),
		TEST(instants_have_seconds_and_an_offset),
		TEST(ids_are_uuids),
		TEST(email_addresses_are_those_that_people_use),
		TEST(uris_are_web_addresses),
		TEST(patterns_are_ecma_262s),
		TEST(patterns_are_shared_by_threads),
		TEST(parameters_are_read_by_their_schema),
		TEST(an_array_parameter_is_comma_separated),
		TEST(values_have_postgresqls_text_form),
		TEST(every_pattern_of_the_contract_compiles),
	};
	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
