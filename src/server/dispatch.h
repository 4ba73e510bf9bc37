/*
 * The way of a request: an array of stages, each of which passes the exchange on
 * or ends it with a reply. Knows nothing of the server library.
 */
#ifndef SCIDAY_SERVER_DISPATCH_H
#define SCIDAY_SERVER_DISPATCH_H

#include <stddef.h>

#include "http/exchange.h"
#include "http/reply.h"
#include "server/cors.h"
#include "server/rate_limit.h"

struct dispatcher {
	struct services *services;
	struct cors cors;
	struct rate_limit *address_rate;    /* NULL: no limit */
	struct rate_limit *principal_rate;  /* NULL: no limit */
	size_t body_limit;                  /* bytes, where the contract names none for the operation */
	const char *const *trusted_proxies; /* addresses whose X-Forwarded-For is believed; NULL-terminated */
};

/* The largest body, in bytes, that any operation takes: the edge need keep no more than one byte beyond it. */
size_t dispatch_largest_body(const struct dispatcher *dispatcher);

/* The whole reply, headers and all, in the exchange's arena; writes the log line and the metrics. */
struct reply dispatch(const struct dispatcher *dispatcher, struct exchange *exchange);

#endif
