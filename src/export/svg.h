/*
 * A drawing in SVG, for one picture that anyone may open: rectangles, lines and texts, no script, no style sheet, no font
 * from elsewhere. libxml2 writes it, so that whatever a name holds is text. It knows nothing of what is drawn.
 *
 * Lengths are in px of the picture, which scales to any size (SVG 1.1, section 7.7). No font is asked how wide a text is: a
 * character of the width of 字 takes one em, any other 0.6, which fonts that people have seldom exceed.
 */
#ifndef SCIDAY_EXPORT_SVG_H
#define SCIDAY_EXPORT_SVG_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct svg;

#define SVG_MEDIA_TYPE "image/svg+xml"

enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };

/* Fills that differ in black and white too: dark to light, and by their lines. */
enum svg_pattern { SVG_SOLID, SVG_STRIPES, SVG_CROSSED, SVG_DOTS, SVG_DENSE, SVG_PLAIN };
#define SVG_PATTERN_COUNT 6

struct svg_box {
	double x, y, width, height;
};

struct svg_font {
	double size;
	bool bold;
	enum svg_anchor anchor;
	const char *color; /* "#1a1a1a" */
};

/*
 * A picture of this size. `title` is its name, `description` all that it shows in words: for a screen reader they stand
 * for the whole (WAI-ARIA, role img).
 */
struct svg *svg_begin(struct arena *arena, double width, double height, const char *title, const char *description);

/* `fill` is a colour or svg_pattern_fill's; `stroke` may be NULL. */
void svg_rectangle(struct svg *svg, struct svg_box box, const char *fill, const char *stroke);

void svg_line(struct svg *svg, double x1, double y1, double x2, double y2, const char *stroke);

/* A line of text, its middle at height `y`. `whole` is what shows where a shortened text is pointed at; NULL: nothing. */
void svg_text(struct svg *svg, double x, double y, const struct svg_font *font, const char *text, const char *whole);

/* The fill of a pattern: "url(#stripes)". */
const char *svg_pattern_fill(enum svg_pattern pattern);

/* Ends the picture. The document in UTF-8, in the arena, and its length in bytes. */
const char *svg_end(struct svg *svg, size_t *ret_length);

/* How wide a text is at most, at this size of font. */
double svg_text_width(const char *text, double size);

/* The text if it fits, else as much of it as does with … at its end. In the arena. */
const char *svg_shorten(struct arena *arena, const char *text, double size, double width);

/*
 * The text on up to `maximum` lines that each fit, broken where parts are set apart by U+3000 if that is possible, the last
 * one shortened. Returns how many; they are in the arena.
 */
size_t svg_wrap(struct arena *arena, const char *text, double size, double width, size_t maximum, const char **ret_lines);

#endif
