#include "inspect/inspect.h"

#include <string.h>

#include "inspect/compound.h"
#include "inspect/package.h"
#include "inspect/pdf.h"
#include "inspect/picture.h"

/* Each looks into a file of its type: NULL for one that may be taken, with its media type, else the finding's code. */
typedef const char *look_function(const unsigned char *bytes, size_t length, const char **ret_media_type);

static const struct {
	const char *bytes;
	size_t length;
	look_function *look;
} beginnings[] = {
	{"PK\3\4", 4, package_look},
	{COMPOUND_BEGINNING, 8, compound_look},
	{"\xff\xd8\xff", 3, jpeg_look},
	{"\x89PNG\r\n\x1a\n", 8, png_look},
};

static look_function *look_for(const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
		if (length >= beginnings[i].length && memcmp(bytes, beginnings[i].bytes, beginnings[i].length) == 0)
			return beginnings[i].look;
	size_t within = length < PDF_HEADER_WITHIN ? length : PDF_HEADER_WITHIN;
	return memmem(bytes, within, PDF_HEADER, strlen(PDF_HEADER)) ? pdf_look : NULL;
}

bool inspect_beginning(const void *bytes, size_t length)
{
	return look_for(bytes, length) != NULL;
}

enum inspection_result inspect(const void *bytes, size_t length, const char **ret_text)
{
	look_function *look = look_for(bytes, length);
	const char *media_type = NULL;
	const char *code = look ? look(bytes, length, &media_type) : "unsupported_file_type";
	*ret_text = code ? code : media_type;
	return code ? INSPECTION_REFUSED : INSPECTION_TAKEN;
}
