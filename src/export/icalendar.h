/*
 * A calendar (RFC 5545) as Outlook, Apple's and the phones' calendars take it, event by event, by libical. It reads no
 * clock: the same events are the same bytes. Times of day are in UTC, days have no zone, and no VTIMEZONE is needed.
 */
#ifndef SCIDAY_EXPORT_ICALENDAR_H
#define SCIDAY_EXPORT_ICALENDAR_H

#include <stdbool.h>

#define ICALENDAR_MEDIA_TYPE "text/calendar; charset=utf-8"

struct buffer;

enum icalendar_status { ICALENDAR_CONFIRMED, ICALENDAR_TENTATIVE, ICALENDAR_CANCELLED };

/* Texts are UTF-8 in one line or several; NULL where there is none. */
struct icalendar_event {
	const char *uid;                 /* the same for as long as it is the same event (section 3.8.4.7) */
	const char *starts_on, *ends_on; /* "20210512": whole days, the last one included */
	const char *at;                  /* "20210512T040000Z": an instant, instead of days; NULL: days */
	const char *updated_at;          /* "20210510T091500Z" */
	int sequence;                    /* grows with each change */
	const char *summary, *description, *location, *url, *category;
	enum icalendar_status status;
	bool has_alarms; /* three days and one day before, of whole days at nine in the morning */
};

/* What comes before the events: a calendar of this name, whose days are meant in this zone ("Asia/Shanghai"). */
void icalendar_begin(struct buffer *calendar, const char *name, const char *time_zone);

void icalendar_append(struct buffer *calendar, const struct icalendar_event *event);

/* What comes after them. */
void icalendar_end(struct buffer *calendar);

#endif
