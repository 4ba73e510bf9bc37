/*
 * The way of a request: an array of stages, each of which passes the exchange on
 * or ends it with a reply; the last ones are every reply's. Knows nothing of the server library.
 */
#ifndef SCIDAY_SERVER_DISPATCH_H
#define SCIDAY_SERVER_DISPATCH_H

#include <stddef.h>

#include "http/exchange.h"
#include "http/problem.h"
#include "http/reply.h"
#include "server/cors.h"
#include "server/rate_limit.h"

struct dispatcher {
	struct services *services;
	struct cors cors;
	struct rate_limit *address_rate;    /* NULL: no limit */
	struct rate_limit *principal_rate;  /* NULL: no limit */
	size_t body_limit;                  /* bytes, where the contract names none for the operation */
	unsigned long long longest_body;    /* bytes of one that is too much are read and let go, so that its sender hears why */
	const char *const *trusted_proxies; /* addresses whose X-Forwarded-For is believed; NULL-terminated */
};

/*
 * Every stage that needs no body: for a request whose body is still to come, so that it is known before the first byte
 * whether it is wanted; if not, the exchange is ended. For a body that goes to a receiver as it comes, every stage before the
 * work itself.
 */
void dispatch_begin(const struct dispatcher *dispatcher, struct exchange *exchange);

/* How many bytes of a body the exchange's operation takes. */
size_t dispatch_body_limit(const struct dispatcher *dispatcher, const struct exchange *exchange);

/*
 * The stages that are left, the body now whole, or, of an exchange that is ended, those that every reply passes: then its
 * reply is whole, headers and all, and the log line and the metrics are written.
 */
void dispatch_finish(const struct dispatcher *dispatcher, struct exchange *exchange);

/*
 * Finishes an exchange that ended otherwise: it was not HTTP, or its client was gone. It is logged and counted as any
 * other, and against its address's rate.
 */
void dispatch_refuse(const struct dispatcher *dispatcher, struct exchange *exchange, enum problem_code code);

#endif
