#include "inspect/xml.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

struct xml {
	const struct xml_receiver *receiver;
	void *context;
	xmlParserCtxtPtr parser;
	bool is_ended; /* by the receiver, or by what is not allowed */
};

struct xml_element {
	const xmlChar *name, *uri;
	const xmlChar **attributes; /* of five pointers each: name, prefix, URI, value, the value's end */
	int count;
};

static void end(struct xml *xml)
{
	xml->is_ended = true;
	xmlStopParser(xml->parser);
}

static struct xml *self(void *parser)
{
	return ((xmlParserCtxtPtr)parser)->_private;
}

static void begin_element(void *parser, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespace_count,
                          const xmlChar **namespaces, int count, int defaulted, const xmlChar **attributes)
{
	(void)prefix, (void)namespace_count, (void)namespaces, (void)defaulted;
	struct xml *xml = self(parser);
	const struct xml_element element = {name, uri, attributes, count};
	if (!xml->is_ended && xml->receiver->begin && !xml->receiver->begin(xml->context, &element))
		end(xml);
}

static void end_element(void *parser, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	(void)prefix, (void)uri;
	struct xml *xml = self(parser);
	if (!xml->is_ended && xml->receiver->end && !xml->receiver->end(xml->context, (const char *)name))
		end(xml);
}

static void read_text(void *parser, const xmlChar *text, int length)
{
	struct xml *xml = self(parser);
	if (!xml->is_ended && xml->receiver->text && !xml->receiver->text(xml->context, (const char *)text, (size_t)length))
		end(xml);
}

static void refuse_document_type(void *parser, const xmlChar *name, const xmlChar *public, const xmlChar *system)
{
	(void)name, (void)public, (void)system;
	end(self(parser));
}

/* libxml2 tells standard error of what cannot be converted, whoever asks; but that is the service's log. */
static void say_nothing(void *context, const char *format, ...)
{
	(void)context, (void)format;
}

struct xml *xml_create(const struct xml_receiver *receiver, void *context)
{
	xmlSAXHandler handler = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = begin_element,
		.endElementNs = end_element,
		.characters = read_text,
		.cdataBlock = read_text,
		.internalSubset = refuse_document_type,
	};
	xmlSetGenericErrorFunc(NULL, say_nothing);
	struct xml *xml = calloc(1, sizeof *xml);
	if (!xml)
		abort(); /* only memory can have run out */
	xml->parser = xmlCreatePushParserCtxt(&handler, NULL, NULL, 0, NULL);
	if (!xml->parser)
		abort(); /* only memory can have run out */
	xmlCtxtUseOptions(xml->parser, XML_PARSE_NONET | XML_PARSE_NOENT);
	xml->parser->_private = xml;
	xml->receiver = receiver;
	xml->context = context;
	return xml;
}

bool xml_read(struct xml *xml, const void *bytes, size_t length)
{
	return !xml->is_ended && xmlParseChunk(xml->parser, bytes, (int)length, 0) == 0 && !xml->is_ended;
}

bool xml_finish(struct xml *xml)
{
	bool is_good = !xml->is_ended && xmlParseChunk(xml->parser, NULL, 0, 1) == 0 && !xml->is_ended;
	if (xml->parser->myDoc)
		xmlFreeDoc(xml->parser->myDoc);
	xmlFreeParserCtxt(xml->parser);
	free(xml);
	return is_good;
}

const char *xml_name(const struct xml_element *element)
{
	return (const char *)element->name;
}

const char *xml_namespace(const struct xml_element *element)
{
	return element->uri ? (const char *)element->uri : "";
}

static bool is_space(xmlChar byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

const char *xml_attribute(const struct xml_element *element, const char *name, char buffer[XML_VALUE])
{
	size_t length = 0;
	for (int i = 0; i < element->count; i++) {
		const xmlChar **attribute = element->attributes + (ptrdiff_t)5 * i;
		if (strcmp((const char *)attribute[0], name) != 0)
			continue;
		for (const xmlChar *at = attribute[3]; at < attribute[4] && length < XML_VALUE - 1; at++)
			if (!is_space(*at))
				buffer[length++] = (char)*at;
			else if (length > 0 && buffer[length - 1] != ' ')
				buffer[length++] = ' ';
		break;
	}
	buffer[length] = '\0';
	return buffer;
}
