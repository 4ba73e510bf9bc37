#include "http/format.h"

#include <string.h>

static const struct {
	const char *name;
	const char *media_type;
} table[] = {
#define FORMAT(symbol, name_, media_type_) {.name = (name_), .media_type = (media_type_)},
#include "http/formats.def"
#undef FORMAT
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
