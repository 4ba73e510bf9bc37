/*
 * multipart/form-data (http/multipart.h): the input's first line is the Content-Type, the rest the body.
 */
#include <string.h>

#include "base/buffer.h"
#include "fuzz.h"
#include "http/multipart.h"

#define PARTS_MAXIMUM 32

struct part {
	const char *name, *file_name;
	struct buffer content;
	bool is_over;
};

/* What was read, and that it was told of in order: each part begins, has bytes, and ends. */
struct parts {
	struct arena *arena;
	struct part parts[PARTS_MAXIMUM];
	size_t count;
	enum multipart_state state;
};

static void begin(void *context, const char *name, const char *file_name)
{
	struct parts *parts = context;
	HOLDS(parts->count == 0 || parts->parts[parts->count - 1].is_over);
	if (parts->count == PARTS_MAXIMUM)
		parts->count--; /* the last place is used again and again */
	parts->parts[parts->count++] = (struct part){
		.name = arena_strdup(parts->arena, name),
		.file_name = arena_strdup(parts->arena, file_name),
		.content = buffer_create(parts->arena),
	};
}

static void take(void *context, const char *bytes, size_t length)
{
	struct parts *parts = context;
	HOLDS(parts->count > 0 && !parts->parts[parts->count - 1].is_over && length > 0);
	buffer_append(&parts->parts[parts->count - 1].content, bytes, length);
}

static void end(void *context)
{
	struct parts *parts = context;
	HOLDS(parts->count > 0 && !parts->parts[parts->count - 1].is_over);
	parts->parts[parts->count - 1].is_over = true;
}

/* `piece`: of so many bytes each; 0: of lengths that the input says. NULL: the type has no boundary. */
static struct parts *read_parts(struct arena *arena, const char *type, const char *body, size_t size, size_t piece)
{
	struct parts *parts = arena_alloc(arena, sizeof *parts);
	parts->arena = arena;
	struct multipart *multipart = multipart_create(arena, type, &(struct multipart_receiver){begin, take, end, parts});
	if (!multipart)
		return NULL;
	uint32_t random = (uint32_t)size;
	for (size_t at = 0, length; at < size; at += length) {
		length = piece == 0 ? fuzz_piece(&random, size - at) : piece < size - at ? piece : size - at;
		char *copy = malloc(length); /* a block of its own, so that reading beyond it is seen */
		memcpy(copy, body + at, length);
		HOLDS(multipart_read(multipart, copy, length) == multipart_state(multipart));
		free(copy);
	}
	parts->state = multipart_state(multipart);
	return parts;
}

static bool are_same(const char *left, const char *right)
{
	return left && right ? strcmp(left, right) == 0 : left == right;
}

static bool are_equal(const struct parts *left, const struct parts *right)
{
	if (left->state != right->state || left->count != right->count)
		return false;
	for (size_t i = 0; i < left->count; i++) {
		const struct part *one = &left->parts[i], *other = &right->parts[i];
		if (!are_same(one->name, other->name) || !are_same(one->file_name, other->file_name) ||
		    one->is_over != other->is_over || one->content.length != other->content.length ||
		    memcmp(one->content.data, other->content.data, one->content.length) != 0)
			return false;
	}
	return true;
}

static void append_quoted(struct buffer *body, const char *text)
{
	buffer_append(body, "\"", 1);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buffer_append(body, "\\", 1);
		buffer_append(body, text, 1);
	}
	buffer_append(body, "\"", 1);
}

/* A body that was read whole, written anew as every client would, is read as the same. */
static void check_written(const struct parts *parts)
{
	static const char boundary[] = "a-boundary-that-no-input-has-in-it";
	struct buffer body = buffer_create(parts->arena);
	for (size_t i = 0; i < parts->count; i++) {
		const struct part *part = &parts->parts[i];
		if (strlen(part->name) > 1000 || (part->file_name && strlen(part->file_name) > 1000) ||
		    memmem(part->content.data, part->content.length, boundary, strlen(boundary)))
			return;
		buffer_printf(&body, "--%s\r\nContent-Disposition: form-data; name=", boundary);
		append_quoted(&body, part->name);
		if (part->file_name) {
			buffer_append_string(&body, "; filename=");
			append_quoted(&body, part->file_name);
		}
		buffer_append_string(&body, "\r\n\r\n");
		buffer_append(&body, part->content.data, part->content.length);
		buffer_append_string(&body, "\r\n");
	}
	buffer_printf(&body, "--%s--\r\n", boundary);
	const char *type = arena_printf(parts->arena, "multipart/form-data; boundary=%s", boundary);
	HOLDS(are_equal(parts, read_parts(parts->arena, type, body.data, body.length, 0)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *type = fuzz_line(arena, &bytes, &size);
	const char *body = (const char *)bytes;
	const struct parts *whole = read_parts(arena, type, body, size, SIZE_MAX);
	if (!whole)
		return 0;
	HOLDS(are_equal(whole, read_parts(arena, type, body, size, 1)));
	HOLDS(are_equal(whole, read_parts(arena, type, body, size, 0)));
	for (size_t i = 0; i < whole->count; i++)
		HOLDS(whole->parts[i].is_over || (i + 1 == whole->count && whole->state != MULTIPART_WHOLE));
	if (whole->state == MULTIPART_WHOLE)
		check_written(whole);
	return 0;
}
