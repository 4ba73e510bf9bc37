#include "base/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/arena.h"

#define FIRST_CAPACITY 256

struct buffer buffer_create(struct arena *arena)
{
	return (struct buffer){.arena = arena, .data = arena_alloc(arena, FIRST_CAPACITY), .capacity = FIRST_CAPACITY};
}

/* Room for `more` bytes and the NUL after them. */
static void reserve(struct buffer *buffer, size_t more)
{
	if (more < buffer->capacity - buffer->length)
		return;
	size_t needed;
	if (__builtin_add_overflow(buffer->length, more, &needed) || needed > PTRDIFF_MAX / 2)
		abort(); /* more than there is memory */
	size_t capacity = buffer->capacity;
	while (capacity <= needed)
		capacity *= 2;
	char *data = arena_alloc(buffer->arena, capacity);
	memcpy(data, buffer->data, buffer->length);
	buffer->data = data;
	buffer->capacity = capacity;
}

void buffer_append(struct buffer *buffer, const char *bytes, size_t length)
{
	if (length == 0)
		return;
	reserve(buffer, length);
	memcpy(buffer->data + buffer->length, bytes, length);
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
}

void buffer_append_string(struct buffer *buffer, const char *string)
{
	buffer_append(buffer, string, strlen(string));
}

void buffer_append_integer(struct buffer *buffer, long long integer)
{
	char digits[sizeof "-9223372036854775808"];
	char *end = digits + sizeof digits, *first = end;
	unsigned long long rest = integer < 0 ? -(unsigned long long)integer : (unsigned long long)integer;
	do
		*--first = (char)('0' + rest % 10);
	while (rest /= 10);
	if (integer < 0)
		*--first = '-';
	buffer_append(buffer, first, (size_t)(end - first));
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		abort(); /* a format of ours that is none; what fills it has bounds, far below INT_MAX */

	reserve(buffer, (size_t)length);
	va_start(arguments, format);
	vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, arguments);
	va_end(arguments);
	buffer->length += (size_t)length;
}

static void append_escape(struct buffer *buffer, unsigned char byte)
{
	switch (byte) {
	case '"':
		buffer_append(buffer, "\\\"", 2);
		return;
	case '\\':
		buffer_append(buffer, "\\\\", 2);
		return;
	case '\n':
		buffer_append(buffer, "\\n", 2);
		return;
	default:
		buffer_printf(buffer, "\\u%04x", byte);
	}
}

/* The number of bytes at `text` that stand in a JSON string as they are; *ret_bad says what ended them. */
static size_t plain_span(const char *text, size_t length, size_t *ret_bad)
{
	size_t span = 0;
	*ret_bad = 0;
	while (span < length) {
		unsigned char byte = (unsigned char)text[span];
		if (byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7F)
			return span;
		if (byte < 0x80) {
			span++;
			continue;
		}
		utf8proc_int32_t code_point;
		utf8proc_ssize_t step =
			utf8proc_iterate((const utf8proc_uint8_t *)text + span, (utf8proc_ssize_t)(length - span), &code_point);
		if (step <= 0) {
			*ret_bad = 1;
			return span;
		}
		span += (size_t)step;
	}
	return span;
}

void buffer_append_json(struct buffer *buffer, const char *string)
{
	if (!string) {
		buffer_append(buffer, "null", 4);
		return;
	}
	size_t length = strlen(string);
	buffer_append(buffer, "\"", 1);
	while (length > 0) {
		size_t bad;
		size_t span = plain_span(string, length, &bad);
		buffer_append(buffer, string, span);
		string += span;
		length -= span;
		if (length == 0)
			break;
		/* A byte that is not UTF-8 would make the whole line or answer unreadable: U+FFFD instead. */
		if (bad)
			buffer_append(buffer, "\xEF\xBF\xBD", 3);
		else
			append_escape(buffer, (unsigned char)*string);
		string++;
		length--;
	}
	buffer_append(buffer, "\"", 1);
}
