#include "contract/string_format.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "contract/pattern.h"

#define DATE_LENGTH 10 /* 2021-05-30 */
#define TIME_LENGTH 8  /* 09:00:00 */

#define LABEL "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"

static const char email_pattern[] = "^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@" LABEL "(?:\\." LABEL ")*$";

static const char uri_pattern[] = "^[Hh][Tt][Tt][Pp][Ss]?://"
				  "(?:\\[[0-9a-fA-F:.]+\\]|" LABEL "(?:\\." LABEL ")*\\.?)(?::[0-9]{1,5})?"
				  "(?:[/?#](?:[A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?$";

/* The number that `count` digits make, or −1 if one is not a digit. */
static int read_digits(const char *text, size_t count)
{
	int number = 0;
	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

static int days_of_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && is_leap);
}

/* PostgreSQL has no year 0. */
static bool is_date(const char *text, size_t length)
{
	if (length != DATE_LENGTH || text[4] != '-' || text[7] != '-')
		return false;
	int year = read_digits(text, 4);
	int month = read_digits(text + 5, 2);
	int day = read_digits(text + 8, 2);
	return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_of_month(year, month);
}

/* "Z" or "+08:00", as minutes east of Greenwich. */
static bool read_offset(const char *text, size_t length, int *ret_minutes)
{
	*ret_minutes = 0;
	if (length == 1)
		return *text == 'Z' || *text == 'z';
	if (length != 6 || (*text != '+' && *text != '-') || text[3] != ':')
		return false;
	int hours = read_digits(text + 1, 2);
	int minutes = read_digits(text + 4, 2);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return false;
	*ret_minutes = (hours * 60 + minutes) * (*text == '+' ? 1 : -1);
	return true;
}

/* A leap second is the last of a day in UTC (RFC 3339, section 5.7). */
static bool is_leap_second(int hour, int minute, int offset)
{
	int day = 24 * 60;
	return (hour * 60 + minute - offset + 2 * day) % day == day - 1;
}

static bool is_date_time(const char *text, size_t length)
{
	if (length < DATE_LENGTH + 1 + TIME_LENGTH + 1 || !is_date(text, DATE_LENGTH))
		return false;
	const char *time = text + DATE_LENGTH + 1;
	if ((time[-1] != 'T' && time[-1] != 't') || time[2] != ':' || time[5] != ':')
		return false;
	int hour = read_digits(time, 2);
	int minute = read_digits(time + 3, 2);
	int second = read_digits(time + 6, 2);
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return false;

	const char *rest = time + TIME_LENGTH;
	if (*rest == '.') {
		size_t digits = strspn(rest + 1, "0123456789");
		if (digits == 0)
			return false;
		rest += 1 + digits;
	}
	int offset;
	return read_offset(rest, length - (size_t)(rest - text), &offset) &&
	       (second < 60 || is_leap_second(hour, minute, offset));
}

bool string_format_is_valid(enum string_format format, const char *text, size_t length)
{
	switch (format) {
	case STRING_ANY:
		return true;
	case STRING_DATE:
		return is_date(text, length);
	case STRING_DATE_TIME:
		return is_date_time(text, length);
	case STRING_UUID:
		return id_is_valid(text);
	case STRING_EMAIL:
		return pattern_matches(email_pattern, text, length);
	case STRING_URI:
		return pattern_matches(uri_pattern, text, length);
	}
	abort(); /* every format of a schema is above */
}

const char *string_format_finding(enum string_format format)
{
	static const char *const codes[] = {
		[STRING_DATE] = "invalid_date", [STRING_DATE_TIME] = "invalid_date_time",
		[STRING_UUID] = "invalid_uuid", [STRING_EMAIL] = "invalid_email",
		[STRING_URI] = "invalid_uri",
	};
	return codes[format];
}
