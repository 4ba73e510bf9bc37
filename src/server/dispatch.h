/*
 * The way of a request: an array of stages, each of which passes the exchange on
 * or ends it with a reply. Knows nothing of the server library.
 */
#ifndef SCIDAY_SERVER_DISPATCH_H
#define SCIDAY_SERVER_DISPATCH_H

#include <stdbool.h>
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

/*
 * Every stage before the work itself: for a request whose body is still to come, so that it is known before
 * the first byte whether it is wanted. False with the reply that ends it, which dispatch_finish completes.
 */
bool dispatch_begin(const struct dispatcher *dispatcher, struct exchange *exchange, struct reply *ret_reply);

/* The operation of an exchange that passed, or the reply that ended it; then as dispatch. */
struct reply dispatch_finish(const struct dispatcher *dispatcher, struct exchange *exchange, bool passed, struct reply reply);

/* The whole reply, headers and all, in the exchange's arena; writes the log line and the metrics. */
struct reply dispatch(const struct dispatcher *dispatcher, struct exchange *exchange);

#endif
