/*
 * XML from a stranger, as it comes: elements and text are told to a receiver,
 * and nothing is kept. A document type is refused, and with it every entity
 * that could be expanded or fetched; depth and lengths are bounded by libxml2.
 */
#ifndef SCIDAY_INSPECT_XML_H
#define SCIDAY_INSPECT_XML_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct xml;
struct xml_element;

/* Each may be NULL, or return false to hear no more. Names are without their prefixes. */
struct xml_receiver {
	bool (*begin)(void *context, const struct xml_element *element);
	bool (*text)(void *context, const char *text, size_t length);
	bool (*end)(void *context, const char *name);
};

struct xml *xml_create(const struct xml_receiver *receiver, void *context);

/* The next bytes. False: they are not well-formed, or the receiver has heard enough. */
bool xml_read(struct xml *xml, const void *bytes, size_t length);

/* Whether all of it was well-formed, and the receiver heard it to the end. Frees it in any case. */
bool xml_finish(struct xml *xml);

/* Of an element that has just begun. */
const char *xml_name(const struct xml_element *element);
const char *xml_namespace(const struct xml_element *element); /* "" for none */

/*
 * An attribute's value, whatever its prefix is; "" for none. White space is one space, and none in front, so that nothing is
 * pushed out of the buffer by it; of the rest as much is copied as there is room for.
 */
#define XML_VALUE 512
const char *xml_attribute(const struct xml_element *element, const char *name, char buffer[XML_VALUE]);

#ifdef __cplusplus
}
#endif

#endif
