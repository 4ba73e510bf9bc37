#include "document/bytes.h"

#include <string.h>

#include "base/arena.h"

const char *bytes_encode(struct arena *arena, const void *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_alloc(arena, 2 * length + 3);
	char *at = text;
	*at++ = '\\';
	*at++ = 'x';
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = ((const unsigned char *)bytes)[i];
		*at++ = digits[byte >> 4];
		*at++ = digits[byte & 15];
	}
	return text;
}

/* PostgreSQL writes lower case. */
static unsigned value_of(char digit)
{
	return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

size_t bytes_decode(const char *text, size_t offset, void *buffer, size_t length)
{
	size_t there = (strlen(text) - strlen("\\x")) / 2;
	if (offset >= there)
		return 0;
	if (length > there - offset)
		length = there - offset;
	const char *at = text + 2 + 2 * offset;
	for (size_t i = 0; i < length; i++, at += 2)
		((unsigned char *)buffer)[i] = (unsigned char)(value_of(at[0]) << 4 | value_of(at[1]));
	return length;
}
