/*
 * Cross-origin requests (the Fetch Standard, "CORS protocol"): an allow-list of
 * origins from the settings. Credentials are never allowed: tokens travel in a header.
 */
#ifndef SCIDAY_SERVER_CORS_H
#define SCIDAY_SERVER_CORS_H

#include <stdbool.h>

#include "http/exchange.h"
#include "http/reply.h"

struct cors {
	const char *const *origins; /* "https://example.org"; NULL-terminated; "*" allows all */
};

/* Whether this is a preflight: OPTIONS with an origin and Access-Control-Request-Method. */
bool cors_is_preflight(const struct exchange *exchange);

/* The answer to a preflight for a path with these methods. */
struct reply cors_preflight(const struct cors *cors, struct exchange *exchange, const char *allow);

/* Adds the headers that let an allowed origin read the reply, and Vary where the answer depends on it. */
void cors_expose(const struct cors *cors, const struct exchange *exchange, struct reply *reply);

#endif
