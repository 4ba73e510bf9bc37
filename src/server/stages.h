/*
 * The stages of dispatch that are more than a few lines. Each returns true to
 * pass the exchange on, or false with the reply that ends it.
 */
#ifndef SCIDAY_SERVER_STAGES_H
#define SCIDAY_SERVER_STAGES_H

#include <stdbool.h>

#include "server/dispatch.h"

struct problem;

typedef bool stage_function(const struct dispatcher *dispatcher, struct exchange *exchange, struct reply *ret_reply);

/* authenticate.c: the bearer token (RFC 6750, section 2.1) to exchange->caller; 401 for one that is not good. */
stage_function stage_authenticate;

/* input.c: Content-Type, size and Accept; then parameters; then the body. Each names all that is wrong at once. */
stage_function stage_negotiate;
stage_function stage_parameters;
stage_function stage_body;

/* format.c: the exchange's format, by `?format=` or by Accept; or the problem that the operation does not have it. */
struct problem *choose_format(struct exchange *exchange) __attribute__((warn_unused_result));

/* finish.c: what every answer gets: conditional (RFC 9110, section 13), compression, caching, CORS, and the common headers. */
void finish(const struct dispatcher *dispatcher, struct exchange *exchange, struct reply *reply);

#endif
