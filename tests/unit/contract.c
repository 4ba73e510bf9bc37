#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>
#include <cmocka.h>

#include "contract/contract.h"
#include "contract/equal.h"
#include "contract/pattern.h"

/* What is read of the contract at its first use is no worse than what was read at the build: a pattern that does not
 * compile, or a constant that is no JSON, ends the process. */

static size_t pattern_count;

static void try_schema(const struct schema *schema)
{
	if (!schema)
		return;
	if (schema->pattern) {
		pattern_matches(schema->pattern, "", 0);
		pattern_count++;
	}
	json_t *null = json_null();
	for (size_t i = 0; schema->constants && schema->constants[i]; i++)
		equal_constant(schema->constants[i], null);
	for (size_t i = 0; i < schema->property_count; i++)
		try_schema(schema->properties[i].schema);
	try_schema(schema->items);
	try_schema(schema->additional);
}

static void what_it_is_checked_by_can_be_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < contract_operation_count; i++) {
		const struct operation *operation = &contract_operations[i];
		try_schema(operation->body);
		for (size_t j = 0; j < operation->parameter_count; j++)
			try_schema(operation->parameters[j].schema);
	}
	assert_in_range(pattern_count, 1, PATTERNS_MAXIMUM / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_it_is_checked_by_can_be_read)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
