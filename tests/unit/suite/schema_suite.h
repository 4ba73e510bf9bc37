/*
 * The JSON Schema Test Suite as a table: tools/generate/schema_suite.py makes it from
 * Debian's json-schema-test-suite.
 */
#ifndef SCIDAY_SCHEMA_SUITE_H
#define SCIDAY_SCHEMA_SUITE_H

#include <stdbool.h>
#include <stddef.h>

#include "contract/schema.h"

struct suite_case {
	const char *name;
	const struct schema *schema;
	const char *json;
	bool is_valid;
};

extern const struct suite_case suite_cases[];
extern const size_t suite_case_count;

/* The groups whose schemas are not part of our dialect, each with the reason; NULL-terminated. */
extern const char *const suite_left_out[];

#endif
