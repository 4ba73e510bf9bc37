#include "base/clock.h"

#include <time.h>

static struct timespec read_clock(clockid_t clock)
{
	struct timespec now = {0};
	clock_gettime(clock, &now); /* fails only for a clock that does not exist */
	return now;
}

int64_t clock_wall_milliseconds(void)
{
	struct timespec now = read_clock(CLOCK_REALTIME);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_monotonic_microseconds(void)
{
	struct timespec now = read_clock(CLOCK_MONOTONIC);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
