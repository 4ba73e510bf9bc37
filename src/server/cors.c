#include "server/cors.h"

#include <string.h>

#define ALLOWED_HEADERS \
	"Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Range, traceparent, " \
	"X-HTTP-Method-Override, X-Request-Id"
#define EXPOSED_HEADERS \
	"Date, ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Deprecation, Sunset, " \
	"Content-Language, " \
	"Content-Disposition, Idempotency-Replayed"

static const char *allowed_origin(const struct cors *cors, const struct exchange *exchange)
{
	const char *origin = request_header(&exchange->request, "Origin");
	if (!origin || !cors->origins)
		return NULL;
	for (size_t i = 0; cors->origins[i]; i++) {
		if (strcmp(cors->origins[i], "*") == 0)
			return "*";
		if (strcmp(cors->origins[i], origin) == 0)
			return origin;
	}
	return NULL;
}

bool cors_is_preflight(const struct exchange *exchange)
{
	return exchange->request.method == METHOD_OPTIONS && request_header(&exchange->request, "Origin") &&
	       request_header(&exchange->request, "Access-Control-Request-Method");
}

struct reply cors_preflight(const struct cors *cors, struct exchange *exchange, const char *allow)
{
	struct reply reply = reply_empty(204);
	reply_header(&reply, "Allow", allow);
	if (allowed_origin(cors, exchange)) {
		reply_header(&reply, "Access-Control-Allow-Methods", allow);
		reply_header(&reply, "Access-Control-Allow-Headers", ALLOWED_HEADERS);
		reply_header(&reply, "Access-Control-Max-Age", "7200");
	}
	return reply;
}

void cors_expose(const struct cors *cors, const struct exchange *exchange, struct reply *reply)
{
	const char *origin = allowed_origin(cors, exchange);
	if (!origin)
		return;
	reply_header(reply, "Access-Control-Allow-Origin", origin);
	reply_header(reply, "Access-Control-Expose-Headers", EXPOSED_HEADERS);
}
