#include "http/page.h"

#include <string.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/id.h"

#define DIGEST_LENGTH 16

const char *cursor_encode(struct arena *arena, const char *digest, const char *const *values, size_t count)
{
	struct buffer json = buffer_create(arena);
	buffer_append(&json, "[", 1);
	buffer_append_json(&json, arena_strndup(arena, digest, strnlen(digest, DIGEST_LENGTH)));
	for (size_t i = 0; i < count; i++) {
		buffer_append(&json, ",", 1);
		buffer_append_json(&json, values[i]);
	}
	buffer_append(&json, "]", 1);
	return base64url_encode(arena, json.data, json.length);
}

static void release(void *json)
{
	json_decref(json);
}

/* The array that a cursor is, or NULL. */
static json_t *parse(struct arena *arena, const char *text)
{
	size_t length;
	if (strnlen(text, CURSOR_LIMIT + 1) > CURSOR_LIMIT)
		return NULL;
	const char *bytes = base64url_decode(arena, text, &length);
	if (!bytes)
		return NULL;
	json_t *cursor = json_loadb(bytes, length, 0, NULL);
	if (!cursor)
		return NULL;
	arena_defer(arena, release, cursor);
	return json_is_array(cursor) ? cursor : NULL;
}

bool cursor_decode(struct arena *arena, const char *text, const char *digest, size_t count, const char **ret_values)
{
	json_t *cursor = parse(arena, text);
	if (!cursor || json_array_size(cursor) != count + 1)
		return false;
	for (size_t i = 0; i <= count; i++)
		if (!json_is_string(json_array_get(cursor, i)))
			return false;

	const char *theirs = json_string_value(json_array_get(cursor, 0));
	if (strlen(theirs) > DIGEST_LENGTH || strncmp(theirs, digest, DIGEST_LENGTH) != 0)
		return false;
	for (size_t i = 0; i < count; i++)
		ret_values[i] = json_string_value(json_array_get(cursor, i + 1));
	return true;
}

/* What no address has in it (RFC 3986, appendix A) and some send all the same is escaped: ">" would end the link. */
static void append_escaped(struct buffer *address, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] <= ' ' || text[i] >= 0x7F || strchr("\"<>\\^`{|}", text[i]))
			buffer_printf(address, "%%%02X", (unsigned char)text[i]);
		else
			buffer_append(address, text + i, 1);
}

/* The query without its cursor, each parameter with the "&" that ends it. */
static const char *query_without_cursor(struct arena *arena, const char *query)
{
	struct buffer kept = buffer_create(arena);
	while (*query) {
		size_t length = strcspn(query, "&");
		if (length > 0 && strncmp(query, "cursor=", strlen("cursor=")) != 0) {
			append_escaped(&kept, query, length);
			buffer_append_string(&kept, "&");
		}
		query += length + (query[length] == '&');
	}
	return kept.data;
}

const char *page_link(struct arena *arena, const char *path, const char *query, const char *next_cursor)
{
	const char *kept = query_without_cursor(arena, query ? query : "");
	size_t length = strlen(kept);
	struct buffer link = buffer_create(arena);
	if (next_cursor)
		buffer_printf(&link, "<%s?%scursor=%s>; rel=\"next\", ", path, kept, next_cursor);
	buffer_printf(&link, "<%s%s%.*s>; rel=\"first\"", path, length > 0 ? "?" : "", length > 0 ? (int)length - 1 : 0, kept);
	return link.data;
}
