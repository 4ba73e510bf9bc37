/*
 * A body that is read as it comes, so that it is never whole in memory: what takes it, of an operation whose body the
 * contract gives to one (x-receiver). The edge knows it by the operation's table alone.
 */
#ifndef SCIDAY_OPERATION_RECEIVER_H
#define SCIDAY_OPERATION_RECEIVER_H

#include <stddef.h>

#include "http/exchange.h"
#include "http/reply.h"

struct receiver {
	/*
	 * The exchange has passed every stage before the work, and none of its body is here. Sets exchange->received, to what
	 * lives in its arena and leaves nothing behind when that ends.
	 */
	void (*begin)(struct exchange *exchange);

	/* The body's next bytes. */
	void (*read)(struct exchange *exchange, const char *bytes, size_t length);

	/* After the last of them, in the place of a handler. Of a request without a body there is no exchange->received. */
	struct reply (*end)(struct exchange *exchange);
};

#endif
