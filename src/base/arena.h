/*
 * Memory that lives as long as one request. Everything allocated here is freed
 * at once by arena_destroy; nothing is freed singly. Running out of memory ends
 * the process, so no caller checks for NULL. Not for memory that outlives its
 * request, and not shared between threads.
 */
#ifndef SCIDAY_BASE_ARENA_H
#define SCIDAY_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* A new, empty arena. The caller owns it and ends it with arena_destroy. */
struct arena *arena_create(void);

/* Runs what was deferred, latest first, then frees everything. NULL is allowed. */
void arena_destroy(struct arena *arena);

/* For __attribute__((cleanup(arena_cleanup))) on a struct arena *. */
void arena_cleanup(struct arena **arena);

/* Zeroed memory of `size` bytes, aligned for any object. */
void *arena_alloc(struct arena *arena, size_t size);

/* Zeroed memory for `count` objects of `size` bytes; an overflow ends the process. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Copies of a string; NULL gives NULL. The second takes `length` bytes and adds a NUL. */
char *arena_strdup(struct arena *arena, const char *string);
char *arena_strndup(struct arena *arena, const char *bytes, size_t length);

/* A formatted string, as by printf. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Calls release(object) when the arena ends: for what a library allocates (json_decref, PQclear). */
void arena_defer(struct arena *arena, void (*release)(void *object), void *object);

#endif
