#include "document/file_name.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/id.h"
#include "base/text.h"
#include "import/charset.h"

#define EXTENSION_LENGTH 8 /* bytes, with the dot; what is longer is no extension */

/* The bytes of "Q" (RFC 2047, section 4.2); NULL if it is broken. */
static const char *decode_quoted(struct arena *arena, const char *text, size_t *ret_length)
{
	static const char digits[] = "0123456789ABCDEF";
	struct buffer bytes = buffer_create(arena);
	for (; *text; text++) {
		char byte = *text;
		if (byte == '_')
			byte = ' ';
		if (*text == '=') {
			const char *high = text[1] ? strchr(digits, text[1]) : NULL;
			const char *low = high && text[2] ? strchr(digits, text[2]) : NULL;
			if (!low)
				return NULL;
			byte = (char)((high - digits) * 16 + (low - digits));
			text += 2;
		}
		buffer_append(&bytes, &byte, 1);
	}
	*ret_length = bytes.length;
	return bytes.data;
}

/* The text of the encoded word at `word`, `=?charset?encoding?text?=`, and where it ends; NULL if there is none. */
static const char *decode_word(struct arena *arena, const char *word, const char **ret_end)
{
	if (strncmp(word, "=?", 2) != 0)
		return NULL;
	const char *charset = word + 2;
	const char *encoding = charset + strcspn(charset, "?");
	if (!encoding[0] || !encoding[1] || encoding[2] != '?')
		return NULL;
	const char *text = encoding + 3;
	const char *end = text + strcspn(text, "?");
	if (strncmp(end, "?=", 2) != 0)
		return NULL;
	size_t length = 0, line;
	const char *encoded = arena_strndup(arena, text, (size_t)(end - text)), *bytes = NULL;
	if (strchr("Bb", encoding[1]))
		bytes = base64_decode(arena, encoded, &length);
	else if (strchr("Qq", encoding[1]))
		bytes = decode_quoted(arena, encoded, &length);
	const char *name = arena_strndup(arena, charset, strcspn(charset, "?*")); /* RFC 2231, section 5: a language may follow */
	const char *decoded;
	if (!bytes || charset_decode(arena, name, bytes, length, &decoded, &length, &line) != CHARSET_OK)
		return NULL;
	*ret_end = end + 2;
	return decoded;
}

const char *file_name_sent(struct arena *arena, const char *name)
{
	struct buffer whole = buffer_create(arena);
	while (*name) {
		const char *decoded = decode_word(arena, name, &name);
		if (!decoded) {
			buffer_append(&whole, name++, 1);
			continue;
		}
		buffer_append_string(&whole, decoded);
		/* White space between two encoded words is no part of either. */
		const char *next = name + strspn(name, " \t");
		name = decode_word(arena, next, &(const char *){NULL}) ? next : name;
	}
	return whole.data;
}

static const struct {
	const char *media_type;
	const char *extensions[2];
} extensions[] = {
#define DOCUMENT_TYPE(media_type, ending, other) {media_type, {ending, other}},
#include "document/media_types.def"
#undef DOCUMENT_TYPE
};

static bool ends_in(const char *name, const char *extension)
{
	size_t length = strlen(name), extension_length = extension ? strlen(extension) : 0;
	return extension && length >= extension_length && strcasecmp(name + length - extension_length, extension) == 0;
}

const char *file_name_for(struct arena *arena, const char *name, const char *media_type)
{
	for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
		if (strcmp(extensions[i].media_type, media_type) != 0)
			continue;
		if (ends_in(name, extensions[i].extensions[0]) || ends_in(name, extensions[i].extensions[1]))
			break;
		return arena_printf(arena, "%s%s", name, extensions[i].extensions[0]);
	}
	return name;
}

/* The bytes of the character at `text`. */
static size_t character_length(const char *text)
{
	size_t length = 1;
	while ((text[length] & 0xC0) == 0x80)
		length++;
	return length;
}

static bool is_forbidden(const char *at)
{
	unsigned char byte = (unsigned char)*at;
	return byte < ' ' || byte == 0x7F || strchr("\\/:*?\"<>|", *at);
}

/* Whether Windows opens a device by this name, whatever comes after its first dot. */
static bool is_device(const char *name)
{
	static const char *const devices[] = {"CON", "PRN", "AUX", "NUL"};
	size_t length = strcspn(name, ".");
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
		if (length == 3 && strncasecmp(name, devices[i], 3) == 0)
			return true;
	return length == 4 && (strncasecmp(name, "COM", 3) == 0 || strncasecmp(name, "LPT", 3) == 0) && name[3] >= '1' &&
	       name[3] <= '9';
}

static size_t without_end(const char *name, size_t length)
{
	while (length > 0 && (name[length - 1] == '.' || name[length - 1] == ' '))
		length--;
	return length;
}

/* As many characters of the name's beginning as there may be; their bytes. */
static size_t cut(const char *name, size_t length, size_t characters)
{
	size_t at = 0;
	while (at < length && characters-- > 0)
		at += character_length(name + at);
	return at;
}

const char *file_name_safe(struct arena *arena, const char *name, size_t maximum)
{
	struct buffer clean = buffer_create(arena);
	name = text_visible(arena, name);
	name += strspn(name, ". ");
	for (; *name; name += character_length(name))
		if (is_forbidden(name))
			buffer_append(&clean, "_", 1);
		else
			buffer_append(&clean, name, character_length(name));
	size_t length = without_end(clean.data, clean.length);
	const char *whole = arena_strndup(arena, clean.data, length);
	const char *dot = strrchr(whole, '.');
	const char *extension = dot && dot > whole && strlen(dot) <= EXTENSION_LENGTH ? dot : whole + length;
	size_t stem = cut(whole, (size_t)(extension - whole), maximum - text_length(extension));
	stem = without_end(whole, stem);
	const char *safe = arena_printf(arena, "%.*s%s", (int)stem, whole, extension);
	return !*safe || is_device(safe) ? arena_printf(arena, "_%s", safe) : safe;
}
