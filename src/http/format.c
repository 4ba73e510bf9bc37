#include "http/format.h"

#include <string.h>

static const struct {
	const char *name;
	const char *media_type;
} table[FORMAT_COUNT] = {
	[FORMAT_JSON] = {"json", "application/json"},
	[FORMAT_CSV] = {"csv", "text/csv"},
	[FORMAT_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	[FORMAT_ICS] = {"ics", "text/calendar"},
	[FORMAT_SVG] = {"svg", "image/svg+xml"},
	[FORMAT_PDF] = {"pdf", "application/pdf"},
	[FORMAT_DOCX] = {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	[FORMAT_ZIP] = {"zip", "application/zip"},
};

const char *format_name(enum format format)
{
	return table[format].name;
}

const char *format_media_type(enum format format)
{
	return table[format].media_type;
}

bool format_parse(const char *name, enum format *ret_format)
{
	for (int i = 0; i < FORMAT_COUNT; i++) {
		if (strcmp(table[i].name, name) != 0)
			continue;
		*ret_format = (enum format)i;
		return true;
	}
	return false;
}
