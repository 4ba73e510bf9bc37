/*
 * A PDF as its readers see it (ISO 32000-1): the objects that its catalogue
 * reaches, through object streams and encryption, by qpdf. What acts is refused
 * by what it is: an action, an annotation, an attachment. Strings, metadata and
 * the contents of pages are nobody's orders, and stay aside.
 *
 * In C++, since qpdf's C interface leaves out of a dictionary what it could not
 * read, and goes on where there is no memory; what is hidden so would be taken.
 */
#ifndef SCIDAY_INSPECT_PDF_H
#define SCIDAY_INSPECT_PDF_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PDF_HEADER "%PDF-"
#define PDF_HEADER_WITHIN 1024 /* bytes from the file's beginning: annex H, note 13 */

/* NULL for a PDF that may be taken, with its media type, else the finding's code. */
const char *pdf_look(const unsigned char *bytes, size_t length, const char **ret_media_type);

#ifdef __cplusplus
}
#endif

#endif
