/*
 * Time zones of the system's database (RFC 8536), without the process's own zone: any number of them at once, from
 * any thread. For showing an instant to people; the domain's deadlines are the database's matter.
 */
#ifndef SCIDAY_BASE_ZONE_H
#define SCIDAY_BASE_ZONE_H

#include <time.h>

struct arena;
struct zone;

/* The zone of this IANA name ("Asia/Shanghai"), in the arena; NULL if the system has no such file. */
const struct zone *zone_read(struct arena *arena, const char *name);

/*
 * The local time of an instant. After the last transition that the file names (Debian's name them up to 2037) the
 * last offset goes on.
 */
struct tm zone_local(const struct zone *zone, time_t instant);

#endif
