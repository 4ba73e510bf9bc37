#include "export/wording.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/zone.h"

struct wording_zone {
	const char *name;
	const struct zone *zone; /* NULL: unknown to the system */
	struct wording_zone *next;
};

/* An id, or a list of nothing but ids. */
static bool is_id(const struct column *column)
{
	return column->type == COLUMN_ID || (column->part_count == 1 && column->parts[0].type == COLUMN_ID);
}

bool wording_has(const struct wording *wording, const struct column *column)
{
	return wording->is_for_programs || !is_id(column);
}

const char *wording_heading(const struct wording *wording, const struct column *column)
{
	if (wording->is_for_programs)
		return column->path;
	return wording->locale == LOCALE_EN ? column->en : column->zh;
}

static int compare_labels(const void *left, const void *right)
{
	const struct label *one = left, *other = right;
	int order = strcmp(one->vocabulary, other->vocabulary);
	return order != 0 ? order : strcmp(one->code, other->code);
}

const char *wording_label(const struct wording *wording, const char *vocabulary, const char *code)
{
	if (!vocabulary || wording->is_for_programs || wording->label_count == 0)
		return code;
	struct label key = {.vocabulary = vocabulary, .code = code};
	const struct label *found = bsearch(&key, wording->labels, wording->label_count, sizeof key, compare_labels);
	return found ? found->text : code;
}

bool wording_local(struct wording *wording, const char *zone, time_t instant, struct tm *ret_local)
{
	const char *name = zone ? zone : WORDING_ZONE;
	struct wording_zone *known = wording->zones;
	while (known && strcmp(known->name, name) != 0)
		known = known->next;
	if (!known) {
		known = arena_alloc(wording->arena, sizeof *known);
		known->name = arena_strdup(wording->arena, name);
		known->zone = zone_read(wording->arena, name);
		known->next = wording->zones;
		wording->zones = known;
	}
	if (!known->zone)
		return false;
	*ret_local = zone_local(known->zone, instant);
	return true;
}
