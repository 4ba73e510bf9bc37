/*
 * From a path to what the contract has at it. A segment is percent-decoded
 * after it was matched, so that %2F and .. never change which operation it is.
 */
#ifndef SCIDAY_SERVER_ROUTER_H
#define SCIDAY_SERVER_ROUTER_H

#include "contract/contract.h"

/* The path of the contract that this one is, or NULL. */
const struct path *router_find(const char *path);

/*
 * The path of a request's target, of which it is the first `length` bytes, in its one form: of an absolute form (RFC
 * 9112, section 3.2.2) what follows the authority, and an escape of what needs none decoded (RFC 3986, section 6.2.2.2).
 */
const char *router_path(struct arena *arena, const char *target, size_t length);

/* The decoded value of a path parameter, or NULL if it is not decodable text (RFC 3986, section 2.1). */
const char *router_parameter(struct arena *arena, const struct operation *operation, const char *path, const char *name);

#endif
