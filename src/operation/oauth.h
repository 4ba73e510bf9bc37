/*
 * The errors of OAuth (RFC 6749, section 5.2): the operations that take a form are OAuth's endpoints, and whatever they are
 * refused by, before or in their handler, says `error` and `error_description` beside the problem's own members.
 */
#ifndef SCIDAY_OPERATION_OAUTH_H
#define SCIDAY_OPERATION_OAUTH_H

#include "http/exchange.h"

struct problem;

/*
 * Adds the two members, if the operation is one of OAuth's. The error follows from the problem's code. `description` is for a
 * developer, in printable ASCII without quotes and backslashes, as the section says; NULL: the one that the error always has.
 */
void oauth_describe(const struct exchange *exchange, struct problem *problem, const char *description);

#endif
