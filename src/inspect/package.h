/*
 * An Office document (ECMA-376, part 2: a package in a zip file), by its central
 * directory and by the few parts that say what the others are. Nothing is
 * unpacked but these, and of these no more than is expected.
 */
#ifndef SCIDAY_INSPECT_PACKAGE_H
#define SCIDAY_INSPECT_PACKAGE_H

#include <stddef.h>

/* NULL for a document that may be taken, with its media type, else the finding's code. */
const char *package_look(const unsigned char *bytes, size_t length, const char **ret_media_type);

#endif
