#include "server/accept.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The next element of a comma-separated list with its weight, or false at the end. `name` is at most `size` − 1 bytes. */
static bool next_element(const char **list, char *ret_name, size_t size, double *ret_weight)
{
	const char *text = *list + strspn(*list, " \t,");
	if (!*text)
		return false;
	size_t length = strcspn(text, ",");
	size_t name_length = strcspn(text, ",; \t");
	size_t copied = name_length < size ? name_length : size - 1;
	memcpy(ret_name, text, copied);
	ret_name[copied] = '\0';
	*ret_weight = 1;
	for (const char *parameter = text + name_length; parameter < text + length; parameter++)
		if (strncasecmp(parameter, "q=", 2) == 0 && (parameter[-1] == ';' || parameter[-1] == ' '))
			*ret_weight = strtod(parameter + 2, NULL);
	*list = text + length;
	return true;
}

bool accept_json(const char *accept)
{
	static const struct {
		const char *range;
		int precedence;
	} ranges[] = {{"*/*", 1}, {"application/*", 2}, {"application/json", 3}, {"application/problem+json", 3}};
	if (!accept || !*accept)
		return true;
	char name[64];
	double weight;
	int best = 0;
	bool acceptable = false;
	while (next_element(&accept, name, sizeof name, &weight))
		for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
			if (strcasecmp(name, ranges[i].range) == 0 && ranges[i].precedence >= best) {
				acceptable = weight > 0 || (acceptable && ranges[i].precedence == best);
				best = ranges[i].precedence;
			}
	return acceptable;
}

bool accept_gzip(const char *accept_encoding)
{
	char name[16];
	double weight;
	double any = 0;
	if (!accept_encoding)
		return false;
	while (next_element(&accept_encoding, name, sizeof name, &weight)) {
		if (strcasecmp(name, "gzip") == 0)
			return weight > 0;
		if (strcmp(name, "*") == 0)
			any = weight;
	}
	return any > 0;
}

enum locale accept_locale(const char *accept_language)
{
	char name[16];
	double weight;
	double english = 0, chinese = 0;
	if (!accept_language)
		return LOCALE_ZH_CN;
	while (next_element(&accept_language, name, sizeof name, &weight)) {
		if (strncasecmp(name, "en", 2) == 0 && weight > english)
			english = weight;
		else if (strncasecmp(name, "zh", 2) == 0 && weight > chinese)
			chinese = weight;
	}
	return english > chinese ? LOCALE_EN : LOCALE_ZH_CN;
}
