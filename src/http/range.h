/*
 * Ranges of bytes (RFC 9110, section 14): one at a time.
 */
#ifndef SCIDAY_HTTP_RANGE_H
#define SCIDAY_HTTP_RANGE_H

enum range_status {
	RANGE_NONE,          /* no range, several, or not one of bytes: the whole is the answer (section 14.2) */
	RANGE_ONE,           /* from *ret_first to *ret_last, both within the length */
	RANGE_UNSATISFIABLE, /* it begins behind the end */
};

/* The Range header's value, or NULL, for a thing of `length` bytes. */
enum range_status range_read(const char *range, unsigned long long length, unsigned long long *ret_first,
                             unsigned long long *ret_last);

#endif
