/*
 * A document that is a package in a zip file: ECMA-376, part 2 (office.h), and
 * GB/T 33190 (ofd.h). Here it is opened and its directory checked, and its parts
 * are unpacked for those that know what they mean, each no further than it says.
 */
#ifndef SCIDAY_INSPECT_PACKAGE_H
#define SCIDAY_INSPECT_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inspect/xml.h"

/* NULL for a document that may be taken, with its media type, else the finding's code. */
const char *package_look(const unsigned char *bytes, size_t length, const char **ret_media_type);

struct package;

struct part {
	char *name; /* in small letters, with "/" where Windows wrote "\" */
	uint64_t index;
	uint64_t size; /* unpacked, as its entry says */
};

/* Sorted by their names. */
const struct part *package_parts(const struct package *package, size_t *ret_count);

/* By its name in any letters, with or without the "/" in front; or NULL. */
const struct part *package_find(const struct package *package, const char *name);

/* Tells the receiver what is in the part. False: it is no XML, or the receiver did not want to hear all. */
bool package_read_xml(const struct package *package, const struct part *part, const struct xml_receiver *receiver, void *context);

/*
 * What a part is that is no XML: NULL for what a document may contain (a picture, a font, a seal), or a workbook that may
 * be taken itself, as there is one behind each chart; else the finding's code.
 */
const char *package_judge_other(const struct package *package, const struct part *part);

#endif
