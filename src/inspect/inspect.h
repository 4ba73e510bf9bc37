/*
 * What a file is, by its bytes and never by its name or by what a client says;
 * and whether it carries what has no place in a document: macros, scripts,
 * other files, or far more than it shows. It sees the bytes twice at most: as
 * they come in, and again those few that it then asks for.
 */
#ifndef SCIDAY_INSPECT_INSPECT_H
#define SCIDAY_INSPECT_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* Bytes that have come in already: as many as were asked for from `offset` on, but none beyond the end. False: they cannot be had. */
struct inspect_source {
	bool (*read)(void *context, uint64_t offset, void *buffer, size_t length);
	void *context;
	uint64_t size;
};

struct inspection;

/* A new inspection, in the arena; for a file that is not empty. */
struct inspection *inspection_create(struct arena *arena);

/*
 * The file's next bytes. False: it is none of the types taken, and nothing that follows can change that.
 * (This much is known from its first few bytes.)
 */
bool inspection_read(struct inspection *inspection, const void *bytes, size_t length);

enum inspection_result {
	INSPECTION_TAKEN,   /* *ret_text is its media type */
	INSPECTION_REFUSED, /* *ret_text is the finding's code (problems.def) */
	INSPECTION_UNKNOWN, /* the source could not be read */
};

/* What all the bytes were. The text is static. */
enum inspection_result inspection_finish(struct inspection *inspection, const struct inspect_source *source,
                                         const char **ret_text);

#endif
