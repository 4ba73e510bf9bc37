/*
 * What a client says it would like (RFC 9110, section 12.5).
 */
#ifndef SCIDAY_SERVER_ACCEPT_H
#define SCIDAY_SERVER_ACCEPT_H

#include <stdbool.h>

#include "http/exchange.h"

/* Whether JSON is acceptable by this Accept header; NULL accepts everything. */
bool accept_json(const char *accept);

/* Whether gzip is acceptable by this Accept-Encoding header; NULL does not accept it. */
bool accept_gzip(const char *accept_encoding);

/* The language of problems by Accept-Language: English if it is preferred to Chinese, else zh-CN. */
enum locale accept_locale(const char *accept_language);

#endif
