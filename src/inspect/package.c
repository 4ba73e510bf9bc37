#include "inspect/package.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <zip.h>

#include "inspect/directory.h"
#include "inspect/ofd.h"
#include "inspect/office.h"

#define NAME_MAXIMUM 255                        /* bytes */
#define UNPACKED_MAXIMUM (256ull * 1024 * 1024) /* bytes of all parts */
#define RATIO_MAXIMUM 200                       /* unpacked to packed; XML packs to a tenth, seldom to a fiftieth */
#define RATIO_FREE (1024ull * 1024)             /* bytes that any part may unpack to */
#define WORKBOOK "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

struct package {
	zip_t *zip;
	unsigned depth;
	struct part *parts;
	size_t count;
};

/* Its directory */

static bool is_path_outside(const char *name)
{
	return *name == '/' || strchr(name, ':') || strstr(name, "../") || strcmp(name, "..") == 0;
}

static char *normalize(const char *name)
{
	char *copy = strdup(name);
	if (!copy)
		abort(); /* only memory can have run out */
	for (char *at = copy; *at; at++)
		*at = (char)(*at == '\\' ? '/' : tolower((unsigned char)*at));
	return copy;
}

static const char *take_entry(struct package *package, uint64_t index, uint64_t *unpacked)
{
	const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_ENCRYPTION_METHOD;
	zip_stat_t entry;
	if (zip_stat_index(package->zip, index, 0, &entry) != 0 || (entry.valid & needed) != needed ||
	    strlen(entry.name) > NAME_MAXIMUM)
		return "damaged_file";
	struct part *part = &package->parts[package->count++];
	*part = (struct part){normalize(entry.name), index, entry.size};
	if (is_path_outside(part->name))
		return "damaged_file";
	if (entry.encryption_method != ZIP_EM_NONE)
		return "encrypted_file";
	*unpacked += entry.size;
	bool is_bomb = entry.size > RATIO_FREE && entry.size / RATIO_MAXIMUM > entry.comp_size;
	return is_bomb || *unpacked > UNPACKED_MAXIMUM ? "file_too_complex" : NULL;
}

static int compare(const void *left, const void *right)
{
	return strcmp(((const struct part *)left)->name, ((const struct part *)right)->name);
}

static const char *take_directory(struct package *package, size_t count)
{
	uint64_t unpacked = 0;
	if (zip_get_num_entries(package->zip, 0) != (zip_int64_t)count)
		return "damaged_file"; /* the library has found another directory than was looked at */
	package->parts = calloc(count + 1, sizeof *package->parts);
	if (!package->parts)
		abort(); /* only memory can have run out */
	for (size_t i = 0; i < count; i++) {
		const char *code = take_entry(package, i, &unpacked);
		if (code)
			return code;
	}
	qsort(package->parts, package->count, sizeof *package->parts, compare);
	/* Two of one name: which is the document would be each reader's own choice. */
	for (size_t i = 1; i < package->count; i++)
		if (strcmp(package->parts[i - 1].name, package->parts[i].name) == 0)
			return "damaged_file";
	return NULL;
}

/* Its parts */

const struct part *package_parts(const struct package *package, size_t *ret_count)
{
	*ret_count = package->count;
	return package->parts;
}

const struct part *package_find(const struct package *package, const char *name)
{
	char *wanted = normalize(*name == '/' || *name == '\\' ? name + 1 : name);
	const struct part key = {.name = wanted};
	const struct part *found = bsearch(&key, package->parts, package->count, sizeof key, compare);
	free(wanted);
	return found;
}

bool package_read_xml(const struct package *package, const struct part *part, const struct xml_receiver *receiver, void *context)
{
	char bytes[16384];
	uint64_t unpacked = 0;
	zip_int64_t count = 0;
	zip_file_t *file = zip_fopen_index(package->zip, part->index, 0);
	if (!file)
		return false;
	struct xml *xml = xml_create(receiver, context);
	bool good = true;
	while (good && (count = zip_fread(file, bytes, sizeof bytes)) > 0) {
		unpacked += (uint64_t)count;
		good = unpacked <= part->size && xml_read(xml, bytes, (size_t)count);
	}
	zip_fclose(file);
	return xml_finish(xml) && good && count == 0 && unpacked == part->size;
}

/* The whole of it. NULL: it is not what its entry says. */
static unsigned char *unpack(const struct package *package, const struct part *part)
{
	zip_file_t *file = zip_fopen_index(package->zip, part->index, 0);
	if (!file)
		return NULL;
	unsigned char *bytes = malloc(part->size + 1);
	if (!bytes)
		abort(); /* only memory can have run out */
	/* One byte more is asked for than it is said to have: there must be none. */
	zip_int64_t count = zip_fread(file, bytes, part->size + 1);
	zip_fclose(file);
	if (count == (zip_int64_t)part->size)
		return bytes;
	free(bytes);
	return NULL;
}

static size_t read_beginning(const struct package *package, const struct part *part, unsigned char *bytes, size_t length)
{
	zip_file_t *file = zip_fopen_index(package->zip, part->index, 0);
	if (!file)
		return 0;
	zip_int64_t count = zip_fread(file, bytes, length);
	zip_fclose(file);
	return count > 0 ? (size_t)count : 0;
}

static const char *look(const unsigned char *bytes, size_t length, unsigned depth, const char **ret_media_type);

static const char *judge_workbook(const struct package *package, const struct part *part)
{
	const char *media_type = NULL;
	unsigned char *bytes = package->depth == 0 ? unpack(package, part) : NULL;
	if (!bytes)
		return package->depth == 0 ? "damaged_file" : "embedded_file";
	const char *code = look(bytes, part->size, package->depth + 1, &media_type);
	free(bytes);
	if (code && strcmp(code, "unsupported_file_type") != 0)
		return code;
	return media_type && strcmp(media_type, WORKBOOK) == 0 ? NULL : "embedded_file";
}

const char *package_judge_other(const struct package *package, const struct part *part)
{
	unsigned char beginning[4] = {0};
	size_t length = read_beginning(package, part, beginning, sizeof beginning);
	if (length == sizeof beginning && memcmp(beginning, "PK\3\4", 4) == 0)
		return judge_workbook(package, part);
	bool is_program = memcmp(beginning, "MZ", 2) == 0, is_compound = memcmp(beginning, "\xd0\xcf\x11\xe0", 4) == 0;
	return is_program || is_compound ? "embedded_file" : NULL;
}

/* The whole */

static const char *judge(struct package *package, size_t count, const char **ret_media_type)
{
	const char *code = take_directory(package, count);
	if (code)
		return code;
	if (package_find(package, OFFICE_BEGINNING))
		return office_look(package, ret_media_type);
	if (package_find(package, OFD_BEGINNING))
		return ofd_look(package, ret_media_type);
	return "unsupported_file_type"; /* some other zip */
}

static const char *look(const unsigned char *bytes, size_t length, unsigned depth, const char **ret_media_type)
{
	size_t count;
	const char *code = directory_look(bytes, length, &count);
	if (code)
		return code;
	struct package package = {.depth = depth};
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(bytes, length, 0, &error);
	if (!source)
		abort(); /* only memory can have run out */
	package.zip = zip_open_from_source(source, ZIP_RDONLY, &error);
	if (package.zip) {
		code = judge(&package, count, ret_media_type);
		zip_discard(package.zip);
	} else {
		zip_source_free(source);
		code = "damaged_file";
	}
	for (size_t i = 0; i < package.count; i++)
		free(package.parts[i].name);
	free(package.parts);
	zip_error_fini(&error);
	return code;
}

const char *package_look(const unsigned char *bytes, size_t length, const char **ret_media_type)
{
	return look(bytes, length, 0, ret_media_type);
}
