/*
 * Reports as pictures: drawn from the very JSON that the report answers with, in Chinese, so that they can be read in black
 * and white and by a screen reader. They are SVG (export/svg.h). What a report is, and who may have it, is not known here.
 */
#ifndef SCIDAY_EXPORT_CHART_H
#define SCIDAY_EXPORT_CHART_H

#include <stddef.h>

#include "export/wording.h"

struct arena;
struct json_t;

/*
 * `matrix` of openapi.yaml as a grid: the darker a cell the more activities, with each number in its cell. The document in
 * the arena, and its length in bytes.
 */
const char *chart_matrix(struct arena *arena, const struct json_t *matrix, size_t *ret_length);

/*
 * `compliance` of openapi.yaml as a bar for each kind of obligation of each kind of organization, made up of the six
 * verdicts by patterns, with all numbers and rates beside it. The words of its codes are `wording`'s; `caption` says whose
 * it is and as of when, in parts that are set apart by U+3000.
 */
const char *chart_compliance(struct arena *arena, const struct wording *wording, const struct json_t *compliance,
                             const char *caption, size_t *ret_length);

#endif
