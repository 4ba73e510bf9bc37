/*
 * The rules of a body or a parameter, as the generator made them from
 * openapi.yaml (JSON Schema draft 2020-12, the part that the generator takes:
 * it refuses every keyword that is not enforced here), and the checking of a
 * Jansson value against them. Strings are normalized in place on the way (NFC,
 * trimmed: text.h), so that what was checked is what is stored.
 */
#ifndef SCIDAY_CONTRACT_SCHEMA_H
#define SCIDAY_CONTRACT_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct json_t;
struct problem;

enum schema_type {
	SCHEMA_NULL = 1,
	SCHEMA_BOOLEAN = 2,
	SCHEMA_INTEGER = 4, /* 1.0 is an integer too (section 6.1.1 of the validation vocabulary) */
	SCHEMA_NUMBER = 8,
	SCHEMA_STRING = 16,
	SCHEMA_ARRAY = 32,
	SCHEMA_OBJECT = 64,
	SCHEMA_ANY = 127,
};

enum string_format { STRING_ANY, STRING_DATE, STRING_DATE_TIME, STRING_UUID, STRING_EMAIL, STRING_URI };

struct schema;

struct schema_property {
	const char *name;
	const struct schema *schema;
	bool required;
};

/* Zero means "no such rule" for every field but those with a has_ flag. */
struct schema {
	unsigned types; /* SCHEMA_… allowed */
	enum string_format format;
	bool has_minimum, has_maximum, has_exclusive_minimum, has_exclusive_maximum;
	double minimum, maximum, exclusive_minimum, exclusive_maximum;
	bool has_maximum_length, has_maximum_items, has_maximum_properties;
	size_t minimum_length, maximum_length; /* code points */
	size_t minimum_items, maximum_items;
	size_t minimum_properties, maximum_properties;
	const char *pattern;          /* ECMA 262 in the part that PCRE2 shares, or NULL */
	const char *const *constants; /* enum and const: each a JSON text; NULL-terminated, or NULL */
	bool unique_items;
	bool verbatim; /* the string is not normalized: passwords and tokens (x-verbatim) */
	const struct schema *items;
	const struct schema_property *properties;
	size_t property_count;
	bool closed;                     /* additionalProperties: false */
	const struct schema *additional; /* additionalProperties: a schema */
};

/*
 * Checks the value, normalizing its strings, and appends a finding to `problem`
 * for each thing that is wrong, its pointer beginning with `pointer` (at first
 * ""). At most 100 findings. Codes: wrong_type, not_allowed_value, too_short,
 * too_long, too_small, too_large, pattern_mismatch, invalid_date,
 * invalid_date_time, invalid_uuid, invalid_email, invalid_uri, control_character,
 * required, unknown_field, too_few_items, too_many_items, duplicate_item,
 * too_few_fields, too_many_fields.
 */
void schema_check(struct problem *problem, const struct schema *schema, struct json_t *value, const char *pointer);

/* The same for a parameter's text, which its schema says how to read (an array is comma-separated).
 * *ret_text is PostgreSQL's text form, in the problem's arena; findings carry `name` as parameter. */
void schema_check_parameter(struct problem *problem, const struct schema *schema, const char *name, const char *text,
                            const char **ret_text);

/*
 * PostgreSQL's text form of a checked value, in the arena: a string as it is, a
 * number and a boolean as JSON writes them, an array of scalars as an array
 * literal, any other array and every object as JSON (for jsonb). null gives NULL.
 */
const char *schema_value_text(struct arena *arena, const struct schema *schema, const struct json_t *value);

#endif
