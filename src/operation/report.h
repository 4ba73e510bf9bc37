/*
 * Reports that come in more than the JSON of their statement: its body as text and parsed, and a reply of whatever was made
 * of it. An answer that is JSON alone, or a list, needs none of this.
 */
#ifndef SCIDAY_OPERATION_REPORT_H
#define SCIDAY_OPERATION_REPORT_H

#include <jansson.h>

#include "http/exchange.h"
#include "http/reply.h"

struct problem;

/* The body that the operation's statement answers with, in the arena. NULL, or the problem; one is that there is none. */
struct problem *report_read(struct exchange *exchange, const char **ret_body) __attribute__((warn_unused_result));

/* The same, parsed; the arena lets it go. */
struct problem *report_parse(struct exchange *exchange, json_t **ret_report) __attribute__((warn_unused_result));

/* A whole text as the answer, of a media type of the operation's: compressible, and its ETag weak for that. */
struct reply report_reply(struct exchange *exchange, const char *media_type, const char *text, size_t length);

#endif
