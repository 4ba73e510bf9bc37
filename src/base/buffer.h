/*
 * A string that grows, in an arena: for building an answer piece by piece.
 * Always NUL-terminated; `length` does not count the NUL.
 */
#ifndef SCIDAY_BASE_BUFFER_H
#define SCIDAY_BASE_BUFFER_H

#include <stddef.h>

struct arena;

struct buffer {
	struct arena *arena;
	char *data;
	size_t length;
	size_t capacity;
};

/* An empty buffer whose memory is the arena's. */
struct buffer buffer_create(struct arena *arena);

void buffer_append(struct buffer *buffer, const char *bytes, size_t length);
void buffer_append_string(struct buffer *buffer, const char *string);
void buffer_append_integer(struct buffer *buffer, long long integer);
void buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends the string as a JSON string with its quotes (RFC 8259, section 7). NULL gives null. */
void buffer_append_json(struct buffer *buffer, const char *string);

#endif
