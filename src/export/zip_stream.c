#include "export/zip_stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct zip_stream {
	struct archive *archive;
	char *made;
	size_t length, taken, room;
};

/* What the library writes is kept until it is taken. */
static la_ssize_t keep(struct archive *archive, void *context, const void *bytes, size_t length)
{
	struct zip_stream *zip = context;
	if (zip->length + length > zip->room) {
		zip->room = 2 * (zip->length + length);
		char *made = realloc(zip->made, zip->room);
		if (!made) {
			archive_set_error(archive, ENOMEM, "out of memory");
			return -1;
		}
		zip->made = made;
	}
	memcpy(zip->made + zip->length, bytes, length);
	zip->length += length;
	return (la_ssize_t)length;
}

struct zip_stream *zip_stream_create(void)
{
	struct zip_stream *zip = calloc(1, sizeof *zip);
	if (!zip)
		return NULL;
	zip->archive = archive_write_new();
	if (!zip->archive || archive_write_set_format_zip(zip->archive) != ARCHIVE_OK ||
	    archive_write_set_format_option(zip->archive, "zip", "hdrcharset", "UTF-8") != ARCHIVE_OK ||
	    archive_write_zip_set_compression_store(zip->archive) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(zip->archive, 0) != ARCHIVE_OK ||
	    archive_write_open(zip->archive, zip, NULL, keep, NULL) != ARCHIVE_OK) {
		zip_stream_destroy(zip);
		return NULL;
	}
	return zip;
}

void zip_stream_destroy(struct zip_stream *zip)
{
	if (!zip)
		return;
	archive_write_free(zip->archive);
	free(zip->made);
	free(zip);
}

bool zip_stream_begin(struct zip_stream *zip, const char *name, unsigned long long size, long long written_at)
{
	struct archive_entry *entry = archive_entry_new();
	if (!entry)
		return false;
	archive_entry_set_pathname_utf8(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)size);
	archive_entry_set_mtime(entry, written_at, 0);
	bool is_begun = archive_write_header(zip->archive, entry) == ARCHIVE_OK;
	archive_entry_free(entry);
	return is_begun;
}

bool zip_stream_add(struct zip_stream *zip, const void *bytes, size_t length)
{
	return archive_write_data(zip->archive, bytes, length) == (la_ssize_t)length;
}

bool zip_stream_end(struct zip_stream *zip)
{
	return archive_write_close(zip->archive) == ARCHIVE_OK;
}

size_t zip_stream_take(struct zip_stream *zip, char *buffer, size_t room)
{
	size_t left = zip->length - zip->taken;
	size_t count = left < room ? left : room;
	if (count > 0)
		memcpy(buffer, zip->made + zip->taken, count);
	zip->taken += count;
	if (zip->taken == zip->length)
		zip->taken = zip->length = 0;
	return count;
}
