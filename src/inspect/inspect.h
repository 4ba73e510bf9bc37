/*
 * What a file is, by its bytes and never by its name or by what a client says;
 * and whether it carries what has no place in a document: macros, scripts,
 * other files, or far more than it shows. The libraries that look into it were
 * made for files that mean well: whatever comes from a stranger is inspected in
 * a process of its own (inspector.h).
 */
#ifndef SCIDAY_INSPECT_INSPECT_H
#define SCIDAY_INSPECT_INSPECT_H

#include <stdbool.h>
#include <stddef.h>

#define INSPECT_BEGINNING ((size_t)2048) /* bytes that tell the types apart */

/* Whether a file that begins so may be of one of the types taken: with these many bytes, or with all that it has. */
bool inspect_beginning(const void *bytes, size_t length);

enum inspection_result {
	INSPECTION_TAKEN,   /* *ret_text is its media type */
	INSPECTION_REFUSED, /* *ret_text is the finding's code (problems.def) */
	INSPECTION_UNKNOWN, /* it could not be inspected now (inspector.h alone) */
};

/* What the whole file is. The text is static. */
enum inspection_result inspect(const void *bytes, size_t length, const char **ret_text);

#endif
