#include "http/range.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool read_position(const char **at, unsigned long long *ret_position)
{
	if (**at < '0' || **at > '9')
		return false;
	char *end;
	errno = 0;
	*ret_position = strtoull(*at, &end, 10); /* one too big is ULLONG_MAX, which is behind every end */
	*at = end;
	return true;
}

enum range_status range_read(const char *range, unsigned long long length, unsigned long long *ret_first,
                             unsigned long long *ret_last)
{
	if (!range || strncasecmp(range, "bytes=", 6) != 0)
		return RANGE_NONE;
	const char *at = range + 6 + strspn(range + 6, " \t");
	unsigned long long first = 0, last = 0;
	bool has_first = read_position(&at, &first);
	if (*at++ != '-')
		return RANGE_NONE;
	bool has_last = read_position(&at, &last);
	at += strspn(at, " \t");
	if (*at || (!has_first && !has_last) || (has_first && has_last && last < first))
		return RANGE_NONE;
	if (!has_first) { /* the last so many bytes */
		if (last == 0 || length == 0)
			return RANGE_UNSATISFIABLE;
		first = last < length ? length - last : 0;
		has_last = false;
	}
	if (first >= length)
		return RANGE_UNSATISFIABLE;
	*ret_first = first;
	*ret_last = has_last && last < length ? last : length - 1;
	return RANGE_ONE;
}
