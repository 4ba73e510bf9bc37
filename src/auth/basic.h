/*
 * A client's own credentials in the Authorization header: HTTP Basic (RFC 7617)
 * as OAuth uses it (RFC 6749, section 2.3.1), both parts form-encoded first.
 */
#ifndef SCIDAY_AUTH_BASIC_H
#define SCIDAY_AUTH_BASIC_H

#include <stdbool.h>

struct arena;

/* Whether the header's value has the scheme Basic, well-formed or not. */
bool basic_is_used(const char *authorization);

/* The credentials, in the arena; false for what is not well-formed. */
bool basic_read(struct arena *arena, const char *authorization, const char **ret_name, const char **ret_secret)
	__attribute__((warn_unused_result));

#endif
