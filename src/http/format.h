/*
 * The formats that an answer may have: one table of their names, as `?format=` says them and as
 * files end in them, and of their media types, as `Accept` and the contract say them.
 */
#ifndef SCIDAY_HTTP_FORMAT_H
#define SCIDAY_HTTP_FORMAT_H

#include <stdbool.h>

/* In the order of preference between those that a client likes alike. */
enum format { FORMAT_JSON, FORMAT_CSV, FORMAT_XLSX, FORMAT_ICS, FORMAT_SVG, FORMAT_PDF, FORMAT_DOCX, FORMAT_ZIP };
#define FORMAT_COUNT 8

/* "csv": the value of `format`, and what a file's name ends in after a dot. */
const char *format_name(enum format format);

/* "text/csv", without parameters. */
const char *format_media_type(enum format format);

/* Whether a format has this name. */
bool format_parse(const char *name, enum format *ret_format) __attribute__((warn_unused_result));

#endif
