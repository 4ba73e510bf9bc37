/*
 * What a client says it would like (RFC 9110, section 12.5).
 */
#ifndef SCIDAY_SERVER_ACCEPT_H
#define SCIDAY_SERVER_ACCEPT_H

#include <stdbool.h>

#include "http/exchange.h"

/*
 * Which of the formats (bits 1 << enum format) this Accept header likes best: the one whose most specific range
 * (RFC 9110, section 12.5.1) weighs most, and of several the first, so JSON before all others. NULL and "" like
 * everything. Parameters of a range but its weight are left aside. False: it takes none of them.
 */
bool accept_format(const char *accept, unsigned formats, enum format *ret_format) __attribute__((warn_unused_result));

/* Whether gzip is acceptable by this Accept-Encoding header; NULL does not accept it. */
bool accept_gzip(const char *accept_encoding);

/* The language of problems by Accept-Language: English if it is preferred to Chinese, else zh-CN. */
enum locale accept_locale(const char *accept_language);

#endif
