#include "export/icalendar.h"

#include <stdlib.h>
#include <string.h>

#include <libical/ical.h>

#include "base/buffer.h"

#define END "END:VCALENDAR\r\n"

static void add_extension(icalcomponent *component, const char *name, const char *value)
{
	icalproperty *property = icalproperty_new_x(value);
	icalproperty_set_x_name(property, name);
	icalcomponent_add_property(component, property);
}

/* Its lines, folded and escaped; without the last `left_off` bytes. The component is freed. */
static void append_component(struct buffer *calendar, icalcomponent *component, size_t left_off)
{
	char *text = icalcomponent_as_ical_string_r(component);
	buffer_append(calendar, text, strlen(text) - left_off);
	free(text);
	icalcomponent_free(component);
}

void icalendar_begin(struct buffer *calendar, const char *name, const char *time_zone)
{
	icalcomponent *component = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
	                                               icalproperty_new_prodid("-//sciday//sciday " SCIDAY_VERSION "//ZH"),
	                                               icalproperty_new_calscale("GREGORIAN"), (void *)NULL);
	/* RFC 7986 calls it NAME; what the calendars read is older. Without METHOD (RFC 5546), Outlook subscribes and does not import. */
	add_extension(component, "X-WR-CALNAME", name);
	add_extension(component, "X-WR-TIMEZONE", time_zone);
	add_extension(component, "X-PUBLISHED-TTL", "PT6H");
	append_component(calendar, component, strlen(END));
}

/* "DISPLAY", so long before the beginning. */
static void add_alarm(icalcomponent *component, const char *before, const char *summary)
{
	struct icaltriggertype trigger = icaltriggertype_from_string(before);
	icalcomponent *alarm =
		icalcomponent_vanew(ICAL_VALARM_COMPONENT, icalproperty_new_action(ICAL_ACTION_DISPLAY),
	                            icalproperty_new_trigger(trigger), icalproperty_new_description(summary), (void *)NULL);
	icalcomponent_add_component(component, alarm);
}

static void add_time(icalcomponent *component, const struct icalendar_event *event)
{
	if (event->at) {
		icalcomponent_add_property(component, icalproperty_new_dtstart(icaltime_from_string(event->at)));
		return;
	}
	/* The end is the day after the last one (section 3.6.1). */
	struct icaltimetype end = icaltime_from_string(event->ends_on);
	icaltime_adjust(&end, 1, 0, 0, 0);
	icalcomponent_add_property(component, icalproperty_new_dtstart(icaltime_from_string(event->starts_on)));
	icalcomponent_add_property(component, icalproperty_new_dtend(end));
}

static void add_texts(icalcomponent *component, const struct icalendar_event *event)
{
	icalcomponent_add_property(component, icalproperty_new_summary(event->summary));
	if (event->description)
		icalcomponent_add_property(component, icalproperty_new_description(event->description));
	if (event->location)
		icalcomponent_add_property(component, icalproperty_new_location(event->location));
	if (event->url)
		icalcomponent_add_property(component, icalproperty_new_url(event->url));
	if (event->category)
		icalcomponent_add_property(component, icalproperty_new_categories(event->category));
}

void icalendar_append(struct buffer *calendar, const struct icalendar_event *event)
{
	static const icalproperty_status statuses[] = {
		[ICALENDAR_CONFIRMED] = ICAL_STATUS_CONFIRMED,
		[ICALENDAR_TENTATIVE] = ICAL_STATUS_TENTATIVE,
		[ICALENDAR_CANCELLED] = ICAL_STATUS_CANCELLED,
	};
	struct icaltimetype updated_at = icaltime_from_string(event->updated_at);
	icalcomponent *component = icalcomponent_vanew(
		ICAL_VEVENT_COMPONENT, icalproperty_new_uid(event->uid), icalproperty_new_dtstamp(updated_at),
		icalproperty_new_lastmodified(updated_at), icalproperty_new_sequence(event->sequence), (void *)NULL);
	add_time(component, event);
	add_texts(component, event);
	icalcomponent_add_property(component, icalproperty_new_status(statuses[event->status]));
	icalcomponent_add_property(component,
	                           icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT)); /* nobody is busy because of it */
	if (event->has_alarms) {
		add_alarm(component, event->at ? "-P3D" : "-P2DT15H", event->summary);
		add_alarm(component, event->at ? "-P1D" : "-PT15H", event->summary);
	}
	append_component(calendar, component, 0);
}

void icalendar_end(struct buffer *calendar)
{
	buffer_append_string(calendar, END);
}
