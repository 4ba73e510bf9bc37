/*
 * What the fuzzers share. Each tests/fuzz/NAME.c is one LLVMFuzzerTestOneInput, which does more than survive its input:
 * HOLDS says what must be true of whatever was read. libFuzzer runs it on inputs that it makes up (`./dev fuzz`),
 * replay.c on those that are kept (`./dev test fuzz`).
 */
#ifndef SCIDAY_FUZZ_FUZZ_H
#define SCIDAY_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define HOLDS(condition) ((condition) ? (void)0 : fuzz_end(__FILE__, __LINE__, #condition))

static inline _Noreturn void fuzz_end(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

/* The input as a string, which ends at its first NUL. */
static inline char *fuzz_text(struct arena *arena, const uint8_t *bytes, size_t size)
{
	return arena_strndup(arena, (const char *)bytes, strnlen((const char *)bytes, size));
}

/* The input's first line as a string, without its end; *bytes and *size become what is behind it. */
static inline char *fuzz_line(struct arena *arena, const uint8_t **bytes, size_t *size)
{
	const uint8_t *end = memchr(*bytes, '\n', *size);
	size_t length = end ? (size_t)(end - *bytes) : *size;
	char *line = fuzz_text(arena, *bytes, length);
	*bytes += end ? length + 1 : length;
	*size -= end ? length + 1 : length;
	return line;
}

/*
 * Lengths of pieces to cut an input into, by the input itself: of one byte at first, later of more, and always the same.
 * FNV-1a, of which each call takes the next round.
 */
static inline size_t fuzz_piece(uint32_t *state, size_t left)
{
	*state = (*state ^ (uint32_t)left) * 0x01000193u;
	size_t piece = (size_t)1 << (*state >> 28);
	return piece < left ? piece : left;
}

#endif
