#include "contract/vocabulary.h"

#include <string.h>

int vocabulary_find(const char *const codes[], const char *code, size_t length)
{
	for (int i = 0; codes[i]; i++)
		if (strlen(codes[i]) == length && memcmp(codes[i], code, length) == 0)
			return i;
	return -1;
}

int vocabulary_place(const char *const codes[], const char *code)
{
	return code ? vocabulary_find(codes, code, strlen(code)) : -1;
}
