/*
 * What submitting, or publishing, would find, told before it is done.
 */
#ifndef SCIDAY_OPERATION_FINDINGS_H
#define SCIDAY_OPERATION_FINDINGS_H

#include "http/exchange.h"
#include "http/reply.h"

struct statement;

/*
 * {"errors": […], "warnings": […]} of the statement's rows, in words. It has a row for each finding, and one without a code
 * if there is none; no row is 404, and one that says that it is not allowed, 403.
 */
struct reply findings_reply(struct exchange *exchange, const struct statement *findings);

#endif
