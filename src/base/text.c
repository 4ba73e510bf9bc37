#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/arena.h"

#define REPLACEMENT "\uFFFD"

/* The code point at `bytes`, and its length; 0 if what stands there is not UTF-8. */
static size_t decode(const char *bytes, size_t length, utf8proc_int32_t *ret_code_point)
{
	unsigned char first = (unsigned char)bytes[0];
	if (first < 0x80) {
		*ret_code_point = first;
		return 1;
	}
	utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)bytes, (utf8proc_ssize_t)length, ret_code_point);
	return step > 0 ? (size_t)step : 0;
}

bool text_is_utf8(const char *bytes, size_t length)
{
	for (size_t at = 0; at < length;) {
		utf8proc_int32_t code_point;
		size_t step = decode(bytes + at, length - at, &code_point);
		if (step == 0 || code_point == 0)
			return false;
		at += step;
	}
	return true;
}

size_t text_length(const char *text)
{
	size_t count = 0;
	for (; *text; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80; /* every byte but those that continue one */
	return count;
}

/* Unicode's property White_Space (PropList.txt). */
static bool is_white_space(utf8proc_int32_t code_point)
{
	return (code_point >= 0x09 && code_point <= 0x0D) || code_point == 0x20 || code_point == 0x85 || code_point == 0xA0 ||
	       code_point == 0x1680 || (code_point >= 0x2000 && code_point <= 0x200A) || code_point == 0x2028 ||
	       code_point == 0x2029 || code_point == 0x202F || code_point == 0x205F || code_point == 0x3000;
}

/* Unicode's category Cc, but newline. */
static bool is_control(utf8proc_int32_t code_point)
{
	return (code_point < 0x20 && code_point != '\n') || (code_point >= 0x7F && code_point <= 0x9F);
}

/* Where the text without white space at its ends begins and ends. The bytes are well-formed. */
static void trim(const char **bytes, size_t *length)
{
	size_t first = *length;
	size_t end = 0;
	for (size_t at = 0; at < *length;) {
		utf8proc_int32_t code_point;
		size_t step = decode(*bytes + at, *length - at, &code_point);
		if (!is_white_space(code_point)) {
			if (first == *length)
				first = at;
			end = at + step;
		}
		at += step;
	}
	*bytes += first;
	*length = end > first ? end - first : 0;
}

/* A copy in the arena, with CR LF and CR made LF; its length in *length. */
static char *copy_lines(struct arena *arena, const char *bytes, size_t *length)
{
	char *copy = arena_alloc(arena, *length + 1);
	size_t written = 0;
	for (size_t at = 0; at < *length; at++) {
		if (bytes[at] == '\r' && at + 1 < *length && bytes[at + 1] == '\n')
			continue;
		copy[written] = bytes[at];
		if (bytes[at] == '\r')
			copy[written] = '\n';
		written++;
	}
	*length = written;
	return copy;
}

static bool has_control(const char *bytes, size_t length)
{
	for (size_t at = 0; at < length;) {
		utf8proc_int32_t code_point;
		at += decode(bytes + at, length - at, &code_point);
		if (is_control(code_point))
			return true;
	}
	return false;
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* NFC of a well-formed string. What is ASCII is in NFC already (UAX #15, section 1.2). */
static char *compose(struct arena *arena, char *text)
{
	if (is_ascii(text))
		return text;
	utf8proc_uint8_t *composed = utf8proc_NFC((const utf8proc_uint8_t *)text);
	if (!composed)
		abort(); /* well-formed, so only memory can have run out */
	arena_defer(arena, free, composed);
	return (char *)composed;
}

enum text_status text_normalize(struct arena *arena, const char *bytes, size_t length, char **ret_text)
{
	if (!text_is_utf8(bytes, length))
		return TEXT_BAD_UTF8;
	trim(&bytes, &length);
	char *text = copy_lines(arena, bytes, &length);
	if (has_control(text, length))
		return TEXT_CONTROL;
	*ret_text = compose(arena, text);
	return TEXT_OK;
}

/* U+FDD0 to U+FDEF, and the last two of each plane (The Unicode Standard, section 23.7). The bytes are well-formed. */
static bool is_noncharacter(const char *at)
{
	const unsigned char *bytes = (const unsigned char *)at;
	if (bytes[0] == 0xEF)
		return (bytes[1] == 0xB7 && bytes[2] >= 0x90 && bytes[2] <= 0xAF) || (bytes[1] == 0xBF && bytes[2] >= 0xBE);
	return bytes[0] >= 0xF0 && (bytes[1] & 0x0F) == 0x0F && bytes[2] == 0xBF && bytes[3] >= 0xBE;
}

static const char *find_noncharacter(const char *text)
{
	while (*text && !is_noncharacter(text))
		text++;
	return text;
}

const char *text_of_characters(struct arena *arena, const char *text)
{
	const char *found = find_noncharacter(text);
	if (!*found)
		return text;
	char *copy = arena_alloc(arena, strlen(text) + 1), *to = copy;
	for (; *found; found = find_noncharacter(text)) {
		to = mempcpy(to, text, (size_t)(found - text));
		to = mempcpy(to, REPLACEMENT, strlen(REPLACEMENT));
		text = found + ((unsigned char)*found >= 0xF0 ? 4 : 3);
	}
	memcpy(to, text, strlen(text) + 1);
	return copy;
}

size_t text_width(const char *text)
{
	size_t width = 0;
	utf8proc_int32_t character;
	for (utf8proc_ssize_t size; *text; text += size) {
		size = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &character);
		if (size < 1)
			break;
		width += (size_t)utf8proc_charwidth(character);
	}
	return width;
}

static bool is_invisible(utf8proc_int32_t code_point)
{
	const utf8proc_property_t *property = utf8proc_get_property(code_point);
	return property->ignorable || property->category == UTF8PROC_CATEGORY_ZL || property->category == UTF8PROC_CATEGORY_ZP ||
	       (code_point >= 0xFFF9 && code_point <= 0xFFFB);
}

const char *text_visible(struct arena *arena, const char *text)
{
	if (is_ascii(text))
		return text;
	size_t length = strlen(text);
	char *visible = arena_alloc(arena, length + 1);
	size_t written = 0;
	for (size_t at = 0; at < length;) {
		utf8proc_int32_t code_point;
		size_t step = decode(text + at, length - at, &code_point);
		if (!is_invisible(code_point)) {
			memcpy(visible + written, text + at, step);
			written += step;
		}
		at += step;
	}
	return visible;
}

bool text_is_formula(const char *cell)
{
	static const char *const beginnings[] = {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"};
	cell += strspn(cell, "'");
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
		if (strncmp(cell, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return false;
}
