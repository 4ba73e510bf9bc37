#include "resources/file_name.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"

#define EXTENSION_LENGTH 8 /* bytes, with the dot; what is longer is no extension */

static const struct {
	const char *media_type;
	const char *extensions[2];
} extensions[] = {
	{"application/pdf", {".pdf"}},
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", {".docx"}},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", {".xlsx"}},
	{"image/jpeg", {".jpg", ".jpeg"}},
	{"image/png", {".png"}},
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

/* U+202A to U+202E and U+2066 to U+2069 let a name be read from the other end: "fdp.exe" for "exe.pdf". */
static bool turns_direction(const char *at)
{
	const unsigned char *bytes = (const unsigned char *)at;
	return bytes[0] == 0xE2 && ((bytes[1] == 0x80 && bytes[2] >= 0xAA && bytes[2] <= 0xAE) ||
	                            (bytes[1] == 0x81 && bytes[2] >= 0xA6 && bytes[2] <= 0xA9));
}

static bool is_forbidden(const char *at)
{
	unsigned char byte = (unsigned char)*at;
	return byte < ' ' || byte == 0x7F || strchr("\\/:*?\"<>|", *at) || turns_direction(at);
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
