/*
 * From a verb and a path to an operation of the contract. A segment is percent-decoded
 * after it was matched, so that %2F and .. never change which operation it is.
 */
#ifndef SCIDAY_SERVER_ROUTER_H
#define SCIDAY_SERVER_ROUTER_H

#include "contract/contract.h"

struct route {
	const struct operation *operation; /* NULL: the path is known, the method is not */
	const char *allow;                 /* the methods of the path, "GET, HEAD, OPTIONS"; NULL: no such path */
};

/* Looks the path up; `allow` is the arena's. HEAD finds the GET. */
struct route router_find(struct arena *arena, enum method method, const char *path);

/*
 * The path of a request's target, of which it is the first `length` bytes, in its one form: of an absolute form (RFC
 * 9112, section 3.2.2) what follows the authority, and an escape of what needs none decoded (RFC 3986, section 6.2.2.2).
 */
const char *router_path(struct arena *arena, const char *target, size_t length);

/* The decoded value of a path parameter, or NULL if it is not decodable text (RFC 3986, section 2.1). */
const char *router_parameter(struct arena *arena, const struct operation *operation, const char *path, const char *name);

#endif
