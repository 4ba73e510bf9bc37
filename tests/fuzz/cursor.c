/* Cursors of pages and the links that carry them (http/page.h): the input is a cursor, a query and a row's values in turn. */
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "fuzz.h"
#include "http/page.h"

#define DIGEST "0123456789abcdef"
#define VALUES_MAXIMUM 4

static bool are_equal(const char *const *left, const char *const *right, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(left[i], right[i]) != 0)
			return false;
	return true;
}

/* What is read from a cursor makes a cursor that says the same. */
static void check_read(struct arena *arena, const char *text)
{
	size_t length;
	const void *bytes = base64url_decode(arena, text, &length);
	if (bytes)
		HOLDS(strcmp(base64url_encode(arena, bytes, length), text) == 0);
	size_t fits = 0;
	for (size_t count = 0; count <= VALUES_MAXIMUM; count++) {
		const char *values[VALUES_MAXIMUM], *again[VALUES_MAXIMUM];
		if (!cursor_decode(arena, text, DIGEST, count, values))
			continue;
		fits++;
		for (size_t i = 0; i < count; i++)
			HOLDS(text_is_utf8(values[i], strlen(values[i])));
		const char *made = cursor_encode(arena, DIGEST, values, count);
		if (strlen(made) > CURSOR_LIMIT)
			continue; /* JSON may escape more than it must */
		HOLDS(cursor_decode(arena, made, DIGEST, count, again));
		HOLDS(are_equal(values, again, count));
	}
	HOLDS(fits <= 1);
}

/* A row's values come back from its cursor, and from no cursor of another list. */
static void check_made(struct arena *arena, const uint8_t *bytes, size_t size)
{
	const char *values[VALUES_MAXIMUM], *again[VALUES_MAXIMUM];
	size_t count = 0;
	while (size > 0 && count < VALUES_MAXIMUM)
		values[count++] = fuzz_line(arena, &bytes, &size);
	for (size_t i = 0; i < count; i++)
		if (!text_is_utf8(values[i], strlen(values[i])))
			return;
	const char *made = cursor_encode(arena, DIGEST, values, count);
	if (strlen(made) > CURSOR_LIMIT)
		return;
	HOLDS(cursor_decode(arena, made, DIGEST, count, again));
	HOLDS(are_equal(values, again, count));
	HOLDS(!cursor_decode(arena, made, "0123456789abcdee", count, again));
}

/* One link to the next page and one to the first, whatever the query: what ends an address is in no address. */
static void check_link(struct arena *arena, const char *query)
{
	static const char next[] = "cursor=next>; rel=\"next\", <", first[] = ">; rel=\"first\"";
	const char *link = page_link(arena, "/v1/things", query, "next");
	HOLDS(strncmp(link, "</v1/things?", 12) == 0);
	const char *middle = strstr(link, next), *end = link + strlen(link) - strlen(first);
	HOLDS(middle && strcmp(end, first) == 0);
	for (const char *at = link + 1; at < end; at++)
		HOLDS((at >= middle && at < middle + strlen(next)) || (*at > ' ' && *at < 0x7F && !strchr("<>\"", *at)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *text = fuzz_text(arena, bytes, size);
	check_read(arena, text);
	check_made(arena, bytes, size);
	check_link(arena, text);
	return 0;
}
