#include "server/router.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "server/urlencoded.h"

/* Whether the path has the pattern's shape; ret_parameters counts the segments that are parameters. */
static bool template_matches(const char *pattern, const char *path, unsigned *ret_parameters)
{
	*ret_parameters = 0;
	while (*pattern && *path) {
		if (*pattern == '{') {
			size_t length = strcspn(path, "/");
			if (length == 0)
				return false;
			++*ret_parameters;
			pattern += strcspn(pattern, "}") + 1;
			path += length;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *pattern == *path;
}

/* The pattern that fits with the fewest parameters: /v1/users/batch before /v1/users/{user_id}. */
static const char *best_template(const char *path)
{
	const char *best = NULL;
	unsigned best_parameters = 0;
	for (size_t i = 0; i < contract_operation_count; i++) {
		unsigned parameters;
		if (!template_matches(contract_operations[i].path, path, &parameters))
			continue;
		if (!best || parameters < best_parameters) {
			best = contract_operations[i].path;
			best_parameters = parameters;
		}
	}
	return best;
}

struct route router_find(struct arena *arena, enum method method, const char *path)
{
	struct route route = {0};
	const char *pattern = best_template(path);
	if (!pattern)
		return route;
	if (method == METHOD_HEAD)
		method = METHOD_GET;
	struct buffer allow = buffer_create(arena);
	for (size_t i = 0; i < contract_operation_count; i++) {
		const struct operation *operation = &contract_operations[i];
		if (strcmp(operation->path, pattern) != 0)
			continue;
		buffer_printf(&allow, "%s, ", method_name(operation->method));
		if (operation->method == METHOD_GET)
			buffer_append_string(&allow, "HEAD, ");
		if (operation->method == method)
			route.operation = operation;
	}
	buffer_append_string(&allow, "OPTIONS");
	route.allow = allow.data;
	return route;
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
