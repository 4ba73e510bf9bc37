/*
 * Text as people write it: UTF-8 in, UTF-8 out, counted in Unicode code points
 * after NFC (UAX #15), which is how a person counts 字.
 */
#ifndef SCIDAY_BASE_TEXT_H
#define SCIDAY_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum text_status {
	TEXT_OK,
	TEXT_BAD_UTF8, /* not UTF-8 (RFC 3629), or a NUL inside */
	TEXT_CONTROL,  /* a control character other than newline */
};

/*
 * The text in NFC, with CR LF and CR made LF and white space (Unicode's, U+3000
 * among it) trimmed at both ends. *ret_text is the arena's.
 */
enum text_status text_normalize(struct arena *arena, const char *bytes, size_t length, char **ret_text)
	__attribute__((warn_unused_result));

/* Whether the bytes are well-formed UTF-8 without NUL. */
bool text_is_utf8(const char *bytes, size_t length);

/* The number of code points of a well-formed UTF-8 string. */
size_t text_length(const char *text);

/* Its width in columns of a terminal or a spreadsheet: East Asian wide characters take two (UAX #11), marks none. */
size_t text_width(const char *text);

/*
 * The well-formed text, or a copy in the arena with U+FFFD for each of Unicode's noncharacters: JSON has all of them, XML has no
 * U+FFFE and no U+FFFF (XML 1.0, section 2.2), Cairo takes none, and a file that has one is broken as a whole.
 */
const char *text_of_characters(struct arena *arena, const char *text);

/*
 * The well-formed text without what nobody sees in it: characters that turn the direction of writing, join, part or fill without
 * a width, choose a variant or begin a line (Unicode's Default_Ignorable_Code_Point, categories Zl and Zp, interlinear annotation).
 * A name with them looks like another, or reads from the other end. In the arena, or the text itself.
 */
const char *text_visible(struct arena *arena, const char *text);

/*
 * Whether a spreadsheet would take the cell for a formula (OWASP, "CSV Injection"): what begins, behind any number of
 * apostrophes, with one of = + - @ tab CR, or with the full-width ones of the first four.
 */
bool text_is_formula(const char *cell);

#endif
