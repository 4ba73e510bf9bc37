/*
 * The stages of dispatch that are more than a few lines. Each returns true to
 * pass the exchange on, or false with exchange->reply, which ends it; those of the
 * reply itself (finish, pace) only add to it.
 */
#ifndef SCIDAY_SERVER_STAGES_H
#define SCIDAY_SERVER_STAGES_H

#include <stdbool.h>

#include "server/dispatch.h"

struct problem;

typedef bool stage_function(const struct dispatcher *dispatcher, struct exchange *exchange);

/* authenticate.c: the bearer token (RFC 6750, section 2.1) to exchange->caller; 401 for one that is not good. */
stage_function stage_authenticate;

/*
 * negotiation.c: what the body says of itself, before any of it is kept, and the format of the answer, by `?format=` or by
 * Accept; then the size of a body that did not say it.
 */
stage_function stage_negotiate;
stage_function stage_size;

/* input.c: parameters; the body. Each names all that is wrong at once. */
stage_function stage_parameters;
stage_function stage_body;

/*
 * cost.c: what a request weighs (x-weight) beyond the one that the door has taken; then, for what is dear to read, a slot,
 * which is the exchange's until its arena ends.
 */
stage_function stage_weight;
stage_function stage_slot;

/* Takes so much of the key's rate, or makes the reply of a rate that is used up. NULL is no limit. */
bool cost_take(struct rate_limit *rate_limit, struct exchange *exchange, const char *key, unsigned weight)
	__attribute__((warn_unused_result));

/* cost.c: the reply is there: from now on the slot is held only while a piece of its body is made, not while a client reads it. */
stage_function stage_pace;

/* negotiation.c: the body's media type (enum media), its parameters left out; 0 for one that the contract does not know. */
unsigned body_media(const struct request *request);

/* negotiation.c: whether the body is one that its operation's receiver reads as it comes. */
bool exchange_has_receiver(const struct exchange *exchange);

/* dispatch.c: ends an exchange that has its operation with this problem. False, as the stage then returns. */
bool stage_refuse(struct exchange *exchange, struct problem *problem);

/* finish.c: what every answer gets: conditional (RFC 9110, section 13), compression, caching, CORS, and the common headers. */
stage_function stage_finish;

#endif
