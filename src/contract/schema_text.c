#include "contract/schema_text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "contract/schema.h"

#define REAL_DIGITS 15      /* always survive from text to double and back */
#define REAL_DIGITS_MOST 17 /* always survive from double to text and back */

/* Reading */

static json_t *read_number(const char *text, size_t length)
{
	if (length == 0 || !strchr("-0123456789", *text) || strspn(text, "-+.0123456789eE") < length)
		return NULL;
	return json_loadb(text, length, JSON_DECODE_ANY, NULL);
}

static json_t *read_integer(const char *text, size_t length)
{
	json_t *number = read_number(text, length);
	if (!number || json_is_integer(number))
		return number;
	json_decref(number);
	return NULL;
}

static json_t *read_boolean(const char *text, size_t length)
{
	if (length == 4 && memcmp(text, "true", 4) == 0)
		return json_true();
	if (length == 5 && memcmp(text, "false", 5) == 0)
		return json_false();
	return NULL;
}

static json_t *read_scalar(const struct schema *schema, const char *text, size_t length)
{
	json_t *value = NULL;
	if (schema->types & SCHEMA_INTEGER)
		value = read_integer(text, length);
	if (!value && schema->types & SCHEMA_NUMBER)
		value = read_number(text, length);
	if (!value && schema->types & SCHEMA_BOOLEAN)
		value = read_boolean(text, length);
	if (!value && schema->types & SCHEMA_STRING)
		value = json_stringn(text, length);
	return value;
}

json_t *schema_read_text(const struct schema *schema, const char *text)
{
	if (!(schema->types & SCHEMA_ARRAY))
		return read_scalar(schema, text, strlen(text));
	static const struct schema any_string = {.types = SCHEMA_STRING};
	const struct schema *items = schema->items ? schema->items : &any_string;
	json_t *array = json_array();
	for (;;) {
		size_t length = strcspn(text, ",");
		json_t *item = read_scalar(items, text, length);
		if (!item || json_array_append_new(array, item)) {
			json_decref(array);
			return NULL;
		}
		if (text[length] == '\0')
			return array;
		text += length + 1;
	}
}

/* Writing, as PostgreSQL reads it */

static const char *dump(struct arena *arena, const json_t *value, size_t flags)
{
	char *text = json_dumps(value, flags | JSON_COMPACT | JSON_ENCODE_ANY);
	if (!text)
		abort(); /* only memory can have run out */
	const char *kept = arena_strdup(arena, text);
	free(text);
	return kept;
}

/* The fewest digits that read back as the same number: 0.1, not 0.10000000000000001. */
static const char *real_text(struct arena *arena, const json_t *value)
{
	double real = json_real_value(value);
	for (size_t digits = REAL_DIGITS; digits < REAL_DIGITS_MOST; digits++) {
		const char *text = dump(arena, value, JSON_REAL_PRECISION(digits));
		double read = strtod(text, NULL);
		if (!(read < real) && !(read > real))
			return text;
	}
	return dump(arena, value, JSON_REAL_PRECISION(REAL_DIGITS_MOST));
}

static const char *scalar_text(struct arena *arena, const json_t *value)
{
	if (json_is_null(value))
		return NULL;
	if (json_is_string(value))
		return arena_strndup(arena, json_string_value(value), json_string_length(value));
	return json_is_real(value) ? real_text(arena, value) : dump(arena, value, 0);
}

/* An array literal's element (PostgreSQL, section 8.15.6): strings always quoted, so that none reads as NULL or structure. */
static void append_element(struct buffer *literal, const json_t *value)
{
	if (!json_is_string(value)) {
		const char *text = scalar_text(literal->arena, value);
		buffer_append_string(literal, text ? text : "NULL");
		return;
	}
	buffer_append(literal, "\"", 1);
	for (const char *character = json_string_value(value); *character; character++) {
		if (*character == '"' || *character == '\\')
			buffer_append(literal, "\\", 1);
		buffer_append(literal, character, 1);
	}
	buffer_append(literal, "\"", 1);
}

static const char *array_literal(struct arena *arena, const json_t *array)
{
	struct buffer literal = buffer_create(arena);
	buffer_append(&literal, "{", 1);
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i > 0)
			buffer_append(&literal, ",", 1);
		append_element(&literal, json_array_get(array, i));
	}
	buffer_append(&literal, "}", 1);
	return literal.data;
}

static bool has_scalar_items(const struct schema *schema)
{
	return schema->items && !(schema->items->types & (SCHEMA_ARRAY | SCHEMA_OBJECT));
}

const char *schema_value_text(struct arena *arena, const struct schema *schema, const json_t *value)
{
	if (json_is_object(value))
		return dump(arena, value, 0);
	if (json_is_array(value))
		return has_scalar_items(schema) ? array_literal(arena, value) : dump(arena, value, 0);
	return scalar_text(arena, value);
}
