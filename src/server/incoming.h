/*
 * A request as Ulfius hands it over, in one go or piece by piece, until it is
 * answered. A connection has a thread of its own, so there is one in a thread.
 */
#ifndef SCIDAY_SERVER_INCOMING_H
#define SCIDAY_SERVER_INCOMING_H

#include <stdbool.h>
#include <stddef.h>

#include "server/dispatch.h"

struct _u_request;

struct incoming {
	struct arena *arena; /* of the exchange and the reply */
	struct exchange *exchange;
	bool passed; /* every stage before the operation; else `reply` is what ended it */
	struct reply reply;
};

/* The next bytes of a body. At the first ones the request goes through every stage before its operation. False: hang up. */
bool incoming_read(const struct dispatcher *dispatcher, const struct _u_request *from, const char *bytes, size_t length);

/* The request, now that it is here whole. */
struct incoming *incoming_complete(const struct dispatcher *dispatcher, const struct _u_request *from);

/* Ends the thread's request, answered or not, but for its arena if that is kept for a stream. */
void incoming_end(bool keep_arena);

/* Only the request, for who needs no stages. */
void incoming_request(struct arena *arena, const struct _u_request *from, struct request *ret_request);

#endif
