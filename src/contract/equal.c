#include "contract/equal.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TWO_TO_63 9223372036854775808.0

static bool equal_mixed(json_int_t integer, double real)
{
	return real >= -TWO_TO_63 && real < TWO_TO_63 && floor(real) == real && (json_int_t)real == integer;
}

static bool equal_numbers(const json_t *left, const json_t *right)
{
	if (json_is_integer(left) && json_is_integer(right))
		return json_integer_value(left) == json_integer_value(right);
	if (json_is_integer(left))
		return equal_mixed(json_integer_value(left), json_real_value(right));
	if (json_is_integer(right))
		return equal_mixed(json_integer_value(right), json_real_value(left));
	return !(json_real_value(left) < json_real_value(right) || json_real_value(left) > json_real_value(right));
}

static bool equal_strings(const json_t *left, const json_t *right)
{
	size_t length = json_string_length(left);
	return length == json_string_length(right) && memcmp(json_string_value(left), json_string_value(right), length) == 0;
}

static bool equal_arrays(const json_t *left, const json_t *right)
{
	size_t size = json_array_size(left);
	if (size != json_array_size(right))
		return false;
	for (size_t i = 0; i < size; i++)
		if (!equal(json_array_get(left, i), json_array_get(right, i)))
			return false;
	return true;
}

static bool equal_objects(const json_t *left, const json_t *right)
{
	if (json_object_size(left) != json_object_size(right))
		return false;
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)left, key, value)
	{
		const json_t *other = json_object_get(right, key);
		if (!other || !equal(value, other))
			return false;
	}
	return true;
}

bool equal(const json_t *left, const json_t *right)
{
	if (json_is_number(left) && json_is_number(right))
		return equal_numbers(left, right);
	if (json_typeof(left) != json_typeof(right))
		return false;
	switch (json_typeof(left)) {
	case JSON_STRING:
		return equal_strings(left, right);
	case JSON_ARRAY:
		return equal_arrays(left, right);
	case JSON_OBJECT:
		return equal_objects(left, right);
	default: /* null, true and false are their types */
		return true;
	}
}

/* Nearly every constant is a plain string: no need to parse it each time. */
static bool is_plain_string(const char *constant)
{
	return *constant == '"' && !strchr(constant, '\\');
}

bool equal_constant(const char *constant, const json_t *value)
{
	if (is_plain_string(constant)) {
		size_t length = strlen(constant) - 2;
		return json_is_string(value) && json_string_length(value) == length &&
		       memcmp(json_string_value(value), constant + 1, length) == 0;
	}
	json_t *parsed = json_loads(constant, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	if (!parsed)
		abort(); /* constants are the contract's, as the generator wrote them: tests/unit/contract.c reads them */
	bool is_equal = equal(parsed, value);
	json_decref(parsed);
	return is_equal;
}
