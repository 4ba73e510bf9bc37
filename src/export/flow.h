/*
 * Text that is set into lines (Pango), to be placed page by page. What it costs grows with the text alone, whatever is in
 * it: one word of twenty thousand characters, or as many lines.
 */
#ifndef SCIDAY_EXPORT_FLOW_H
#define SCIDAY_EXPORT_FLOW_H

#include <pango/pango.h>
#include <stdbool.h>

struct arena;

struct style {
	double size; /* points, as all that follows */
	bool is_bold;
	PangoAlignment alignment;
	double indent;
};

/* A line: where it is in its text, and how wide. */
struct line {
	PangoLayoutLine *line; /* its layout's */
	double x, width;
	double top, baseline, bottom; /* from the top of the first line */
};

/* A text, and how far it is placed. */
struct flow {
	GPtrArray *layouts; /* that hold the lines: referenced by whoever keeps some */
	const struct line *lines;
	int line_count;
	int next; /* the first line that is not placed yet */
};

/* The text so wide, which has a line even if it is empty; its lines are the arena's. */
struct flow flow_create(PangoContext *context, struct arena *arena, const char *text, double width, struct style style);
void flow_free(struct flow *flow);

/* The height of the lines from `next` to before `end`. */
double flow_height(const struct flow *flow, int end);

bool flow_is_done(const struct flow *flow);

/*
 * The line before which the flow breaks when there is only so much room; `next` itself if too few
 * lines would stay together, unless it must go on where it is: at the top of a page.
 */
int flow_break(const struct flow *flow, double room, bool must);

#endif
