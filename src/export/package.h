/*
 * A ZIP of a few small files, made whole in memory: what a DOCX is packed in. The files' times are
 * fixed, so that the same files give the same bytes.
 */
#ifndef SCIDAY_EXPORT_PACKAGE_H
#define SCIDAY_EXPORT_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct package_file {
	const char *name;
	const char *bytes;
	size_t length;
};

/* In the arena, in this order; false if libzip fails. */
bool package_make(struct arena *arena, const struct package_file *files, size_t count, const char **ret_bytes, size_t *ret_length)
	__attribute__((warn_unused_result));

#endif
