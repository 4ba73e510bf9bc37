#include "server/router.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "server/urlencoded.h"

static bool pattern_fits(const char *pattern, const char *path)
{
	while (*pattern && *path) {
		if (*pattern == '{') {
			size_t length = strcspn(path, "/");
			if (length == 0)
				return false;
			pattern += strcspn(pattern, "}") + 1;
			path += length;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *pattern == *path;
}

const struct path *router_find(const char *path)
{
	unsigned segments = 0;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
		segments++;
	for (size_t i = 0; i < contract_path_count; i++)
		if (contract_paths[i].segments == segments && pattern_fits(contract_paths[i].pattern, path))
			return &contract_paths[i];
	return NULL;
}

/* What follows the scheme and the authority. */
static const char *without_authority(const char *target, const char *end)
{
	static const char *const schemes[] = {"http://", "https://"};
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t length = strlen(schemes[i]);
		if ((size_t)(end - target) < length || strncasecmp(target, schemes[i], length) != 0)
			continue;
		const char *path = memchr(target + length, '/', (size_t)(end - target) - length);
		return path ? path : end;
	}
	return target;
}

static bool needs_no_escape(char character)
{
	return character && strchr("-._~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", character);
}

const char *router_path(struct arena *arena, const char *target, size_t length)
{
	const char *end = target + length;
	const char *from = without_authority(target, end);
	if (from == end)
		return from == target ? "" : "/";
	char *path = arena_alloc(arena, (size_t)(end - from) + 1);
	for (char *to = path; from < end; to++) {
		char decoded;
		bool is_plain = end - from >= 3 && percent_octet(from, &decoded) && needs_no_escape(decoded);
		if (!is_plain)
			decoded = *from;
		*to = decoded;
		from += is_plain ? 3 : 1;
	}
	return path;
}

const char *router_parameter(struct arena *arena, const struct operation *operation, const char *path, const char *name)
{
	const char *pattern = operation->path;
	size_t name_length = strlen(name);
	while (*pattern) {
		if (*pattern != '{') {
			pattern++;
			path++;
			continue;
		}
		size_t length = strcspn(path, "/");
		if (strncmp(pattern + 1, name, name_length) == 0 && pattern[1 + name_length] == '}')
			return percent_decode(arena, path, length, false);
		pattern += strcspn(pattern, "}") + 1;
		path += length;
	}
	return NULL;
}
