/*
 * A PDF as it passes by (ISO 32000-1): looks for the names that make a reader
 * run, start or unpack something, in the file itself and in its compressed
 * object streams. It draws nothing and follows no reference.
 */
#ifndef SCIDAY_INSPECT_PDF_H
#define SCIDAY_INSPECT_PDF_H

#include <stddef.h>

/* NULL for a PDF that may be taken, with its media type, else the finding's code. */
const char *pdf_look(const unsigned char *bytes, size_t length, const char **ret_media_type);

#endif
