#include "inspect/package.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlreader.h>
#include <zip.h>

#include "inspect/directory.h"

#define NAME_MAXIMUM 255                        /* bytes */
#define UNPACKED_MAXIMUM (256ull * 1024 * 1024) /* bytes of all entries */
#define RATIO_MAXIMUM 200                       /* unpacked to packed; XML packs to a tenth, seldom to a fiftieth */
#define RATIO_FREE (1024ull * 1024)             /* bytes that any entry may unpack to */
#define PART_MAXIMUM (1024u * 1024)             /* bytes of one part that is read */
#define PARTS_MAXIMUM (8u * 1024 * 1024)        /* and of all of them */
#define CONTENT_TYPES "[Content_Types].xml"
#define HYPERLINK "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
#define HYPERLINK_STRICT "http://purl.oclc.org/ooxml/officeDocument/relationships/hyperlink"

static const struct {
	const char *part; /* its content type */
	const char *media_type;
} documents[] = {
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
};

/* What a part's content type, or an entry's name, must not have in it. */
static const struct {
	const char *word;
	const char *code;
} refused_types[] =
	{
		{"macroEnabled", "macros"},    {"vbaProject", "macros"},       {"macrosheet", "macros"},
		{"activeX", "active_content"}, {"oleObject", "embedded_file"},
},
  refused_names[] = {
	  {"vbaProject", "macros"},         {"vbaData", "macros"}, {"macrosheets/", "macros"}, {"activeX/", "active_content"},
	  {"embeddings/", "embedded_file"},
};

struct package {
	zip_t *zip;
	uint64_t read; /* bytes of parts, so far */
	const char *media_type;
	const char *code;
};

static bool refuse(struct package *package, const char *code)
{
	if (!package->code)
		package->code = code;
	return false;
}

/* The directory */

static bool is_path_outside(const char *name)
{
	return *name == '/' || strchr(name, '\\') || strchr(name, ':') || strstr(name, "../") || strcmp(name, "..") == 0;
}

static bool check_entry(struct package *package, zip_uint64_t index, const zip_stat_t *entry)
{
	const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_ENCRYPTION_METHOD;
	if ((entry->valid & needed) != needed || strlen(entry->name) > NAME_MAXIMUM || is_path_outside(entry->name))
		return refuse(package, "damaged_file");
	if (entry->encryption_method != ZIP_EM_NONE)
		return refuse(package, "encrypted_file");
	/* Two of one name: which is the document would be each reader's own choice. */
	if (zip_name_locate(package->zip, entry->name, ZIP_FL_NOCASE) != (zip_int64_t)index)
		return refuse(package, "damaged_file");
	if (entry->size > RATIO_FREE && entry->size / RATIO_MAXIMUM > entry->comp_size)
		return refuse(package, "file_too_complex");
	for (size_t i = 0; i < sizeof refused_names / sizeof *refused_names; i++)
		if (strcasestr(entry->name, refused_names[i].word))
			return refuse(package, refused_names[i].code);
	return true;
}

static bool check_directory(struct package *package)
{
	zip_int64_t count = zip_get_num_entries(package->zip, 0);
	uint64_t unpacked = 0;
	for (zip_int64_t i = 0; i < count; i++) {
		zip_stat_t entry;
		if (zip_stat_index(package->zip, (zip_uint64_t)i, 0, &entry) != 0)
			return refuse(package, "damaged_file");
		if (!check_entry(package, (zip_uint64_t)i, &entry))
			return false;
		unpacked += entry.size;
		if (unpacked > UNPACKED_MAXIMUM)
			return refuse(package, "file_too_complex");
	}
	return true;
}

/* The parts */

typedef bool element_function(struct package *package, xmlTextReaderPtr xml, const char *name);

/* An attribute's value is of the reader's, and is freed here; NULL compares as "". */
static bool attribute_has(xmlTextReaderPtr xml, const char *attribute, const char *word)
{
	xmlChar *value = xmlTextReaderGetAttribute(xml, (const xmlChar *)attribute);
	bool has = value && strcasestr((const char *)value, word);
	xmlFree(value);
	return has;
}

static bool attribute_is(xmlTextReaderPtr xml, const char *attribute, const char *text)
{
	xmlChar *value = xmlTextReaderGetAttribute(xml, (const xmlChar *)attribute);
	bool is = value && strcmp((const char *)value, text) == 0;
	xmlFree(value);
	return is;
}

/* Of [Content_Types].xml (ECMA-376, part 2, section 10.1.2.2). */
static bool take_content_type(struct package *package, xmlTextReaderPtr xml, const char *name)
{
	if (strcmp(name, "Override") != 0 && strcmp(name, "Default") != 0)
		return true;
	for (size_t i = 0; i < sizeof refused_types / sizeof *refused_types; i++)
		if (attribute_has(xml, "ContentType", refused_types[i].word))
			return refuse(package, refused_types[i].code);
	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
		if (!attribute_is(xml, "ContentType", documents[i].part))
			continue;
		if (package->media_type && package->media_type != documents[i].media_type)
			return refuse(package, "damaged_file");
		package->media_type = documents[i].media_type;
	}
	return true;
}

/* Of a .rels part (section 9.3): what lies outside is a link that one may follow, and nothing else is fetched. */
static bool take_relationship(struct package *package, xmlTextReaderPtr xml, const char *name)
{
	if (strcmp(name, "Relationship") != 0 || !attribute_is(xml, "TargetMode", "External"))
		return true;
	if (attribute_is(xml, "Type", HYPERLINK) || attribute_is(xml, "Type", HYPERLINK_STRICT))
		return true;
	return refuse(package, "external_reference");
}

/* No document type, so no entity to expand; no network; and the nesting and the lengths that libxml2 bounds by itself. */
static bool read_xml(struct package *package, const char *bytes, size_t length, element_function *take)
{
	xmlTextReaderPtr xml =
		xmlReaderForMemory(bytes, (int)length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (!xml)
		return refuse(package, "damaged_file");
	bool good = true;
	int status = 1;
	while (good && (status = xmlTextReaderRead(xml)) == 1) {
		int type = xmlTextReaderNodeType(xml);
		if (type == XML_READER_TYPE_DOCUMENT_TYPE || type == XML_READER_TYPE_ENTITY_REFERENCE)
			good = refuse(package, "damaged_file");
		else if (type == XML_READER_TYPE_ELEMENT)
			good = take(package, xml, (const char *)xmlTextReaderConstLocalName(xml));
	}
	xmlFreeTextReader(xml);
	return good && (status == 0 || refuse(package, "damaged_file"));
}

static bool read_part(struct package *package, zip_uint64_t index, element_function *take)
{
	zip_stat_t entry;
	if (zip_stat_index(package->zip, index, 0, &entry) != 0)
		return refuse(package, "damaged_file");
	package->read += entry.size;
	if (entry.size > PART_MAXIMUM || package->read > PARTS_MAXIMUM)
		return refuse(package, "file_too_complex");
	zip_file_t *file = zip_fopen_index(package->zip, index, 0);
	if (!file)
		return refuse(package, "damaged_file");
	char *bytes = malloc(entry.size + 1);
	if (!bytes)
		abort(); /* only memory can have run out */
	/* One byte more is asked for than it is said to have: there must be none. */
	zip_int64_t count = zip_fread(file, bytes, entry.size + 1);
	zip_fclose(file);
	bool good =
		count == (zip_int64_t)entry.size ? read_xml(package, bytes, entry.size, take) : refuse(package, "damaged_file");
	free(bytes);
	return good;
}

static bool check_parts(struct package *package)
{
	zip_int64_t types = zip_name_locate(package->zip, CONTENT_TYPES, 0);
	if (types < 0)
		return refuse(package, "unsupported_file_type"); /* some other zip */
	if (!read_part(package, (zip_uint64_t)types, take_content_type))
		return false;
	if (!package->media_type)
		return refuse(package, "unsupported_file_type"); /* some other package */
	zip_int64_t count = zip_get_num_entries(package->zip, 0);
	for (zip_int64_t i = 0; i < count; i++) {
		const char *name = zip_get_name(package->zip, (zip_uint64_t)i, 0);
		size_t length = name ? strlen(name) : 0;
		if (length >= 5 && strcasecmp(name + length - 5, ".rels") == 0 &&
		    !read_part(package, (zip_uint64_t)i, take_relationship))
			return false;
	}
	return true;
}

const char *package_look(const unsigned char *bytes, size_t length, const char **ret_media_type)
{
	size_t count;
	const char *code = directory_look(bytes, length, &count);
	if (code)
		return code;
	struct package package = {0};
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(bytes, length, 0, &error);
	if (!source)
		abort(); /* only memory can have run out */
	package.zip = zip_open_from_source(source, ZIP_RDONLY, &error);
	if (!package.zip) {
		zip_source_free(source);
		refuse(&package, "damaged_file");
	} else {
		/* The library may have found another directory than was looked at. */
		if (zip_get_num_entries(package.zip, 0) != (zip_int64_t)count)
			refuse(&package, "damaged_file");
		else if (check_directory(&package))
			check_parts(&package);
		zip_discard(package.zip);
	}
	zip_error_fini(&error);
	*ret_media_type = package.media_type;
	return package.code;
}
