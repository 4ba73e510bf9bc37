/*
 * A parameter's text, read as the JSON value that its schema says it is, so
 * that parameters and bodies are checked alike.
 */
#ifndef SCIDAY_CONTRACT_SCHEMA_TEXT_H
#define SCIDAY_CONTRACT_SCHEMA_TEXT_H

struct json_t;
struct schema;

/*
 * A new reference, or NULL if the text cannot be read as any of the schema's
 * types. An array is its items with commas between; a number is written as in
 * JSON, a boolean as true or false.
 */
struct json_t *schema_read_text(const struct schema *schema, const char *text);

#endif
