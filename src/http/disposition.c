#include "http/disposition.h"

#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

/* attr-char of RFC 8187, section 3.2.1. */
static bool is_attribute_character(unsigned char byte)
{
	return byte && (strchr("!#$&+-.^_`|~", byte) || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	                (byte >= 'a' && byte <= 'z'));
}

/* What every client reads alike between quotes; "%" is left out because some decode it (RFC 6266, appendix D). */
static bool is_plain(unsigned char byte)
{
	return byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\' && byte != '%';
}

const char *disposition_attachment(struct arena *arena, const char *name)
{
	struct buffer value = buffer_create(arena);
	name = text_visible(arena, name);
	buffer_append_string(&value, "attachment; filename=\"");
	bool says_all = true;
	for (const char *at = name; *at; at++) {
		unsigned char byte = (unsigned char)*at;
		says_all = says_all && is_plain(byte);
		if ((byte & 0xC0) != 0x80) /* one for each character, not for each byte */
			buffer_append(&value, is_plain(byte) ? at : "_", 1);
	}
	buffer_append_string(&value, "\"");
	if (says_all)
		return value.data;
	buffer_append_string(&value, "; filename*=UTF-8''");
	for (const char *at = name; *at; at++) {
		if (is_attribute_character((unsigned char)*at))
			buffer_append(&value, at, 1);
		else
			buffer_printf(&value, "%%%02X", (unsigned char)*at);
	}
	return value.data;
}
