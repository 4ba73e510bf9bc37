#include "server/urlencoded.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"

static int hexadecimal_digit(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	if (character >= 'A' && character <= 'F')
		return character - 'A' + 10;
	return -1;
}

bool percent_octet(const char *escape, char *ret_octet)
{
	int first = escape[0] == '%' ? hexadecimal_digit(escape[1]) : -1;
	int second = first >= 0 ? hexadecimal_digit(escape[2]) : -1;
	if (second < 0)
		return false;
	*ret_octet = (char)(first << 4 | second);
	return true;
}

const char *percent_decode(struct arena *arena, const char *text, size_t length, bool is_form)
{
	char *decoded = arena_alloc(arena, length + 1);
	size_t written = 0;
	for (size_t i = 0; i < length; i++) {
		char character = text[i];
		if (character == '+' && is_form) {
			character = ' ';
		} else if (character == '%') {
			if (length - i < 3 || !percent_octet(text + i, &character))
				return NULL;
			i += 2;
		}
		decoded[written++] = character;
	}
	return text_is_utf8(decoded, written) ? decoded : NULL;
}

enum urlencoded_status urlencoded_parse(struct arena *arena, const char *text, size_t length,
                                        struct pair ret_pairs[PAIRS_MAXIMUM], size_t *ret_count)
{
	size_t count = 0;
	const char *end = text + length;
	while (text < end) {
		const char *ampersand = memchr(text, '&', (size_t)(end - text));
		const char *stop = ampersand ? ampersand : end;
		if (stop > text) {
			const char *equals = memchr(text, '=', (size_t)(stop - text));
			const char *name_end = equals ? equals : stop;
			const char *value = equals ? equals + 1 : stop;
			if (count == PAIRS_MAXIMUM)
				return URLENCODED_TOO_MANY;
			struct pair *pair = &ret_pairs[count++];
			pair->name = percent_decode(arena, text, (size_t)(name_end - text), true);
			pair->value = percent_decode(arena, value, (size_t)(stop - value), true);
			if (!pair->name || !pair->value)
				return URLENCODED_BAD;
		}
		text = stop + 1;
	}
	*ret_count = count;
	return URLENCODED_OK;
}
