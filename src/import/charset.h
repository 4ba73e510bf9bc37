/*
 * From the bytes of a file to UTF-8. Spreadsheets save CSV as UTF-8, with a byte order mark or without, and in
 * China, unasked, as GB18030 (of which GBK and GB2312 are parts). Knows no other encoding, and guesses no more than that.
 */
#ifndef SCIDAY_IMPORT_CHARSET_H
#define SCIDAY_IMPORT_CHARSET_H

#include <stddef.h>

struct arena;

enum charset_status {
	CHARSET_OK,
	CHARSET_UNKNOWN,   /* a charset of this name is not taken */
	CHARSET_MALFORMED, /* the bytes are not of the charset, or hold a NUL */
};

/*
 * The text without its mark, NUL-terminated, in the arena. `name` is the charset parameter of the Content-Type,
 * compared without case; NULL: what is UTF-8 is, and all else is GB18030. When malformed, *ret_line is the line.
 */
enum charset_status charset_decode(struct arena *arena, const char *name, const char *bytes, size_t length, const char **ret_text,
                                   size_t *ret_length, size_t *ret_line) __attribute__((warn_unused_result));

#endif
