/*
 * A form as DOCX (ISO/IEC 29500, transitional): the same parts and blocks as the PDF has, written by
 * libxml2 and packed by libzip. Word breaks the lines and pages; page numbers and the table of
 * contents are its fields, so that they stay right when someone writes in the file.
 */
#ifndef SCIDAY_EXPORT_DOCX_H
#define SCIDAY_EXPORT_DOCX_H

#include <stdbool.h>
#include <stddef.h>

struct form;
struct typesetter;

/*
 * The file, in the form's arena; the same form gives the same bytes. The page numbers that its table of contents shows
 * until Word counts anew are the PDF's, for which alone it needs the typesetter. false if a library fails.
 */
bool docx_render(struct typesetter *typesetter, const struct form *form, const char **ret_bytes, size_t *ret_length)
	__attribute__((warn_unused_result));

#endif
