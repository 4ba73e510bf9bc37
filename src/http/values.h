/*
 * The named values of one exchange: every checked parameter and every top-level
 * field of the body under its own name, and the reserved ones that dispatch adds.
 * A statement's parameters are looked up here. Values are PostgreSQL's text form.
 */
#ifndef SCIDAY_HTTP_VALUES_H
#define SCIDAY_HTTP_VALUES_H

#include <stddef.h>

#define VALUES_MAXIMUM 96

struct value {
	const char *name;
	const char *text; /* NULL is SQL's null */
};

struct values {
	struct value list[VALUES_MAXIMUM];
	size_t count;
};

/* Sets or replaces; both strings are kept, not copied. */
void values_set(struct values *values, const char *name, const char *text);

/* The text, or NULL if it is null or was never set. */
const char *values_get(const struct values *values, const char *name);

#endif
