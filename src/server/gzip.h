/*
 * A reply's body as gzip (RFC 1952).
 */
#ifndef SCIDAY_SERVER_GZIP_H
#define SCIDAY_SERVER_GZIP_H

#include <stdbool.h>
#include <stddef.h>

struct reply;

/* Whether the body may be compressed, and is so long that it gains by it. */
bool gzip_worthwhile(const struct reply *reply);

/* The caller's, to be freed; NULL when it would not be shorter. */
char *gzip_bytes(const char *bytes, size_t length, size_t *ret_length);

#endif
