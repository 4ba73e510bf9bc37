/*
 * Regular expressions of the contract: ECMA 262's syntax, in the part that
 * PCRE2 shares, over code points. Compiled at the first use and kept; safe from
 * several threads. Only for patterns of our own, never for a user's.
 */
#ifndef SCIDAY_CONTRACT_PATTERN_H
#define SCIDAY_CONTRACT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PATTERNS_MAXIMUM 512 /* a contract with more ends the process, as does a pattern that does not compile */

/* Whether the pattern is found in the text, which is UTF-8. `pattern` lives as long as the process. */
bool pattern_matches(const char *pattern, const char *text, size_t length);

#endif
