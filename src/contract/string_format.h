/*
 * The formats that the contract's strings may have.
 */
#ifndef SCIDAY_CONTRACT_STRING_FORMAT_H
#define SCIDAY_CONTRACT_STRING_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "contract/schema.h"

/*
 * Whether the text has the format.
 *  STRING_DATE       full-date of RFC 3339, section 5.6: a day that exists, from the year 1 on
 *  STRING_DATE_TIME  date-time of the same: with seconds and an offset; second 60 only where a leap second can be
 *  STRING_UUID       36 characters, any version (RFC 9562, section 4)
 *  STRING_EMAIL      what HTML's <input type=email> takes (WHATWG), which is less than RFC 5321 and what people use
 *  STRING_URI        an address for a browser: http or https of RFC 9110, section 4.2, without user and password
 */
bool string_format_is_valid(enum string_format format, const char *text, size_t length);

/* The finding's code for a text that is not: "invalid_date" and so on. */
const char *string_format_finding(enum string_format format);

#endif
