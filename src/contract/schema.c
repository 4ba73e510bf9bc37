#include "contract/schema.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/arena_json.h"
#include "base/buffer.h"
#include "base/text.h"
#include "contract/equal.h"
#include "contract/pattern.h"
#include "contract/schema_text.h"
#include "contract/string_format.h"
#include "http/problem.h"

#define FINDINGS_MAXIMUM 100
#define INTEGER_MAXIMUM 9007199254740992.0 /* 2^53: beyond it a double no longer tells integers apart */

/* Where a value stands: written out as a JSON Pointer only when something is wrong there. */
struct place {
	const struct place *parent;
	const char *name; /* NULL: an item of an array */
	size_t index;
};

struct check {
	struct problem *problem;
	const char *pointer;   /* what every pointer begins with, or NULL for a parameter */
	const char *parameter; /* the parameter's name, or NULL */
	size_t findings;
};

static void check_value(struct check *check, const struct schema *schema, json_t *value, const struct place *place);

/* Findings */

/* RFC 6901, section 3: "~" is ~0 and "/" is ~1. */
static void append_token(struct buffer *pointer, const char *name)
{
	for (; *name; name++) {
		if (*name == '~')
			buffer_append_string(pointer, "~0");
		else if (*name == '/')
			buffer_append_string(pointer, "~1");
		else
			buffer_append(pointer, name, 1);
	}
}

static void append_place(struct buffer *pointer, const struct place *place)
{
	if (!place)
		return;
	append_place(pointer, place->parent);
	buffer_append_string(pointer, "/");
	if (place->name)
		append_token(pointer, place->name);
	else
		buffer_printf(pointer, "%zu", place->index);
}

static void find(struct check *check, const struct place *place, const char *code, const char *params)
{
	if (check->findings++ >= FINDINGS_MAXIMUM)
		return;
	if (check->parameter) {
		problem_find(check->problem, NULL, check->parameter, code, params);
		return;
	}
	struct buffer pointer = buffer_create(check->problem->arena);
	buffer_append_string(&pointer, check->pointer);
	append_place(&pointer, place);
	problem_find(check->problem, pointer.data, NULL, code, params);
}

static void find_count(struct check *check, const struct place *place, const char *code, const char *bound, size_t limit,
                       size_t actual)
{
	find(check, place, code, arena_printf(check->problem->arena, "{\"%s\":%zu,\"actual\":%zu}", bound, limit, actual));
}

static void find_number(struct check *check, const struct place *place, const char *code, const char *bound, double limit)
{
	find(check, place, code, arena_printf(check->problem->arena, "{\"%s\":%.15g}", bound, limit));
}

/* Types */

static bool is_whole(const json_t *value)
{
	return json_is_integer(value) || (json_is_real(value) && floor(json_real_value(value)) == json_real_value(value));
}

static unsigned types_of(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_NULL:
		return SCHEMA_NULL;
	case JSON_TRUE:
	case JSON_FALSE:
		return SCHEMA_BOOLEAN;
	case JSON_INTEGER:
	case JSON_REAL:
		return is_whole(value) ? SCHEMA_INTEGER | SCHEMA_NUMBER : SCHEMA_NUMBER;
	case JSON_STRING:
		return SCHEMA_STRING;
	case JSON_ARRAY:
		return SCHEMA_ARRAY;
	case JSON_OBJECT:
		return SCHEMA_OBJECT;
	}
	return 0;
}

static void find_wrong_type(struct check *check, const struct schema *schema, const struct place *place)
{
	static const char *const names[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
	struct buffer params = buffer_create(check->problem->arena);
	buffer_append_string(&params, "{\"expected\":[");
	const char *separator = "";
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!(schema->types & 1u << i))
			continue;
		buffer_printf(&params, "%s\"%s\"", separator, names[i]);
		separator = ",";
	}
	buffer_append_string(&params, "]}");
	find(check, place, "wrong_type", params.data);
}

/*
 * 1.0 is an integer, and PostgreSQL would not read it as one: where only an integer is allowed it
 * becomes 1. Only what a double tells apart; the bounds of every column are far below.
 */
static json_t *as_integer(const struct schema *schema, const json_t *value)
{
	if (!json_is_real(value) || schema->types & SCHEMA_NUMBER || !(schema->types & SCHEMA_INTEGER))
		return NULL;
	if (!is_whole(value) || fabs(json_real_value(value)) > INTEGER_MAXIMUM)
		return NULL;
	return json_integer((json_int_t)json_real_value(value));
}

/* The rules of each type */

static void check_number(struct check *check, const struct schema *schema, const json_t *value, const struct place *place)
{
	double number = json_number_value(value);
	if (schema->has_minimum && number < schema->minimum)
		find_number(check, place, "too_small", "minimum", schema->minimum);
	if (schema->has_exclusive_minimum && number <= schema->exclusive_minimum)
		find_number(check, place, "too_small", "exclusive_minimum", schema->exclusive_minimum);
	if (schema->has_maximum && number > schema->maximum)
		find_number(check, place, "too_large", "maximum", schema->maximum);
	if (schema->has_exclusive_maximum && number >= schema->exclusive_maximum)
		find_number(check, place, "too_large", "exclusive_maximum", schema->exclusive_maximum);
}

/* The value's string, normalized in place unless the schema takes it verbatim; false if it cannot be. */
static bool normalize(struct check *check, const struct schema *schema, json_t *value, const struct place *place)
{
	if (schema->verbatim)
		return true;
	char *text;
	enum text_status status =
		text_normalize(check->problem->arena, json_string_value(value), json_string_length(value), &text);
	if (status != TEXT_OK) {
		find(check, place, status == TEXT_CONTROL ? "control_character" : "malformed", NULL);
		return false;
	}
	if (strcmp(text, json_string_value(value)) != 0)
		json_string_set_nocheck(value, text);
	return true;
}

static void check_string(struct check *check, const struct schema *schema, json_t *value, const struct place *place)
{
	if (!normalize(check, schema, value, place))
		return;
	const char *text = json_string_value(value);
	size_t length = text_length(text);
	if (length < schema->minimum_length)
		find_count(check, place, "too_short", "minimum", schema->minimum_length, length);
	if (schema->has_maximum_length && length > schema->maximum_length)
		find_count(check, place, "too_long", "maximum", schema->maximum_length, length);
	if (schema->pattern && !pattern_matches(schema->pattern, text, json_string_length(value)))
		find(check, place, "pattern_mismatch", NULL);
	if (!string_format_is_valid(schema->format, text, json_string_length(value)))
		find(check, place, string_format_finding(schema->format), NULL);
}

static void check_unique(struct check *check, const json_t *array, const struct place *place)
{
	for (size_t i = 1; i < json_array_size(array); i++) {
		bool seen = false;
		for (size_t j = 0; j < i && !seen; j++)
			seen = equal(json_array_get(array, j), json_array_get(array, i));
		if (seen)
			find(check, &(struct place){.parent = place, .index = i}, "duplicate_item", NULL);
	}
}

static void check_array(struct check *check, const struct schema *schema, json_t *array, const struct place *place)
{
	size_t size = json_array_size(array);
	if (size < schema->minimum_items)
		find_count(check, place, "too_few_items", "minimum", schema->minimum_items, size);
	if (schema->has_maximum_items && size > schema->maximum_items) {
		/* The items are not looked at: the bound is also what keeps the work below bounded. */
		find_count(check, place, "too_many_items", "maximum", schema->maximum_items, size);
		return;
	}
	for (size_t i = 0; schema->items && i < size; i++) {
		json_t *item = json_array_get(array, i);
		check_value(check, schema->items, item, &(struct place){.parent = place, .index = i});
		json_t *integer = as_integer(schema->items, item);
		if (integer)
			json_array_set_new(array, i, integer);
	}
	if (schema->unique_items)
		check_unique(check, array, place);
}

static const struct schema_property *find_property(const struct schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->property_count; i++)
		if (strcmp(schema->properties[i].name, name) == 0)
			return &schema->properties[i];
	return NULL;
}

static void check_field(struct check *check, const struct schema *schema, json_t *object, const char *name, json_t *value,
                        const struct place *place)
{
	check_value(check, schema, value, place);
	json_t *integer = as_integer(schema, value);
	if (integer)
		json_object_set_new_nocheck(object, name, integer);
}

static void check_properties(struct check *check, const struct schema *schema, json_t *object, const struct place *place)
{
	for (size_t i = 0; i < schema->property_count; i++) {
		const struct schema_property *property = &schema->properties[i];
		const struct place here = {.parent = place, .name = property->name};
		json_t *value = json_object_get(object, property->name);
		if (value)
			check_field(check, property->schema, object, property->name, value, &here);
		else if (property->required)
			find(check, &here, "required", NULL);
	}
}

static void check_additional(struct check *check, const struct schema *schema, json_t *object, const struct place *place)
{
	if (!schema->closed && !schema->additional)
		return;
	const char *name;
	json_t *value;
	json_object_foreach(object, name, value)
	{
		if (find_property(schema, name))
			continue;
		const struct place here = {.parent = place, .name = name};
		if (schema->closed)
			find(check, &here, "unknown_field", NULL);
		else
			check_field(check, schema->additional, object, name, value, &here);
	}
}

static void check_object(struct check *check, const struct schema *schema, json_t *object, const struct place *place)
{
	size_t size = json_object_size(object);
	if (size < schema->minimum_properties)
		find_count(check, place, "too_few_fields", "minimum", schema->minimum_properties, size);
	if (schema->has_maximum_properties && size > schema->maximum_properties)
		find_count(check, place, "too_many_fields", "maximum", schema->maximum_properties, size);
	check_properties(check, schema, object, place);
	check_additional(check, schema, object, place);
}

static void check_constants(struct check *check, const struct schema *schema, const json_t *value, const struct place *place)
{
	for (const char *const *constant = schema->constants; *constant; constant++)
		if (equal_constant(*constant, value))
			return;
	struct buffer params = buffer_create(check->problem->arena);
	buffer_append_string(&params, "{\"allowed\":[");
	for (const char *const *constant = schema->constants; *constant; constant++) {
		buffer_append_string(&params, constant == schema->constants ? "" : ",");
		buffer_append_string(&params, *constant);
	}
	buffer_append_string(&params, "]}");
	find(check, place, "not_allowed_value", params.data);
}

static void check_value(struct check *check, const struct schema *schema, json_t *value, const struct place *place)
{
	unsigned types = types_of(value);
	if (!(schema->types & types)) {
		find_wrong_type(check, schema, place);
		return;
	}
	if (types & SCHEMA_NUMBER)
		check_number(check, schema, value, place);
	else if (types & SCHEMA_STRING)
		check_string(check, schema, value, place);
	else if (types & SCHEMA_ARRAY)
		check_array(check, schema, value, place);
	else if (types & SCHEMA_OBJECT)
		check_object(check, schema, value, place);
	if (schema->constants)
		check_constants(check, schema, value, place);
}

void schema_check(struct problem *problem, const struct schema *schema, json_t *value, const char *pointer)
{
	struct check check = {.problem = problem, .pointer = pointer};
	check_value(&check, schema, value, NULL);
}

void schema_check_parameter(struct problem *problem, const struct schema *schema, const char *name, const char *text,
                            const char **ret_text)
{
	struct check check = {.problem = problem, .parameter = name};
	json_t *value = schema_read_text(schema, text);
	if (!value) {
		find_wrong_type(&check, schema, NULL);
		return;
	}
	arena_json(problem->arena, value);
	check_value(&check, schema, value, NULL);
	if (check.findings == 0)
		*ret_text = schema_value_text(problem->arena, schema, value);
}
