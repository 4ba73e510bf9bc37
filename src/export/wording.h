/*
 * How the values of a table are put: for people, with labels for codes, 是 and 否, and the campaign's local time; or
 * for programs, as in JSON.
 */
#ifndef SCIDAY_EXPORT_WORDING_H
#define SCIDAY_EXPORT_WORDING_H

#include <stdbool.h>
#include <time.h>

#include "export/column.h"
#include "http/exchange.h"

#define WORDING_ZONE "Asia/Shanghai" /* of rows that name none */

/* The word for a code. */
struct label {
	const char *vocabulary, *code, *text;
};

struct wording {
	struct arena *arena; /* of the zones; outlives every row */
	bool is_for_programs;
	enum locale locale;
	const struct label *labels; /* in strcmp's order of vocabulary, then code */
	size_t label_count;
	struct wording_zone *zones; /* those met so far; begin with NULL */
};

/* Whether a table in these words has the column at all. */
bool wording_has(const struct wording *wording, const struct column *column);

/* The column's heading: its path for programs. */
const char *wording_heading(const struct wording *wording, const struct column *column);

/* The label of a code, or the code itself where there is none; for programs always the code. */
const char *wording_label(const struct wording *wording, const char *vocabulary, const char *code);

/* The local time of an instant in a zone; NULL is WORDING_ZONE. False: the system does not know the zone. */
bool wording_local(struct wording *wording, const char *zone, time_t instant, struct tm *ret_local)
	__attribute__((warn_unused_result));

#endif
