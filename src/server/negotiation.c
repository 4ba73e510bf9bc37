#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "contract/contract.h"
#include "http/problem.h"
#include "server/accept.h"
#include "server/stages.h"
#include "server/urlencoded.h"

/* What the body is */

static const struct {
	enum media media;
	const char *name;
} media_names[] = {
#define MEDIA(symbol, bit, name_) {.media = MEDIA_##symbol, .name = (name_)},
#include "contract/media.def"
#undef MEDIA
};

unsigned body_media(const struct request *request)
{
	const char *type = request_header(request, "Content-Type");
	if (!type)
		return 0;
	size_t length = strcspn(type, "; \t");
	for (size_t i = 0; i < sizeof media_names / sizeof *media_names; i++)
		if (strlen(media_names[i].name) == length && strncasecmp(type, media_names[i].name, length) == 0)
			return media_names[i].media;
	return 0;
}

/* The media types that the operation takes, for the answer to one that it does not. */
static const char *accepted_params(const struct exchange *exchange)
{
	const char *list = "";
	for (size_t i = 0; i < sizeof media_names / sizeof *media_names; i++)
		if (exchange->operation->media & media_names[i].media)
			list = arena_printf(exchange->arena, "%s%s\"%s\"", list, *list ? "," : "", media_names[i].name);
	return arena_printf(exchange->arena, "{\"accepted\":[%s]}", list);
}

/* A body that is compressed or otherwise coded is not what its Content-Type says (RFC 9110, section 15.5.16). */
static bool body_is_coded(const struct request *request)
{
	const char *coding = request_header(request, "Content-Encoding");
	return coding && strcasecmp(coding, "identity") != 0;
}

bool exchange_has_receiver(const struct exchange *exchange)
{
	return exchange->operation->receiver && body_media(&exchange->request) & exchange->operation->media;
}

/* What the answer is to be */

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

static struct problem *choose_format(struct exchange *exchange)
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

/* The stages */

static bool refuse_size(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	struct problem *problem = problem_create(exchange->arena, PROBLEM_body_too_large);
	problem->params = arena_printf(exchange->arena, "{\"maximum\":%zu}", dispatch_body_limit(dispatcher, exchange));
	return stage_refuse(exchange, problem);
}

bool stage_negotiate(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	const struct operation *operation = exchange->operation;
	const struct request *request = &exchange->request;
	const char *length = request_header(request, "Content-Length");
	if (length && !exchange_has_receiver(exchange) && strtoull(length, NULL, 10) > dispatch_body_limit(dispatcher, exchange))
		return refuse_size(dispatcher, exchange);
	/* To an operation that takes none, a body of no type is nothing, and so is the {} that clients send with every action. */
	bool is_said = request_header(request, "Content-Type") && body_media(request) != MEDIA_JSON;
	bool is_heeded = request->has_body && (operation->media || is_said);
	if (is_heeded && (!(body_media(request) & operation->media) || body_is_coded(request))) {
		struct problem *problem = problem_create(exchange->arena, PROBLEM_unsupported_media_type);
		problem->params = accepted_params(exchange);
		return stage_refuse(exchange, problem);
	}
	struct problem *problem = choose_format(exchange);
	return problem ? stage_refuse(exchange, problem) : true;
}

bool stage_size(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	return exchange->request.body_length <= dispatch_body_limit(dispatcher, exchange) || refuse_size(dispatcher, exchange);
}
