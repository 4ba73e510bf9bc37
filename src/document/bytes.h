/*
 * Bytes on their way to and from the database: bytea's text form, and the pieces
 * that a document is kept in.
 */
#ifndef SCIDAY_DOCUMENT_BYTES_H
#define SCIDAY_DOCUMENT_BYTES_H

#include <stddef.h>

struct arena;

#define PIECE_SIZE ((size_t)131072) /* bytes of every piece but the last; what is stored depends on it */

/* "\x…", in the arena. */
const char *bytes_encode(struct arena *arena, const void *bytes, size_t length);

/* Those from `offset` on, as many as are asked for and are there; how many they were. */
size_t bytes_decode(const char *text, size_t offset, void *buffer, size_t length);

#endif
