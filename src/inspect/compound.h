/*
 * A compound file ([MS-CFB]): what Office wrote before 2007, and what it still
 * puts around a document that needs a password. None is taken, but its owner is
 * told what to do.
 */
#ifndef SCIDAY_INSPECT_COMPOUND_H
#define SCIDAY_INSPECT_COMPOUND_H

#include <stddef.h>

#define COMPOUND_BEGINNING "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

/* The finding's code. */
const char *compound_look(const unsigned char *bytes, size_t length, const char **ret_media_type);

#endif
