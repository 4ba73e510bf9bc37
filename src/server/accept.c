#include "server/accept.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* From 0 to 1 (RFC 9110, section 12.4.2); what is no number, or none of these, is the nearest of them. */
static double read_weight(const char *text)
{
	double weight = strtod(text, NULL);
	if (!(weight > 0)) /* NaN too, which would compare as nothing */
		return 0;
	return weight < 1 ? weight : 1;
}

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
			*ret_weight = read_weight(parameter + 2);
	*list = text + length;
	return true;
}

/* How specifically a range names a media type: 3 the type, 2 "text/…", 1 all, 0 not at all. */
static int range_precedence(const char *range, const char *media_type)
{
	size_t type = strcspn(media_type, "/") + 1;
	if (strcasecmp(range, media_type) == 0)
		return 3;
	if (strncasecmp(range, media_type, type) == 0 && strcmp(range + type, "*") == 0)
		return 2;
	return strcmp(range, "*/*") == 0 ? 1 : 0;
}

/* The weight of the range that names the type most specifically; of several such, the greatest. */
static double media_weight(const char *accept, const char *media_type, const char *alias)
{
	char range[96];
	double weight, found = 0;
	int best = 0;
	while (next_element(&accept, range, sizeof range, &weight)) {
		int precedence = strcasecmp(range, alias) == 0 ? 3 : range_precedence(range, media_type);
		if (precedence > 0 && (precedence > best || (precedence == best && weight > found)))
			found = weight;
		if (precedence > best)
			best = precedence;
	}
	return found;
}

bool accept_format(const char *accept, unsigned formats, enum format *ret_format)
{
	bool likes_all = !accept || !*accept;
	double best = 0;
	for (int i = 0; i < FORMAT_COUNT; i++) {
		if (!(formats >> i & 1))
			continue;
		/* Who accepts problems as JSON accepts JSON. */
		const char *alias = i == FORMAT_JSON ? "application/problem+json" : "";
		double weight = likes_all ? 1 : media_weight(accept, format_media_type((enum format)i), alias);
		if (weight <= best)
			continue;
		best = weight;
		*ret_format = (enum format)i;
	}
	return best > 0;
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
