/* Calendars, read again by libical as a calendar would, and byte by byte where calendars differ: folding and escaping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <libical/ical.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"
#include "export/icalendar.h"

static int set_up(void **state)
{
	*state = arena_create();
	return 0;
}

static int tear_down(void **state)
{
	arena_destroy(*state);
	return 0;
}

static const struct icalendar_event plain = {
	.uid = "01a21079-70a9-77c5-add3-3a29c719b555@sciday",
	.starts_on = "20210512",
	.ends_on = "20210512",
	.updated_at = "20210510T091500Z",
	.sequence = 2,
	.summary = "工作方案",
};

static const char *calendar_of(struct arena *arena, const struct icalendar_event *event)
{
	struct buffer calendar = buffer_create(arena);
	icalendar_begin(&calendar, "江苏省“全国科技工作者日”活动", "Asia/Shanghai");
	icalendar_append(&calendar, event);
	icalendar_end(&calendar);
	return calendar.data;
}

/* The calendar as libical reads it, which finds nothing wrong with it. */
static icalcomponent *read(const char *text)
{
	icalcomponent *calendar = icalparser_parse_string(text);
	assert_non_null(calendar);
	assert_int_equal(icalcomponent_isa(calendar), ICAL_VCALENDAR_COMPONENT);
	icalrestriction_check(calendar);
	assert_int_equal(icalcomponent_count_errors(calendar), 0);
	return calendar;
}

static void test_whole(void **state)
{
	struct icalendar_event event = plain;
	event.ends_on = "20210513";
	event.description = "省科协";
	event.location = "南京";
	event.url = "https://live.example/1?a=b,c";
	event.category = "报送截止";
	event.has_alarms = true;
	assert_string_equal(calendar_of(*state, &event), "BEGIN:VCALENDAR\r\n"
	                                                 "VERSION:2.0\r\n"
	                                                 "PRODID:-//sciday//sciday " SCIDAY_VERSION "//ZH\r\n"
	                                                 "CALSCALE:GREGORIAN\r\n"
	                                                 "X-WR-CALNAME:江苏省“全国科技工作者日”活动\r\n"
	                                                 "X-WR-TIMEZONE:Asia/Shanghai\r\n"
	                                                 "X-PUBLISHED-TTL:PT6H\r\n"
	                                                 "BEGIN:VEVENT\r\n"
	                                                 "UID:01a21079-70a9-77c5-add3-3a29c719b555@sciday\r\n"
	                                                 "DTSTAMP:20210510T091500Z\r\n"
	                                                 "LAST-MODIFIED:20210510T091500Z\r\n"
	                                                 "SEQUENCE:2\r\n"
	                                                 "DTSTART;VALUE=DATE:20210512\r\n"
	                                                 "DTEND;VALUE=DATE:20210514\r\n"
	                                                 "SUMMARY:工作方案\r\n"
	                                                 "DESCRIPTION:省科协\r\n"
	                                                 "LOCATION:南京\r\n"
	                                                 "URL:https://live.example/1?a=b,c\r\n"
	                                                 "CATEGORIES:报送截止\r\n"
	                                                 "STATUS:CONFIRMED\r\n"
	                                                 "TRANSP:TRANSPARENT\r\n"
	                                                 "BEGIN:VALARM\r\n"
	                                                 "ACTION:DISPLAY\r\n"
	                                                 "TRIGGER:-P2DT15H\r\n"
	                                                 "DESCRIPTION:工作方案\r\n"
	                                                 "END:VALARM\r\n"
	                                                 "BEGIN:VALARM\r\n"
	                                                 "ACTION:DISPLAY\r\n"
	                                                 "TRIGGER:-PT15H\r\n"
	                                                 "DESCRIPTION:工作方案\r\n"
	                                                 "END:VALARM\r\n"
	                                                 "END:VEVENT\r\n"
	                                                 "END:VCALENDAR\r\n");
	assert_string_equal(calendar_of(*state, &event), calendar_of(*state, &event));
	icalcomponent_free(read(calendar_of(*state, &event)));
}

static void test_empty(void **state)
{
	struct buffer calendar = buffer_create(*state);
	icalendar_begin(&calendar, "空", "Asia/Shanghai");
	icalendar_end(&calendar);
	assert_non_null(strstr(calendar.data, "X-PUBLISHED-TTL:PT6H\r\nEND:VCALENDAR\r\n"));
}

static void test_days(void **state)
{
	static const char *const last_and_end[][2] = {
		{"20210531", "20210601"}, {"20211231", "20220101"}, {"20240228", "20240229"}, {"20230228", "20230301"}};
	for (size_t i = 0; i < sizeof last_and_end / sizeof *last_and_end; i++) {
		struct icalendar_event event = plain;
		event.starts_on = event.ends_on = last_and_end[i][0];
		icalcomponent *calendar = read(calendar_of(*state, &event));
		icalcomponent *found = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
		struct icaltimetype start = icalcomponent_get_dtstart(found), end = icalcomponent_get_dtend(found);
		assert_true(start.is_date && end.is_date);
		assert_string_equal(icaltime_as_ical_string(start), last_and_end[i][0]);
		assert_string_equal(icaltime_as_ical_string(end), last_and_end[i][1]);
		icalcomponent_free(calendar);
	}
}

static void test_instant(void **state)
{
	struct icalendar_event event = plain;
	event.at = "20210512T040000Z";
	event.has_alarms = true;
	const char *text = calendar_of(*state, &event);
	assert_non_null(strstr(text, "\r\nDTSTART:20210512T040000Z\r\n"));
	assert_null(strstr(text, "DTEND"));
	assert_non_null(strstr(text, "\r\nTRIGGER:-P3D\r\n"));
	assert_non_null(strstr(text, "\r\nTRIGGER:-P1D\r\n"));
	icalcomponent_free(read(text));
}

static void test_statuses(void **state)
{
	static const char *const lines[] = {[ICALENDAR_CONFIRMED] = "\r\nSTATUS:CONFIRMED\r\n",
	                                    [ICALENDAR_TENTATIVE] = "\r\nSTATUS:TENTATIVE\r\n",
	                                    [ICALENDAR_CANCELLED] = "\r\nSTATUS:CANCELLED\r\n"};
	for (unsigned status = ICALENDAR_CONFIRMED; status <= ICALENDAR_CANCELLED; status++) {
		struct icalendar_event event = plain;
		event.status = status;
		const char *text = calendar_of(*state, &event);
		assert_non_null(strstr(text, lines[status]));
		icalcomponent_free(read(text));
	}
}

/* Section 3.3.11. */
static void test_escaping(void **state)
{
	struct icalendar_event event = plain;
	event.summary = "甲,乙;丙\\丁\"戊:己\n庚";
	event.location = "BEGIN:VEVENT\nEND:VEVENT";
	const char *text = calendar_of(*state, &event);
	assert_non_null(strstr(text, "\r\nSUMMARY:甲\\,乙\\;丙\\\\丁\"戊:己\\n庚\r\n"));
	assert_non_null(strstr(text, "\r\nLOCATION:BEGIN:VEVENT\\nEND:VEVENT\r\n"));
	icalcomponent *calendar = read(text);
	icalcomponent *found = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
	assert_string_equal(icalcomponent_get_summary(found), event.summary);
	assert_string_equal(icalcomponent_get_location(found), event.location);
	assert_int_equal(icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT), 1);
	icalcomponent_free(calendar);
}

/* Section 3.1: no line has more than 75 octets, and none cuts a character. Unfolded, the text is what it was. */
static void assert_folded(struct arena *arena, const char *text, const char *summary)
{
	struct buffer unfolded = buffer_create(arena);
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\r");
		assert_true(length <= 75);
		assert_memory_equal(line + length, "\r\n", 2);
		assert_true(text_is_utf8(line, length));
		buffer_append(&unfolded, line, length);
		line += length + 2;
		if (*line == ' ')
			line++;
		else
			buffer_append(&unfolded, "\n", 1);
	}
	struct buffer wanted = buffer_create(arena);
	buffer_printf(&wanted, "\nSUMMARY:%s\n", summary);
	assert_non_null(strstr(unfolded.data, wanted.data));
}

/* A text of two, three and four octets to the character, beginning at each place in the line. */
static void test_folding(void **state)
{
	static const char *const characters[] = {"é", "科", "😀"};
	for (size_t shift = 0; shift < 80; shift++)
		for (size_t i = 0; i < 3; i++) {
			struct buffer summary = buffer_create(*state);
			for (size_t j = 0; j < shift; j++)
				buffer_append_string(&summary, "a");
			for (size_t j = 0; j < 100; j++)
				buffer_append_string(&summary, characters[i]);
			struct icalendar_event event = plain;
			event.summary = summary.data;
			const char *text = calendar_of(*state, &event);
			assert_folded(*state, text, summary.data);
			icalcomponent *calendar = read(text);
			icalcomponent *found = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
			assert_string_equal(icalcomponent_get_summary(found), summary.data);
			icalcomponent_free(calendar);
		}
}

static void test_folding_bytes(void **state)
{
	struct icalendar_event event = plain;
	event.summary = "科学家精神报告团走进紫金山，讲述老一辈天文学家爱国奉献、自立自强的故事，并参观天文台旧址";
	const char *text = calendar_of(*state, &event);
	const char *summary = strstr(text, "SUMMARY:");
	assert_string_equal(arena_strndup(*state, summary, (size_t)(strstr(summary, "STATUS:") - summary)),
	                    "SUMMARY:\r\n"
	                    " 科学家精神报告团走进紫金山，讲述老一辈天文学家爱\r\n"
	                    " 国奉献、自立自强的故事，并参观天文台旧址\r\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(whole),    TEST(empty),    TEST(days),    TEST(instant),
	                                   TEST(statuses), TEST(escaping), TEST(folding), TEST(folding_bytes)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("icalendar", tests, NULL, NULL);
}
