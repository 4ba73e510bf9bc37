/*
 * A zip file's central directory (APPNOTE 6.3, section 4.3), before a library
 * opens it: what it costs to open one grows with what its directory says, and
 * that is for whoever wrote it to say.
 */
#ifndef SCIDAY_INSPECT_DIRECTORY_H
#define SCIDAY_INSPECT_DIRECTORY_H

#include <stddef.h>

/* NULL for one that may be opened, with the number of its entries, else the finding's code. */
const char *directory_look(const unsigned char *bytes, size_t length, size_t *ret_count);

#endif
