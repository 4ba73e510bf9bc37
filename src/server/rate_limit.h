/*
 * How many requests a principal or an address may send, a dear one counting for several: fixed windows of a minute,
 * counted in this process. The table is bounded; when it is full, the slot of a
 * window that has passed, or else the least used neighbour, is taken over.
 */
#ifndef SCIDAY_SERVER_RATE_LIMIT_H
#define SCIDAY_SERVER_RATE_LIMIT_H

#include <stdbool.h>

#include "http/exchange.h"

#define RATE_WINDOW_SECONDS 60

struct rate_limit;

/* `limit` requests a window for each key. */
struct rate_limit *rate_limit_create(unsigned limit);
void rate_limit_destroy(struct rate_limit *rate_limit);

/*
 * Takes so many requests of the key at `now` (monotonic seconds) and says what is left; false, and nothing is taken, when
 * that is less.
 */
bool rate_limit_take(struct rate_limit *rate_limit, const char *key, unsigned weight, long long now, struct rate *ret_rate)
	__attribute__((warn_unused_result));

#endif
