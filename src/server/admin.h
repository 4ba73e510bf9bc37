/*
 * The operations' side, on an address of its own: /livez (the process runs),
 * /readyz (the database is reachable, its tables and logic are this binary's) and
 * /metrics (Prometheus text, labelled by operation).
 */
#ifndef SCIDAY_SERVER_ADMIN_H
#define SCIDAY_SERVER_ADMIN_H

#include <stdbool.h>

#include "http/exchange.h"
#include "http/reply.h"

/* The reply to a request on the private address. `stopping`: not ready any more, whatever the database says. */
struct reply admin_reply(struct exchange *exchange, bool stopping);

#endif
