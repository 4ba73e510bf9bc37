/*
 * Queries and form bodies: application/x-www-form-urlencoded as the URL Standard
 * (section 5) writes it, but strict, so that nothing is guessed: a broken escape, a
 * NUL and bytes that are not UTF-8 are errors. Pairs keep their order.
 */
#ifndef SCIDAY_SERVER_URLENCODED_H
#define SCIDAY_SERVER_URLENCODED_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct pair {
	const char *name;
	const char *value;
};

#define PAIRS_MAXIMUM 64

enum urlencoded_status {
	URLENCODED_OK,
	URLENCODED_BAD,      /* a broken escape, a NUL, or not UTF-8 */
	URLENCODED_TOO_MANY, /* more than PAIRS_MAXIMUM */
};

/*
 * The pairs of the text, decoded, in the arena. Empty pieces between two "&" are dropped. After
 * URLENCODED_BAD, what could not be decoded is NULL in the pair where reading ended.
 */
enum urlencoded_status urlencoded_parse(struct arena *arena, const char *text, size_t length,
                                        struct pair ret_pairs[PAIRS_MAXIMUM], size_t *ret_count)
	__attribute__((warn_unused_result));

/* The octet that "%6F" stands for; false if the three characters are no escape. */
bool percent_octet(const char *escape, char *ret_octet);

/* `length` bytes with their escapes decoded and, for a form, "+" made a space; NULL for what is not UTF-8 text. */
const char *percent_decode(struct arena *arena, const char *text, size_t length, bool is_form);

#endif
