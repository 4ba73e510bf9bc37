/*
 * The formats that an answer may have (formats.def): their names, as `?format=` says them and as
 * files end in them, and their media types, as `Accept` and the contract say them.
 */
#ifndef SCIDAY_HTTP_FORMAT_H
#define SCIDAY_HTTP_FORMAT_H

#include <stdbool.h>

enum format {
#define FORMAT(symbol, name, media_type) FORMAT_##symbol,
#include "http/formats.def"
#undef FORMAT
	FORMAT_COUNT
};

/* "csv": the value of `format`, and what a file's name ends in after a dot. */
const char *format_name(enum format format);

/* "text/csv", without parameters. */
const char *format_media_type(enum format format);

/* Whether a format has this name. */
bool format_parse(const char *name, enum format *ret_format) __attribute__((warn_unused_result));

#endif
