/*
 * Pictures, by their structure: whether all of it is there. Their pixels are
 * not unpacked.
 */
#ifndef SCIDAY_INSPECT_PICTURE_H
#define SCIDAY_INSPECT_PICTURE_H

#include <stddef.h>

/* NULL for a picture that may be taken, with its media type, else the finding's code. Telephones put more behind its end. */
const char *jpeg_look(const unsigned char *bytes, size_t length, const char **ret_media_type);
const char *png_look(const unsigned char *bytes, size_t length, const char **ret_media_type);

#endif
