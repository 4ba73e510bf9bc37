/*
 * Names of files that are handed out: what they end in, and what every system takes.
 */
#ifndef SCIDAY_RESOURCES_FILE_NAME_H
#define SCIDAY_RESOURCES_FILE_NAME_H

#include <stddef.h>

struct arena;

/* The name, ending in what the media type asks for, so that the file is opened as what it is, whatever it was called. */
const char *file_name_for(struct arena *arena, const char *name, const char *media_type);

/*
 * The name of a file or a folder that Windows takes too ("Naming Files, Paths, and Namespaces"): without \/:*?"<>|,
 * control characters and those that turn the direction of writing, without dots and spaces at its ends, and of no device.
 * It has at most `maximum` characters; what comes after the last dot is kept. Never empty.
 */
const char *file_name_safe(struct arena *arena, const char *name, size_t maximum);

#endif
