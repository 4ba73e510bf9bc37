/*
 * DOCX and XLSX (ECMA-376): what their parts are by their content types, where
 * their relationships lead, and what stands in them that acts by itself: a field,
 * a formula, a connection.
 */
#ifndef SCIDAY_INSPECT_OFFICE_H
#define SCIDAY_INSPECT_OFFICE_H

struct package;

#define OFFICE_BEGINNING "[Content_Types].xml" /* the part that says what the others are (part 2, section 10.1.2) */

/* NULL for a document that may be taken, with its media type, else the finding's code. */
const char *office_look(const struct package *package, const char **ret_media_type);

#endif
