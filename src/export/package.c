#include "export/package.h"

#include <zip.h>

#include "base/arena.h"

#define DOS_DATE 0x0021 /* the first day there is: 1980-01-01 */

static bool add_file(zip_t *zip, const struct package_file *file)
{
	zip_source_t *source = zip_source_buffer(zip, file->bytes, file->length, 0);
	zip_int64_t index = source ? zip_file_add(zip, file->name, source, ZIP_FL_ENC_UTF_8) : -1;
	if (index < 0) {
		zip_source_free(source);
		return false;
	}
	return zip_file_set_dostime(zip, (zip_uint64_t)index, 0, DOS_DATE, 0) == 0;
}

static bool write_files(zip_source_t *target, const struct package_file *files, size_t count)
{
	zip_t *zip = zip_open_from_source(target, ZIP_TRUNCATE, NULL);
	if (!zip)
		return false;
	zip_source_keep(target); /* else it ends with the archive */
	for (size_t i = 0; i < count; i++)
		if (!add_file(zip, &files[i])) {
			zip_discard(zip);
			return false;
		}
	if (zip_close(zip) != 0) {
		zip_discard(zip);
		return false;
	}
	return true;
}

static bool read_whole(struct arena *arena, zip_source_t *source, const char **ret_bytes, size_t *ret_length)
{
	zip_stat_t about;
	if (zip_source_stat(source, &about) != 0 || zip_source_open(source) != 0)
		return false;
	char *bytes = arena_alloc(arena, about.size);
	bool is_whole = zip_source_read(source, bytes, about.size) == (zip_int64_t)about.size;
	zip_source_close(source);
	*ret_bytes = bytes;
	*ret_length = about.size;
	return is_whole;
}

bool package_make(struct arena *arena, const struct package_file *files, size_t count, const char **ret_bytes, size_t *ret_length)
{
	zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, NULL);
	if (!target)
		return false;
	bool is_made = write_files(target, files, count) && read_whole(arena, target, ret_bytes, ret_length);
	zip_source_free(target);
	return is_made;
}
