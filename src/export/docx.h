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

/*
 * The file, in the form's arena; the same form gives the same bytes. `pages` are those on which the parts begin, as
 * the fields of the table of contents show them until Word counts anew. false if a library fails.
 */
bool docx_render(const struct form *form, const unsigned *pages, const char **ret_bytes, size_t *ret_length)
	__attribute__((warn_unused_result));

#endif
