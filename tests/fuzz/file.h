/*
 * Files from strangers (inspect/inspect.h): what all of their fuzzers ask for, and files made of an input that is text, so
 * that what is compressed or counted in a file is not out of a fuzzer's reach.
 */
#ifndef SCIDAY_FUZZ_FILE_H
#define SCIDAY_FUZZ_FILE_H

#include "base/buffer.h"
#include "fuzz.h"
#include "http/problem.h"
#include "inspect/inspect.h"

/* One piece of a file that is made: a line "= HEAD", and the lines up to the next such. */
struct fuzz_piece {
	const char *head;
	const char *body;
	size_t length; /* of the body; without the newline that ends it */
};

/* The next piece, or false at the end. */
static inline bool fuzz_next_piece(struct arena *arena, const uint8_t **bytes, size_t *size, struct fuzz_piece *ret_piece)
{
	if (*size == 0)
		return false;
	const char *head = fuzz_line(arena, bytes, size);
	const uint8_t *end = *size >= 2 && memcmp(*bytes, "= ", 2) == 0 ? *bytes : memmem(*bytes, *size, "\n= ", 3);
	size_t length = end ? (size_t)(end - *bytes) : *size;
	size_t newline = end && end != *bytes;
	*ret_piece = (struct fuzz_piece){head + (strncmp(head, "= ", 2) == 0 ? 2 : 0), (const char *)*bytes, length};
	*bytes += length + newline;
	*size -= length + newline;
	return true;
}

/* Whether it was taken, which is said of a media type, or refused, which is said by a code, and each time the same. */
static inline bool fuzz_inspect(const void *bytes, size_t length)
{
	const char *text = NULL, *again = NULL;
	enum inspection_result result = inspect(bytes, length, &text);
	HOLDS(result == INSPECTION_TAKEN || result == INSPECTION_REFUSED);
	HOLDS(inspect(bytes, length, &again) == result && text && strcmp(text, again) == 0);
	HOLDS((result == INSPECTION_TAKEN) == (strchr(text, '/') != NULL));
	HOLDS(result == INSPECTION_REFUSED || inspect_beginning(bytes, length < INSPECT_BEGINNING ? length : INSPECT_BEGINNING));
	return result == INSPECTION_TAKEN;
}

#endif
