/*
 * Signed links: an address that downloads something without a header, for a time. It speaks for the session of whoever
 * asked for it, with the rights that they have when it is opened. It ends with that session, and when links to
 * the thing are revoked; and it is good for nothing else.
 */
#ifndef SCIDAY_OPERATION_LINK_H
#define SCIDAY_OPERATION_LINK_H

#include "http/exchange.h"

struct operation;
struct problem;

struct link {
	const char *audience; /* of its tokens: tells one kind of link from another */
	const char *resource; /* the path's parameter that names what it leads to */
};

/*
 * The answer with a new link to what the operation downloads, good for so many seconds: its address and its end. Whether the
 * caller may have it is asked before.
 */
struct reply link_reply(struct exchange *exchange, const struct link *link, const struct operation *download, long long seconds);

/* If the request came by a link, its caller is from now on whoever made that; a request without one is left as it is. NULL, or
 * the problem. */
struct problem *link_follow(struct exchange *exchange, const struct link *link) __attribute__((warn_unused_result));

#endif
