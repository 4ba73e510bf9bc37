/*
 * The time: of the wall, for ids and the log, and a monotonic one for
 * measuring how long something took. Never for a deadline of the domain: those
 * are judged by the database's clock alone.
 */
#ifndef SCIDAY_BASE_CLOCK_H
#define SCIDAY_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since the epoch, 1970-01-01T00:00:00Z, without leap seconds. */
int64_t clock_wall_milliseconds(void);

/* Microseconds since some moment in the past; never goes back. */
int64_t clock_monotonic_microseconds(void);

#endif
