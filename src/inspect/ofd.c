#include "inspect/ofd.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "inspect/package.h"

#define NAMESPACE "http://www.ofdspec.org" /* and, since the standard is one, "/2016" */
#define PATH_SIZE 256

struct ofd {
	const struct package *package;
	const char *code;
	bool is_ofd;     /* its first element says so */
	bool is_unasked; /* the action that is being read is of the document's own accord (section 14) */
	bool in_root;
	char root[PATH_SIZE]; /* of the document: a path */
	size_t root_length;
	unsigned documents;
};

static bool refuse(struct ofd *ofd, const char *code)
{
	if (!ofd->code)
		ofd->code = code;
	return false;
}

static bool is_script_address(const struct xml_element *element)
{
	static const char scheme[] = "javascript:";
	char value[XML_VALUE];
	return strncasecmp(xml_attribute(element, "URI", value), scheme, strlen(scheme)) == 0;
}

static bool begin_element(void *context, const struct xml_element *element)
{
	struct ofd *ofd = context;
	const char *name = xml_name(element);
	char value[XML_VALUE];
	if (strncmp(xml_namespace(element), NAMESPACE, strlen(NAMESPACE)) != 0)
		return true;
	ofd->is_ofd = ofd->is_ofd || strcmp(name, "OFD") == 0;
	ofd->in_root = strcmp(name, "DocRoot") == 0;
	if (strcmp(name, "Action") == 0)
		ofd->is_unasked = strcmp(xml_attribute(element, "Event", value), "CLICK") != 0;
	if (strcmp(name, "Attachment") == 0)
		return refuse(ofd, "embedded_file");
	if (strncmp(name, "Encrypt", strlen("Encrypt")) == 0)
		return refuse(ofd, "encrypted_file");
	bool leads_out = strcmp(name, "URI") == 0 || strcmp(name, "GotoA") == 0;
	bool is_played = strcmp(name, "Sound") == 0 || strcmp(name, "Movie") == 0;
	if (is_played || (leads_out && (ofd->is_unasked || is_script_address(element))))
		return refuse(ofd, "active_content");
	return true;
}

static bool take_text(void *context, const char *text, size_t length)
{
	struct ofd *ofd = context;
	if (!ofd->in_root)
		return true;
	if (length >= PATH_SIZE - ofd->root_length)
		return refuse(ofd, "damaged_file");
	memcpy(ofd->root + ofd->root_length, text, length);
	ofd->root_length += length;
	return true;
}

static bool end_element(void *context, const char *name)
{
	struct ofd *ofd = context;
	if (!ofd->in_root || strcmp(name, "DocRoot") != 0)
		return true;
	ofd->root[ofd->root_length] = '\0';
	ofd->root_length = 0;
	ofd->in_root = false;
	ofd->documents++;
	return package_find(ofd->package, ofd->root) || refuse(ofd, "damaged_file");
}

static const struct xml_receiver receiver = {begin_element, take_text, end_element};

static bool is_xml(const char *name)
{
	size_t length = strlen(name);
	return length >= 4 && strcmp(name + length - 4, ".xml") == 0;
}

static const char *judge_part(struct ofd *ofd, const struct part *part)
{
	if (!is_xml(part->name))
		return package_judge_other(ofd->package, part) ? "embedded_file" : NULL;
	if (package_read_xml(ofd->package, part, &receiver, ofd))
		return NULL;
	return ofd->code ? ofd->code : "damaged_file";
}

const char *ofd_look(const struct package *package, const char **ret_media_type)
{
	struct ofd ofd = {.package = package};
	const char *code = judge_part(&ofd, package_find(package, OFD_BEGINNING));
	if (code)
		return code;
	if (!ofd.is_ofd)
		return "unsupported_file_type";
	if (ofd.documents == 0)
		return "damaged_file";
	size_t count;
	const struct part *parts = package_parts(package, &count);
	for (size_t i = 0; i < count; i++)
		if ((code = judge_part(&ofd, &parts[i])) != NULL)
			return code;
	*ret_media_type = "application/ofd";
	return NULL;
}
