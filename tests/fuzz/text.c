/*
 * Text and its formats (base/text.h, base/buffer.h, contract/string_format.h): the input is "FORMAT: text", with the format as the contract names it.
 */
#include <ctype.h>
#include <string.h>
#include <time.h>

#include <yajl/yajl_tree.h>

#include "base/buffer.h"
#include "base/text.h"
#include "contract/string_format.h"
#include "fuzz.h"

/* As a calendar sees it that has nothing to do with ours. */
static bool is_day(const char *text)
{
	struct tm day = {0}, same;
	int end = 0;
	if (sscanf(text, "%4d-%2d-%2d%n", &day.tm_year, &day.tm_mon, &day.tm_mday, &end) != 3 || end != 10)
		return false;
	day.tm_year -= 1900;
	day.tm_mon--;
	same = day;
	return timegm(&same) != -1 && same.tm_mday == day.tm_mday && same.tm_mon == day.tm_mon && same.tm_year == day.tm_year;
}

static void check_date(const char *text)
{
	HOLDS(strlen(text) == 10 && is_day(text));
}

static void check_date_time(const char *text)
{
	int hour, minute, second, end = 0;
	HOLDS(is_day(text) && (text[10] == 'T' || text[10] == 't'));
	HOLDS(sscanf(text + 11, "%2d:%2d:%2d%n", &hour, &minute, &second, &end) == 3 && end == 8);
	HOLDS(hour < 24 && minute < 60 && second <= 60);
	const char *rest = text + 19;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	HOLDS(strcasecmp(rest, "Z") == 0 || (strlen(rest) == 6 && strchr("+-", *rest) && rest[3] == ':'));
}

static void check_uuid(const char *text)
{
	unsigned parts[11];
	int end = 0;
	HOLDS(sscanf(text, "%8x-%4x-%4x-%4x-%12x%n", parts, parts + 1, parts + 2, parts + 3, parts + 4, &end) == 5 && end == 36);
	HOLDS(strlen(text) == 36);
}

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

static void check_email(const char *text)
{
	const char *at = strchr(text, '@');
	HOLDS(is_printable(text) && at && at > text && isalnum((unsigned char)at[1]) && !strchr(at + 1, '@'));
	HOLDS(!strpbrk(text, "()<>[]:;,\"\\") && !strstr(at, ".."));
}

/* A browser goes to the host that stands there, and runs nothing. */
static void check_uri(const char *text)
{
	HOLDS(is_printable(text) && (strncasecmp(text, "http://", 7) == 0 || strncasecmp(text, "https://", 8) == 0));
	const char *host = strstr(text, "://") + 3;
	size_t length = strcspn(host, "/?#");
	HOLDS(length > 0 && !memchr(host, '@', length) && !strpbrk(text, "<>\"\\^`{|}"));
}

static const struct {
	const char *name;
	enum string_format format;
	void (*check)(const char *text);
} formats[] = {
	{"date", STRING_DATE, check_date}, {"date-time", STRING_DATE_TIME, check_date_time},
	{"uuid", STRING_UUID, check_uuid}, {"email", STRING_EMAIL, check_email},
	{"uri", STRING_URI, check_uri},
};

/* What is normal stays as it is, has no space at its ends and nothing that steers a terminal. */
static void check_normal(struct arena *arena, const char *text, size_t length)
{
	char *normal, *again;
	if (text_normalize(arena, text, length, &normal) != TEXT_OK)
		return;
	HOLDS(text_is_utf8(text, length) && text_is_utf8(normal, strlen(normal)));
	HOLDS(text_normalize(arena, normal, strlen(normal), &again) == TEXT_OK && strcmp(normal, again) == 0);
	HOLDS(!strchr(normal, '\r') && !strchr(normal, '\x1b') && !strstr(normal, "\xC2\x85"));
	HOLDS(text_length(normal) <= strlen(normal) && text_width(normal) <= 2 * text_length(normal));
	const char *for_xml = text_of_characters(arena, normal);
	HOLDS(text_length(for_xml) == text_length(normal) && !strstr(for_xml, "\xEF\xBF\xBF"));
}

/* Any bytes at all are one string of JSON on one line, as the log needs it; and text is the same for whoever reads it. */
static void check_json(struct arena *arena, const char *text)
{
	struct buffer json = buffer_create(arena);
	buffer_append_json(&json, text);
	HOLDS(text_is_utf8(json.data, json.length) && strlen(json.data) == json.length);
	for (const char *at = json.data; *at; at++)
		HOLDS((unsigned char)*at >= ' ' && *at != 0x7F);
	char error[256];
	yajl_val read = yajl_tree_parse(json.data, error, sizeof error);
	const char *string = YAJL_GET_STRING(read);
	HOLDS(string && (!text_is_utf8(text, strlen(text)) || strcmp(string, text) == 0));
	yajl_tree_free(read);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	check_normal(arena, (const char *)bytes, size);
	char *text = fuzz_text(arena, bytes, size);
	check_json(arena, text);
	const char *name = strsep(&text, ":");
	if (!text || !text_is_utf8(text, strlen(text)))
		return 0;
	text += strspn(text, " ");
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0 && string_format_is_valid(formats[i].format, text, strlen(text)))
			formats[i].check(text);
	return 0;
}
