#include <stdlib.h>

#include "base/arena.h"
#include "contract/contract.h"
#include "http/conditional.h"
#include "server/accept.h"
#include "server/gzip.h"
#include "server/stages.h"

/* A read whose answer the client has already: 304 without the body, with the headers that the 200 would have. */
static void conditional(const struct exchange *exchange, struct reply *reply)
{
	enum method method = exchange->request.method;
	if (reply->status != 200 || !reply->etag || (method != METHOD_GET && method != METHOD_HEAD))
		return;
	const char *if_none_match = request_header(&exchange->request, "If-None-Match");
	if (!if_none_match || !etag_matches(if_none_match, reply->etag))
		return;
	reply->status = 304;
	reply->body = NULL;
	reply->stream = NULL;
	reply->length = 0;
	reply->media_type = NULL;
}

static void compress_body(struct exchange *exchange, struct reply *reply)
{
	if (!gzip_worthwhile(reply) || !accept_gzip(request_header(&exchange->request, "Accept-Encoding")))
		return;
	const char *compressed = reply->gzip;
	size_t length = reply->gzip_length;
	if (!compressed) {
		char *made = gzip_bytes(reply->body, reply->length, &length);
		if (!made)
			return;
		arena_defer(exchange->arena, free, made);
		compressed = made;
	}
	reply->body = compressed;
	reply->length = length;
	reply_header(reply, "Content-Encoding", "gzip");
}

static const char *cache_control(const struct exchange *exchange, const struct reply *reply)
{
	bool is_read = exchange->request.method == METHOD_GET || exchange->request.method == METHOD_HEAD;
	if (reply->no_store || reply->status >= 400 || !exchange->operation)
		return "no-store";
	if (!is_read || exchange->caller.authenticated || !(exchange->operation->access & ACCESS_PUBLIC))
		return "private, no-cache";
	return "public, max-age=60, stale-while-revalidate=300";
}

static const char *vary(const struct dispatcher *dispatcher, const struct exchange *exchange, const struct reply *reply)
{
	const struct operation *operation = exchange->operation;
	bool has_choice = operation && operation->formats & (operation->formats - 1);
	return arena_printf(exchange->arena, "Authorization%s%s%s%s", has_choice ? ", Accept" : "",
	                    reply_has_header(reply, "Content-Language") ? ", Accept-Language" : "",
	                    reply->compressible ? ", Accept-Encoding" : "", dispatcher->cors.origins ? ", Origin" : "");
}

static void add_rate(const struct exchange *exchange, struct reply *reply)
{
	const struct rate *rate = &exchange->rate;
	if (rate->limit == 0)
		return;
	reply_header(reply, "RateLimit-Policy",
	             arena_printf(exchange->arena, "\"default\";q=%u;w=%d", rate->limit, RATE_WINDOW_SECONDS));
	reply_header(reply, "RateLimit",
	             arena_printf(exchange->arena, "\"default\";r=%u;t=%u", rate->remaining, rate->reset_seconds));
}

bool stage_finish(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;
	conditional(exchange, reply);
	compress_body(exchange, reply);
	reply_header(reply, "X-Request-Id", exchange->request_id);
	reply_header(reply, "X-Content-Type-Options", "nosniff");
	reply_header(reply, "Cache-Control", cache_control(exchange, reply));
	reply_header(reply, "Vary", vary(dispatcher, exchange, reply));
	if (reply->media_type)
		reply_header(reply, "Content-Type", reply->media_type);
	if (reply->etag)
		reply_header(reply, "ETag", reply->etag);
	if (reply->location)
		reply_header(reply, "Location", reply->location);
	if (exchange->replayed)
		reply_header(reply, "Idempotency-Replayed", "true");
	add_rate(exchange, reply);
	cors_expose(&dispatcher->cors, exchange, reply);
	return true;
}
