/*
 * Office documents (inspect/package.h). The input is a zip file, or the entries of one: for each a line "= NAME", and its
 * content.
 */
#include <string.h>

#include <archive.h>
#include <archive_entry.h>
#include <zip.h>

#include "file.h"

static void release(void *bytes)
{
	free(bytes);
}

/* A zip file of the entries; NULL if the library will not have one of them. */
static const void *pack(struct arena *arena, const uint8_t *bytes, size_t size, size_t *ret_length)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_source_keep(source);
	zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
	HOLDS(zip);
	struct fuzz_piece piece;
	while (fuzz_next_piece(arena, &bytes, &size, &piece)) {
		zip_source_t *content = zip_source_buffer(zip, piece.body, piece.length, 0);
		if (zip_file_add(zip, piece.head, content, ZIP_FL_ENC_UTF_8) < 0)
			zip_source_free(content);
	}
	zip_stat_t stat;
	void *packed = NULL;
	zip_stat_init(&stat);
	if (zip_close(zip) != 0)
		zip_discard(zip);
	else if (zip_source_stat(source, &stat) == 0 && stat.valid & ZIP_STAT_SIZE && zip_source_open(source) == 0) {
		packed = malloc(stat.size ? stat.size : 1);
		HOLDS(packed && zip_source_read(source, packed, stat.size) == (zip_int64_t)stat.size);
		zip_source_close(source);
		arena_defer(arena, release, packed);
		*ret_length = stat.size;
	}
	zip_source_free(source);
	zip_error_fini(&error);
	return packed;
}

/* In what was taken, another reader finds nothing by a name that is refused. */
static void check_names(const void *bytes, size_t length)
{
	static const char *const refused[] = {"vbaProject", "vbaData", "macrosheets/", "activeX/", "../"};
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	archive_read_support_format_zip_seekable(archive);
	if (archive_read_open_memory(archive, bytes, length) == ARCHIVE_OK)
		while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
			const char *name = archive_entry_pathname_utf8(entry);
			for (size_t i = 0; name && i < sizeof refused / sizeof *refused; i++)
				HOLDS(!strcasestr(name, refused[i]));
		}
	archive_read_free(archive);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const void *file = bytes;
	size_t length = size;
	if (size < 2 || memcmp(bytes, "PK", 2) != 0)
		file = pack(arena, bytes, size, &length);
	if (file && fuzz_inspect(file, length))
		check_names(file, length);
	return 0;
}
