/*
 * What the charts have in common: their paper and inks, their title and caption, and reading figures. Only for *_chart.c.
 */
#ifndef SCIDAY_EXPORT_CHART_PARTS_H
#define SCIDAY_EXPORT_CHART_PARTS_H

#include <jansson.h>

#include "export/svg.h"

#define CHART_MARGIN 32.0
#define CHART_INK "#1a1a1a"
#define CHART_FAINT "#5a6470"
#define CHART_RULE "#aab2bc"
#define CHART_WHITE "#ffffff"
#define CHART_PAPER "#f4f6f8"
#define CHART_CAPTION_LINES 3

extern const struct svg_font chart_note_font;

/* The title and what it is of, above the drawing. */
struct chart_title {
	const char *title;
	const char *lines[CHART_CAPTION_LINES];
	size_t line_count;
	double bottom; /* where the drawing may begin */
};

/* Lays them out in a picture of this width; the caption's parts are set apart by U+3000. */
struct chart_title chart_title_lay_out(struct arena *arena, const char *title, const char *caption, double width);

void chart_title_draw(struct svg *svg, const struct chart_title *title);

/* A member of an object that is a text; NULL if it is none. */
const char *chart_text(const json_t *object, const char *name);

/* The count of a figure. */
long long chart_count(const json_t *figure);

/* A number in digits. */
const char *chart_digits(struct arena *arena, long long number);

#endif
