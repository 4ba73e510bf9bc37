/*
 * A document's bytes on their way out, in the pieces that they are kept in. Each is read in an arena of its own: memory
 * does not grow with what was sent.
 */
#ifndef SCIDAY_DOCUMENT_CONTENT_H
#define SCIDAY_DOCUMENT_CONTENT_H

#include <stddef.h>

#include "http/exchange.h"

/* Bytes from `at` on, as many as there are in their piece and as there is room for; 0: the caller cannot have them. */
size_t content_read(const struct exchange *exchange, const char *document_id, unsigned long long at, void *buffer, size_t room);

#endif
