#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "contract/contract.h"
#include "http/problem.h"
#include "server/accept.h"
#include "server/stages.h"
#include "server/urlencoded.h"

/* What `?format=` says, of an operation that takes it; what is no format is refused with the other parameters. */
static bool asked_format(const struct exchange *exchange, enum format *ret_format)
{
	const struct operation *operation = exchange->operation;
	bool takes_it = false;
	for (size_t i = 0; i < operation->parameter_count; i++)
		takes_it = takes_it || strcmp(operation->parameters[i].name, "format") == 0;
	const char *query = exchange->request.query;
	struct pair pairs[PAIRS_MAXIMUM] = {0};
	size_t count = 0;
	if (!takes_it || !query || urlencoded_parse(exchange->arena, query, strlen(query), pairs, &count) != URLENCODED_OK)
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(pairs[i].name, "format") == 0)
			return format_parse(pairs[i].value, ret_format);
	return false;
}

/* The formats that there are, for who asked for another. */
static struct problem *no_such_format(struct exchange *exchange)
{
	struct buffer names = buffer_create(exchange->arena), types = buffer_create(exchange->arena);
	for (int i = 0; i < FORMAT_COUNT; i++) {
		if (!(exchange->operation->formats >> i & 1))
			continue;
		buffer_printf(&names, "%s\"%s\"", names.length > 0 ? "," : "", format_name((enum format)i));
		buffer_printf(&types, "%s\"%s\"", types.length > 0 ? "," : "", format_media_type((enum format)i));
	}
	struct problem *problem = problem_create(exchange->arena, PROBLEM_not_acceptable);
	problem->params = arena_printf(exchange->arena, "{\"formats\":[%s],\"available\":[%s]}", names.data, types.data);
	return problem;
}

struct problem *choose_format(struct exchange *exchange)
{
	unsigned formats = exchange->operation->formats;
	/* A document is what it is: its one type is answered whatever Accept prefers (RFC 9110, section 12.5.1). */
	if (formats == 0)
		return NULL;
	if (asked_format(exchange, &exchange->format))
		return formats >> exchange->format & 1 ? NULL : no_such_format(exchange);
	if (accept_format(request_header(&exchange->request, "Accept"), formats, &exchange->format))
		return NULL;
	return no_such_format(exchange);
}
