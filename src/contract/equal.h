/*
 * Whether two JSON values are the same value: numbers by what they are (1 is
 * 1.0, RFC 8259, section 6), objects whatever the order of their members.
 */
#ifndef SCIDAY_CONTRACT_EQUAL_H
#define SCIDAY_CONTRACT_EQUAL_H

#include <stdbool.h>

struct json_t;

bool equal(const struct json_t *left, const struct json_t *right);

/* Whether the value is the one that this JSON text, a constant of the contract, stands for. */
bool equal_constant(const char *constant, const struct json_t *value);

#endif
