#include "http/conditional.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"

#define VERSION_LENGTH 9 /* nine digits always fit into PostgreSQL's integer */

const char *etag_make(struct arena *arena, const char *version, const char *body, size_t length)
{
	char fingerprint[FINGERPRINT_SIZE];
	fingerprint_hex(body, length, fingerprint);
	if (!version)
		return arena_printf(arena, "\"%s\"", fingerprint);
	return arena_printf(arena, "\"%s-%s\"", version, fingerprint);
}

/* etagc of RFC 9110, section 8.8.3: visible characters but the quote, and anything beyond ASCII. */
static bool is_tag_character(char character)
{
	unsigned char byte = (unsigned char)character;
	return byte == 0x21 || (byte >= 0x23 && byte != 0x7F);
}

/* The length of the quoted tag at `text`, quotes included; 0 if there is none. */
static size_t quoted_length(const char *text)
{
	if (*text != '"')
		return 0;
	size_t length = 1;
	while (is_tag_character(text[length]))
		length++;
	return text[length] == '"' ? length + 1 : 0;
}

static const char *skip_space(const char *text)
{
	return text + strspn(text, " \t");
}

bool etag_version(struct arena *arena, const char *if_match, const char **ret_version)
{
	const char *tag = skip_space(if_match);
	size_t length = quoted_length(tag);
	if (length == 0 || *skip_space(tag + length) != '\0')
		return false;

	const char *version = tag + 1;
	size_t digits = strspn(version, "0123456789");
	if (digits == 0 || digits > VERSION_LENGTH || version[0] == '0' || version[digits] != '-')
		return false;
	*ret_version = arena_strndup(arena, version, digits);
	return true;
}

static const char *without_weakness(const char *tag)
{
	return strncmp(tag, "W/", 2) == 0 ? tag + 2 : tag;
}

bool etag_matches(const char *if_none_match, const char *etag)
{
	if (!if_none_match || !etag)
		return false;
	const char *ours = without_weakness(etag);
	const char *at = skip_space(if_none_match);
	if (*at == '*' && *skip_space(at + 1) == '\0')
		return true;

	while (*at) {
		if (*at == ',' || *at == ' ' || *at == '\t') {
			at++;
			continue;
		}
		at = without_weakness(at);
		size_t length = quoted_length(at);
		if (length == 0)
			return false; /* no list of tags: what follows cannot be told apart */
		if (length == strlen(ours) && memcmp(at, ours, length) == 0)
			return true;
		at += length;
	}
	return false;
}
