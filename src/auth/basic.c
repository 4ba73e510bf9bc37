#include "auth/basic.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"

#define SCHEME "Basic "

bool basic_is_used(const char *authorization)
{
	return strncasecmp(authorization, SCHEME, strlen(SCHEME)) == 0;
}

static int basic_digit(char character)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *found = character ? strchr(digits, character) : NULL;
	return found ? (int)(found - digits) % 16 : -1;
}

/* Decodes application/x-www-form-urlencoded in place. */
static bool basic_decode_form(char *text)
{
	char *end = text;
	for (const char *place = text; *place; place++) {
		if (*place != '%') {
			*end++ = *place;
			if (*place == '+')
				end[-1] = ' ';
			continue;
		}
		int high = basic_digit(place[1]), low = high < 0 ? -1 : basic_digit(place[2]);
		if (low < 0 || (high == 0 && low == 0))
			return false;
		*end++ = (char)(high * 16 + low);
		place += 2;
	}
	*end = '\0';
	return text_is_utf8(text, (size_t)(end - text));
}

bool basic_read(struct arena *arena, const char *authorization, const char **ret_name, const char **ret_secret)
{
	if (!basic_is_used(authorization))
		return false;
	const char *base64 = authorization + strlen(SCHEME) + strspn(authorization + strlen(SCHEME), " ");
	size_t length = 0;
	const char *bytes = base64_decode(arena, base64, &length);
	if (!bytes || memchr(bytes, '\0', length))
		return false;
	char *name = arena_strndup(arena, bytes, length);
	char *colon = strchr(name, ':');
	if (!colon)
		return false;
	*colon = '\0';
	char *secret = colon + 1;
	if (!basic_decode_form(name) || !basic_decode_form(secret))
		return false;
	*ret_name = name;
	*ret_secret = secret;
	return true;
}
