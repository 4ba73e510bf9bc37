#include "http/values.h"

#include <stdlib.h>
#include <string.h>

void values_set(struct values *values, const char *name, const char *text)
{
	for (size_t i = 0; i < values->count; i++) {
		if (strcmp(values->list[i].name, name) == 0) {
			values->list[i].text = text;
			return;
		}
	}
	if (values->count == VALUES_MAXIMUM)
		abort(); /* names are the contract's alone, and the generator counts them: tools/generate/rules.py */
	values->list[values->count++] = (struct value){.name = name, .text = text};
}

const char *values_get(const struct values *values, const char *name)
{
	for (size_t i = 0; i < values->count; i++)
		if (strcmp(values->list[i].name, name) == 0)
			return values->list[i].text;
	return NULL;
}
