#include "import/charset.h"

#include <iconv.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/text.h"

static const char mark[] = "\xEF\xBB\xBF";

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcasecmp(name, *names) == 0)
			return true;
	return false;
}

static size_t line_at(const char *bytes, size_t offset)
{
	size_t line = 1;
	for (size_t i = 0; i < offset; i++)
		line += bytes[i] == '\n';
	return line;
}

/* The first byte that begins no character of UTF-8, searched line by line. */
static size_t bad_line(const char *bytes, size_t length)
{
	size_t line = 1;
	for (size_t at = 0; at < length; line++) {
		const char *end = memchr(bytes + at, '\n', length - at);
		size_t next = end ? (size_t)(end - bytes) + 1 : length;
		if (!text_is_utf8(bytes + at, next - at))
			return line;
		at = next;
	}
	return line;
}

static enum charset_status decode_utf8(struct arena *arena, const char *bytes, size_t length, const char **ret_text,
                                       size_t *ret_length, size_t *ret_line)
{
	if (!text_is_utf8(bytes, length)) {
		*ret_line = bad_line(bytes, length);
		return CHARSET_MALFORMED;
	}
	size_t skipped = length >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
	*ret_text = arena_strndup(arena, bytes + skipped, length - skipped);
	*ret_length = length - skipped;
	return CHARSET_OK;
}

static enum charset_status decode_gb18030(struct arena *arena, const char *bytes, size_t length, const char **ret_text,
                                          size_t *ret_length, size_t *ret_line)
{
	iconv_t converter = iconv_open("UTF-8", "GB18030");
	if (converter == (iconv_t)-1)
		return CHARSET_UNKNOWN;
	/* Two bytes become four at most, and one stays one. */
	size_t room = 2 * length;
	char *text = arena_alloc(arena, room + 1);
	char *in = (char *)(void *)(size_t)(const void *)bytes;
	char *out = text;
	size_t left = length;
	size_t converted = iconv(converter, &in, &left, &out, &room);
	iconv_close(converter);
	size_t written = (size_t)(out - text);
	if (converted == (size_t)-1 || left > 0 || memchr(text, '\0', written)) {
		const char *nul = memchr(bytes, '\0', length);
		*ret_line = line_at(bytes, nul && nul < in ? (size_t)(nul - bytes) : length - left);
		return CHARSET_MALFORMED;
	}
	*ret_text = text;
	*ret_length = written;
	return CHARSET_OK;
}

enum charset_status charset_decode(struct arena *arena, const char *name, const char *bytes, size_t length, const char **ret_text,
                                   size_t *ret_length, size_t *ret_line)
{
	static const char *const utf8_names[] = {"utf-8", "utf8", "us-ascii", NULL};
	static const char *const gb18030_names[] = {"gb18030", "gbk", "gb2312", "cp936", NULL};
	bool is_utf8 =
		name ? is_one_of(name, utf8_names) : text_is_utf8(bytes, length) || (length >= 3 && memcmp(bytes, mark, 3) == 0);
	if (is_utf8)
		return decode_utf8(arena, bytes, length, ret_text, ret_length, ret_line);
	if (!name || is_one_of(name, gb18030_names))
		return decode_gb18030(arena, bytes, length, ret_text, ret_length, ret_line);
	return CHARSET_UNKNOWN;
}
