/*
 * A form as PDF on A4: Pango sets the text, Cairo draws it, the fonts go in as subsets. Text wraps
 * anywhere rather than overflow, and what is higher than the page goes on on the next one.
 */
#ifndef SCIDAY_EXPORT_PDF_H
#define SCIDAY_EXPORT_PDF_H

#include <stdbool.h>
#include <stddef.h>

struct form;
struct typesetter;

/* The page on which each part begins, from 1, and the number of all pages; `ret_pages` has room for the parts. */
unsigned pdf_pages(struct typesetter *typesetter, const struct form *form, unsigned *ret_pages);

/* The file, in the form's arena; the same form gives the same bytes. false if Cairo fails. */
bool pdf_render(struct typesetter *typesetter, const struct form *form, const char **ret_bytes, size_t *ret_length)
	__attribute__((warn_unused_result));

#endif
