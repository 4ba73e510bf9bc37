#include "inspect/compound.h"

#include <stdbool.h>
#include <string.h>

#define ENTRY_SIZE 128 /* bytes of a directory's entry, which begins at a multiple of them (section 2.6.1) */
#define NAME_SIZE 64   /* bytes of its name, in UTF-16; behind it is how many of them it takes, with a NUL */

static bool is_named(const unsigned char *entry, const char *name)
{
	size_t length = strlen(name);
	if ((entry[NAME_SIZE] | entry[NAME_SIZE + 1] << 8) != (int)(2 * (length + 1)))
		return false;
	for (size_t i = 0; i <= length; i++)
		if (entry[2 * i] != (unsigned char)name[i] || entry[2 * i + 1] != 0)
			return false;
	return true;
}

static bool has_entry(const unsigned char *bytes, size_t length, const char *name)
{
	for (size_t at = 0; at + ENTRY_SIZE <= length; at += ENTRY_SIZE)
		if (is_named(bytes + at, name))
			return true;
	return false;
}

const char *compound_look(const unsigned char *bytes, size_t length, const char **ret_media_type)
{
	static const char *const documents[] = {"WordDocument", "Workbook", "Book", "PowerPoint Document"};
	(void)ret_media_type;
	if (has_entry(bytes, length, "EncryptedPackage"))
		return "encrypted_file";
	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
		if (has_entry(bytes, length, documents[i]))
			return "old_office_file";
	return "unsupported_file_type";
}
