/*
 * A ZIP made while it is sent: entries one after the other, nothing ever read back, and no more kept
 * than was not taken yet. Names are UTF-8, sizes are ZIP64 where they must be, and nothing is
 * compressed: what goes in is so already.
 */
#ifndef SCIDAY_EXPORT_ZIP_STREAM_H
#define SCIDAY_EXPORT_ZIP_STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct zip_stream;

/* The caller's, until zip_stream_destroy; NULL if the library fails. */
struct zip_stream *zip_stream_create(void);
void zip_stream_destroy(struct zip_stream *zip);

/* Begins a file of `size` bytes, written at this time (seconds since the epoch); the one before must have been given whole. */
bool zip_stream_begin(struct zip_stream *zip, const char *name, unsigned long long size, long long written_at)
	__attribute__((warn_unused_result));

/* The next bytes of it. */
bool zip_stream_add(struct zip_stream *zip, const void *bytes, size_t length) __attribute__((warn_unused_result));

/* Writes the directory; nothing can be added any more. */
bool zip_stream_end(struct zip_stream *zip) __attribute__((warn_unused_result));

/* Takes what was made and not taken yet, at most `room` bytes; how many they are. */
size_t zip_stream_take(struct zip_stream *zip, char *buffer, size_t room);

#endif
