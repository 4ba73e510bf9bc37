/* Names of files that a stranger gave, on their way out again (http/disposition.h, document/file_name.h): the input is one. */
#include <string.h>

#include "base/text.h"
#include "document/file_name.h"
#include "fuzz.h"
#include "http/disposition.h"
#include "server/urlencoded.h"

#define PLAIN "attachment; filename=\""
#define EXTENDED "; filename*=UTF-8''"

/* One field value of a header, of ASCII alone, in which the whole name stands (RFC 6266). */
static void check_disposition(struct arena *arena, const char *name)
{
	const char *value = disposition_attachment(arena, name);
	for (const char *at = value; *at; at++)
		HOLDS(*at >= ' ' && *at <= '~');
	HOLDS(strncmp(value, PLAIN, strlen(PLAIN)) == 0);
	const char *plain = value + strlen(PLAIN), *end = strchr(plain, '"');
	HOLDS(end && !memchr(plain, '\\', (size_t)(end - plain)));
	if (end[1] == '\0') {
		HOLDS(strcmp(arena_strndup(arena, plain, (size_t)(end - plain)), text_visible(arena, name)) == 0);
		return;
	}
	HOLDS(strncmp(end + 1, EXTENDED, strlen(EXTENDED)) == 0);
	const char *extended = end + 1 + strlen(EXTENDED);
	HOLDS(!strpbrk(extended, " \"';,=/\\"));
	HOLDS(strcmp(percent_decode(arena, extended, strlen(extended), false), text_visible(arena, name)) == 0);
}

/* A name that is a file's own: no path, no device, no end that a system cuts off. */
static void check_safe(struct arena *arena, const char *name, size_t maximum)
{
	const char *safe = file_name_safe(arena, name, maximum);
	size_t length = strlen(safe);
	HOLDS(length > 0 && text_is_utf8(safe, length) && text_length(safe) <= maximum + 1);
	HOLDS(!strpbrk(safe, "\\/:*?\"<>|") && safe[0] != '.' && safe[0] != ' ');
	HOLDS(safe[length - 1] != '.' && safe[length - 1] != ' ');
	for (const char *at = safe; *at; at++)
		HOLDS((unsigned char)*at >= ' ' && *at != 0x7F);
	HOLDS(strcmp(safe, text_visible(arena, safe)) == 0);
}

/* It ends in what its type asks for, and is not made longer twice. */
static void check_extension(struct arena *arena, const char *name)
{
	static const char *const types[] = {"application/pdf", "image/jpeg", "image/png", "text/plain"};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		const char *named = file_name_for(arena, name, types[i]);
		HOLDS(strncmp(named, name, strlen(name)) == 0 && strcmp(file_name_for(arena, named, types[i]), named) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	char *name = fuzz_text(arena, bytes, size);
	file_name_sent(arena, name);
	if (!text_is_utf8(name, strlen(name)))
		return 0;
	check_disposition(arena, name);
	check_safe(arena, name, 20);
	check_safe(arena, name, 120);
	check_extension(arena, name);
	return 0;
}
