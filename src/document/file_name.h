/*
 * Names of files: as they are sent, and as they are handed out: what they end in, and what every system takes.
 */
#ifndef SCIDAY_DOCUMENT_FILE_NAME_H
#define SCIDAY_DOCUMENT_FILE_NAME_H

#include <stddef.h>

struct arena;

/*
 * A name as a client sends it, with its encoded words read (RFC 2047, in UTF-8 and GB18030): no header of a form should have
 * them, and some clients write every name so. What is none of theirs is left as it is, which need not be UTF-8.
 */
const char *file_name_sent(struct arena *arena, const char *name);

/* The name, ending in what the media type asks for, so that the file is opened as what it is, whatever it was called. */
const char *file_name_for(struct arena *arena, const char *name, const char *media_type);

/*
 * The name of a file or a folder that Windows takes too ("Naming Files, Paths, and Namespaces"): without \/:*?"<>|,
 * control characters and what nobody sees (text_visible), without dots and spaces at its ends, and of no device.
 * It has at most `maximum` characters; what comes after the last dot is kept. Never empty.
 */
const char *file_name_safe(struct arena *arena, const char *name, size_t maximum);

#endif
