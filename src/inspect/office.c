#include "inspect/office.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "inspect/instruction.h"
#include "inspect/package.h"

#define DEFAULTS_MAXIMUM 256
#define EXTENSION_SIZE 32
#define TEXT_MAXIMUM 65536 /* bytes of a formula: Excel's have 8,192 characters at most; and of a field's code at once */
#define FIELD_KEPT 512     /* bytes of a longer one's beginning, and of what came last */
#define EMBEDDINGS "embeddings/"

/* What a part's content type says of it. */
struct type {
	const char *code;       /* why it is refused, or NULL */
	const char *media_type; /* of the document whose main part it is, or NULL */
	bool is_xml;
};

/* Of each part, unless one is named for itself. */
struct default_type {
	char extension[EXTENSION_SIZE];
	struct type type;
};

static const struct {
	const char *type;
	const char *media_type;
} documents[] = {
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
};

/* What a part's content type, or its name, must not have in it. */
static const struct {
	const char *word;
	const char *code;
} refused_types[] =
	{
		{"macroEnabled", "macros"},     {"vbaProject", "macros"},      {"vbaData", "macros"},
		{"macrosheet", "macros"},       {"activeX", "active_content"}, {"webextension", "active_content"},
		{"oleObject", "embedded_file"},
},
  refused_names[] = {
	  {"vbaproject", "macros"},
	  {"vbadata", "macros"},
	  {"macrosheets/", "macros"},
	  {"activex/", "active_content"},
};

/* Of relationships (part 2, section 9.3), by the last word of their types. */
static const struct {
	const char *kind;
	const char *code;
} refused_kinds[] = {
	{"vbaProject", "macros"},
	{"aFChunk", "embedded_file"},
	{"webextension", "active_content"},
	{"webextensiontaskpanes", "active_content"},
};

/* Those that lead out and are followed by a click, or to values that are kept here. */
static const char *const harmless_kinds[] = {
	"hyperlink", "externalLinkPath", "xlPathMissing", "xlStartup", "xlAlternateStartup", "xlLibrary", "xlExternalLinkPath",
};

struct office {
	const struct package *package;
	const char *code;
	struct type *types; /* of each part */
	bool *is_named;     /* whether each has a type of its own */
	struct default_type *defaults;
	size_t default_count;
	const char *media_type;
	/* Of the part that is being read: */
	bool in_field, in_formula, refreshes;
	char *text; /* of a field's code, which may be in many runs, or of a formula */
	size_t text_length;
};

static bool refuse(struct office *office, const char *code)
{
	if (!office->code)
		office->code = code;
	return !code;
}

/* Content types */

static struct type type_of(const char *text)
{
	struct type type = {0};
	size_t length = strlen(text);
	for (size_t i = 0; i < sizeof refused_types / sizeof *refused_types; i++)
		if (strcasestr(text, refused_types[i].word))
			type.code = refused_types[i].code;
	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
		if (strcasecmp(text, documents[i].type) == 0)
			type.media_type = documents[i].media_type;
	bool is_picture = strncasecmp(text, "image/", strlen("image/")) == 0; /* of SVG, with a document type */
	type.is_xml = !is_picture && length >= 3 && strcasecmp(text + length - 3, "xml") == 0;
	return type;
}

static bool take_content_type(void *context, const struct xml_element *element)
{
	struct office *office = context;
	char value[XML_VALUE];
	if (strcmp(xml_name(element), "Override") == 0) {
		size_t count;
		const struct part *parts = package_parts(office->package, &count);
		const struct part *part = package_find(office->package, xml_attribute(element, "PartName", value));
		if (part) {
			office->types[part - parts] = type_of(xml_attribute(element, "ContentType", value));
			office->is_named[part - parts] = true;
		}
	} else if (strcmp(xml_name(element), "Default") == 0) {
		if (office->default_count == DEFAULTS_MAXIMUM)
			return refuse(office, "file_too_complex");
		struct default_type *type = &office->defaults[office->default_count++];
		strncpy(type->extension, xml_attribute(element, "Extension", value), EXTENSION_SIZE - 1);
		type->type = type_of(xml_attribute(element, "ContentType", value));
	}
	return true;
}

static void apply_defaults(struct office *office, const struct part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *dot = strrchr(parts[i].name, '.');
		for (size_t j = 0; dot && !office->is_named[i] && j < office->default_count; j++)
			if (strcasecmp(dot + 1, office->defaults[j].extension) == 0)
				office->types[i] = office->defaults[j].type;
	}
}

static bool take_types(struct office *office, const struct part *parts, size_t count)
{
	static const struct xml_receiver receiver = {.begin = take_content_type};
	if (!package_read_xml(office->package, package_find(office->package, OFFICE_BEGINNING), &receiver, office))
		return refuse(office, "damaged_file");
	apply_defaults(office, parts, count);
	for (size_t i = 0; i < count; i++) {
		const struct type *type = &office->types[i];
		if (!refuse(office, type->code))
			return false;
		for (size_t j = 0; j < sizeof refused_names / sizeof *refused_names; j++)
			if (strstr(parts[i].name, refused_names[j].word))
				return refuse(office, refused_names[j].code);
		if (type->media_type && office->media_type && type->media_type != office->media_type)
			return refuse(office, "damaged_file");
		office->media_type = type->media_type ? type->media_type : office->media_type;
	}
	return office->media_type || refuse(office, "unsupported_file_type"); /* some other package */
}

/* Relationships */

static bool is_one_of(const char *word, const char *const words[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(word, words[i]) == 0)
			return true;
	return false;
}

static bool take_relationship(void *context, const struct xml_element *element)
{
	struct office *office = context;
	char type[XML_VALUE], value[XML_VALUE];
	if (strcmp(xml_name(element), "Relationship") != 0)
		return true;
	xml_attribute(element, "Type", type);
	const char *slash = strrchr(type, '/'), *kind = slash ? slash + 1 : type;
	for (size_t i = 0; i < sizeof refused_kinds / sizeof *refused_kinds; i++)
		if (strcasecmp(kind, refused_kinds[i].kind) == 0)
			return refuse(office, refused_kinds[i].code);
	if (strcasecmp(xml_attribute(element, "TargetMode", value), "External") != 0 ||
	    is_one_of(kind, harmless_kinds, sizeof harmless_kinds / sizeof *harmless_kinds))
		return true;
	/* A picture, a frame, a template, a source: opened with the document. One of this machine is not found, and no harm. */
	return !address_is_elsewhere(xml_attribute(element, "Target", value)) || refuse(office, "external_reference");
}

/* Contents */

static bool is_true(const char *value)
{
	return strcmp(value, "1") == 0 || strcasecmp(value, "true") == 0;
}

static bool take_embedded(struct office *office, const struct xml_element *element)
{
	(void)element;
	return refuse(office, "embedded_file");
}

static bool take_linked(struct office *office, const struct xml_element *element)
{
	(void)element;
	return refuse(office, "external_reference");
}

static bool take_exchange(struct office *office, const struct xml_element *element)
{
	(void)element;
	return refuse(office, "active_content");
}

static bool take_ribbon(struct office *office, const struct xml_element *element)
{
	char value[XML_VALUE];
	return !*xml_attribute(element, "onLoad", value) || refuse(office, "active_content");
}

static bool take_picture(struct office *office, const struct xml_element *element)
{
	char value[XML_VALUE];
	bool is_elsewhere = address_is_elsewhere(xml_attribute(element, "src", value)) ||
	                    address_is_elsewhere(xml_attribute(element, "href", value));
	return !is_elsewhere || refuse(office, "external_reference");
}

/* What is read from elsewhere when the workbook is opened, or from time to time. */
static bool take_connection(struct office *office, const struct xml_element *element)
{
	char value[XML_VALUE];
	bool refreshes = is_true(xml_attribute(element, "refreshOnLoad", value)) ||
	                 strtoul(xml_attribute(element, "interval", value), NULL, 10) > 0;
	return !refreshes || refuse(office, "external_reference");
}

/* Most pivot tables are of the same workbook, and may be made anew as they like. */
static bool take_pivot(struct office *office, const struct xml_element *element)
{
	char value[XML_VALUE];
	office->refreshes = is_true(xml_attribute(element, "refreshOnLoad", value));
	return true;
}

static bool take_pivot_source(struct office *office, const struct xml_element *element)
{
	char value[XML_VALUE];
	bool is_external = strcmp(xml_attribute(element, "type", value), "external") == 0;
	return !(office->refreshes && is_external) || refuse(office, "external_reference");
}

static bool judge_field(struct office *office)
{
	office->text[office->text_length] = '\0';
	return refuse(office, field_judge(office->text));
}

/* A field's code is between its beginning and its separator or end, and other fields may be in between (section 17.16.18). */
static bool take_field_mark(struct office *office, const struct xml_element *element)
{
	(void)element;
	bool good = judge_field(office);
	office->text_length = 0;
	return good;
}

static bool take_simple_field(struct office *office, const struct xml_element *element)
{
	char value[XML_VALUE];
	return refuse(office, field_judge(xml_attribute(element, "instr", value)));
}

static bool take_field_code(struct office *office, const struct xml_element *element)
{
	(void)element;
	office->in_field = true;
	return true;
}

/* The same names mean other things elsewhere: <m:f> is a fraction. */
static bool take_formula(struct office *office, const struct xml_element *element)
{
	const char *namespace = xml_namespace(element);
	office->in_formula = strstr(namespace, "spreadsheetml") || strstr(namespace, "office/excel");
	if (office->in_formula)
		office->text_length = 0;
	return true;
}

static const struct element_rule {
	const char *name;
	bool (*take)(struct office *office, const struct xml_element *element);
} element_rules[] = {
	/* Sorted, for bsearch. */
	{"OLEObject", take_embedded},
	{"altChunk", take_embedded},
	{"cacheSource", take_pivot_source},
	{"calculatedColumnFormula", take_formula},
	{"connection", take_connection},
	{"customUI", take_ribbon},
	{"ddeLink", take_exchange},
	{"definedName", take_formula},
	{"delInstrText", take_field_code},
	{"f", take_formula},
	{"fill", take_picture},
	{"fldChar", take_field_mark},
	{"fldSimple", take_simple_field},
	{"formula", take_formula},
	{"formula1", take_formula},
	{"formula2", take_formula},
	{"imagedata", take_picture},
	{"instrText", take_field_code},
	{"objectEmbed", take_embedded},
	{"objectLink", take_linked},
	{"oleLink", take_linked},
	{"oleObject", take_embedded},
	{"pivotCacheDefinition", take_pivot},
	{"queryTable", take_connection},
	{"stroke", take_picture},
	{"totalsRowFormula", take_formula},
};

static int compare_rule(const void *name, const void *rule)
{
	return strcmp(name, ((const struct element_rule *)rule)->name);
}

static bool begin_element(void *context, const struct xml_element *element)
{
	struct office *office = context;
	office->in_field = office->in_formula = false;
	const struct element_rule *rule = bsearch(xml_name(element), element_rules, sizeof element_rules / sizeof *element_rules,
	                                          sizeof *element_rules, compare_rule);
	return !rule || rule->take(office, element);
}

/* A citation's field may be as long as it likes: its first word is kept, and so much that no address is cut in two. */
static bool shorten_field(struct office *office)
{
	if (!judge_field(office))
		return false;
	memmove(office->text + FIELD_KEPT, office->text + office->text_length - FIELD_KEPT, FIELD_KEPT);
	office->text_length = (size_t)2 * FIELD_KEPT;
	return true;
}

static bool append_text(struct office *office, const char *text, size_t length)
{
	while (length > 0) {
		size_t room = TEXT_MAXIMUM - 1 - office->text_length, count = length < room ? length : room;
		memcpy(office->text + office->text_length, text, count);
		office->text_length += count;
		text += count;
		length -= count;
		if (office->text_length < TEXT_MAXIMUM - 1)
			continue;
		if (office->in_formula)
			return refuse(office, "file_too_complex");
		if (!shorten_field(office))
			return false;
	}
	return true;
}

static bool take_text(void *context, const char *text, size_t length)
{
	struct office *office = context;
	if (!office->in_field && !office->in_formula)
		return true;
	while (length > 0 && office->text_length == 0 &&
	       isspace((unsigned char)*text)) { /* nor is that word pushed out by spaces */
		text++;
		length--;
	}
	return append_text(office, text, length);
}

static bool end_element(void *context, const char *name)
{
	struct office *office = context;
	(void)name;
	office->in_field = false;
	if (!office->in_formula)
		return true;
	office->in_formula = false;
	office->text[office->text_length] = '\0';
	office->text_length = 0;
	return refuse(office, formula_judge(office->text));
}

static bool ends_in(const char *name, const char *end)
{
	size_t length = strlen(name), end_length = strlen(end);
	return length >= end_length && strcmp(name + length - end_length, end) == 0;
}

static bool take_part(struct office *office, const struct part *part, const struct type *type)
{
	static const struct xml_receiver relationships = {.begin = take_relationship};
	static const struct xml_receiver contents = {begin_element, take_text, end_element};
	bool is_relationships = ends_in(part->name, ".rels");
	if (!is_relationships && !type->is_xml) {
		/* The workbook behind a chart lies there, and all else that is embedded. */
		bool is_embedded = strstr(part->name, EMBEDDINGS) && !ends_in(part->name, "/") && !ends_in(part->name, ".xlsx");
		return refuse(office, is_embedded ? "embedded_file" : package_judge_other(office->package, part));
	}
	office->in_field = office->in_formula = office->refreshes = false;
	office->text_length = 0;
	if (!package_read_xml(office->package, part, is_relationships ? &relationships : &contents, office))
		return refuse(office, "damaged_file");
	return judge_field(office); /* one that does not end */
}

static void look(struct office *office, const struct part *parts, size_t count)
{
	bool good = take_types(office, parts, count);
	for (size_t i = 0; good && i < count; i++)
		good = take_part(office, &parts[i], &office->types[i]);
}

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);
	if (!memory)
		abort(); /* only memory can have run out */
	return memory;
}

const char *office_look(const struct package *package, const char **ret_media_type)
{
	size_t count;
	const struct part *parts = package_parts(package, &count);
	struct office office = {
		.package = package,
		.types = allocate(count, sizeof *office.types),
		.is_named = allocate(count, sizeof *office.is_named),
		.defaults = allocate(DEFAULTS_MAXIMUM, sizeof *office.defaults),
		.text = allocate(TEXT_MAXIMUM, 1),
	};
	look(&office, parts, count);
	free(office.types);
	free(office.is_named);
	free(office.defaults);
	free(office.text);
	*ret_media_type = office.media_type;
	return office.code;
}
