#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Under AddressSanitizer every object is a block of its own, so that running over one is seen. */
#ifdef SCIDAY_SANITIZE_ADDRESS
#define BLOCK_SIZE ((size_t)0)
#else
#define BLOCK_SIZE ((size_t)8192) /* most requests fit into one or two */
#endif

struct block {
	struct block *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
	struct deferred *next;
	void (*release)(void *object);
	void *object;
};

struct arena {
	struct block *blocks; /* the first is the one with room */
	struct deferred *deferred;
};

static _Noreturn void out_of_memory(void)
{
	static const char line[] = "sciday: out of memory\n";
	ssize_t written = write(STDERR_FILENO, line, sizeof(line) - 1);
	(void)written;
	abort(); /* nothing that is asked takes more than its bounds: body, rows, connections */
}

/* Fresh from calloc, and no byte of a block is handed out twice: that is what makes the memory zeroed. */
static struct block *block_create(size_t size)
{
	struct block *block = size > PTRDIFF_MAX - sizeof(*block) ? NULL : calloc(1, sizeof(*block) + size);
	if (!block)
		out_of_memory();
	block->size = size;
	return block;
}

struct arena *arena_create(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	if (!arena)
		out_of_memory();
	return arena;
}

void arena_destroy(struct arena *arena)
{
	if (!arena)
		return;
	/* A release may defer something more: it is run next. */
	while (arena->deferred) {
		struct deferred *deferred = arena->deferred;
		arena->deferred = deferred->next;
		deferred->release(deferred->object);
	}
	for (struct block *block = arena->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

void arena_cleanup(struct arena **arena)
{
	arena_destroy(*arena);
}

/* What is too big to share a block gets its own, behind the one that still has room. */
static void *alloc_alone(struct arena *arena, size_t size)
{
	struct block *block = block_create(size);
	block->used = size;
	if (!arena->blocks) {
		arena->blocks = block;
		return block->bytes;
	}
	block->next = arena->blocks->next;
	arena->blocks->next = block;
	return block->bytes;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	if (size == 0)
		size = 1; /* two objects never have one address */
	if (size > BLOCK_SIZE / 2)
		return alloc_alone(arena, size);

	const size_t alignment = _Alignof(max_align_t);
	size_t rounded = (size + alignment - 1) / alignment * alignment;
	struct block *block = arena->blocks;
	if (!block || block->size - block->used < rounded) {
		block = block_create(BLOCK_SIZE);
		block->next = arena->blocks;
		arena->blocks = block;
	}
	void *object = block->bytes + block->used;
	block->used += rounded;
	return object;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		out_of_memory();
	return arena_alloc(arena, total);
}

char *arena_strdup(struct arena *arena, const char *string)
{
	return string ? arena_strndup(arena, string, strlen(string)) : NULL;
}

char *arena_strndup(struct arena *arena, const char *bytes, size_t length)
{
	if (!bytes)
		return NULL;
	if (length == SIZE_MAX)
		out_of_memory();
	char *copy = arena_alloc(arena, length + 1);
	memcpy(copy, bytes, length);
	return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	char short_text[256]; /* most are: formatted once, then copied */
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(short_text, sizeof(short_text), format, arguments);
	va_end(arguments);
	if (length < 0)
		out_of_memory();
	if ((size_t)length < sizeof(short_text))
		return arena_strndup(arena, short_text, (size_t)length);

	char *text = arena_alloc(arena, (size_t)length + 1);
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return text;
}

void arena_defer(struct arena *arena, void (*release)(void *object), void *object)
{
	struct deferred *deferred = arena_alloc(arena, sizeof(*deferred));
	deferred->release = release;
	deferred->object = object;
	deferred->next = arena->deferred;
	arena->deferred = deferred;
}
