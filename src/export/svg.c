#include "export/svg.h"

#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"
#include "base/text.h"

#define FONTS \
	"'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Micro Hei','Heiti SC',sans-serif"
#define NARROW 0.6 /* em of a character that is not as wide as 字 */
#define ELLIPSIS "…"
#define GAP "\u3000"

struct svg {
	struct arena *arena;
	xmlBufferPtr buffer;
	xmlTextWriterPtr writer;
};

/* What libxml2 did. */
static void check(bool done)
{
	if (!done)
		abort(); /* only memory can have run out */
}

static void release_writer(void *object)
{
	struct svg *svg = object;
	if (svg->writer)
		xmlFreeTextWriter(svg->writer);
	xmlBufferFree(svg->buffer);
}

static void begin(struct svg *svg, const char *name)
{
	check(xmlTextWriterStartElement(svg->writer, (const xmlChar *)name) >= 0);
}

static void end(struct svg *svg)
{
	check(xmlTextWriterEndElement(svg->writer) >= 0);
}

static void attribute(struct svg *svg, const char *name, const char *value)
{
	check(xmlTextWriterWriteAttribute(svg->writer, (const xmlChar *)name, (const xmlChar *)value) >= 0);
}

/* To a tenth of a px, as short as it goes. */
static void number(struct svg *svg, const char *name, double value)
{
	attribute(svg, name, arena_printf(svg->arena, "%.6g", (double)(long)(value * 10 + (value < 0 ? -0.5 : 0.5)) / 10));
}

static void string(struct svg *svg, const char *text)
{
	check(xmlTextWriterWriteString(svg->writer, (const xmlChar *)text_of_characters(svg->arena, text)) >= 0);
}

static void named(struct svg *svg, const char *element, const char *id, const char *text)
{
	begin(svg, element);
	if (id)
		attribute(svg, "id", id);
	string(svg, text);
	end(svg);
}

/* The patterns: a ground, and lines or dots on it. */
static const struct {
	const char *name;
	const char *ground;
	const char *mark; /* the path's data, or NULL */
	const char *color;
	double width;
} patterns[SVG_PATTERN_COUNT] = {
	[SVG_SOLID] = {"solid", "#174a7e", NULL, NULL, 0},
	[SVG_STRIPES] = {"stripes", "#86b4dc", "M0 8L8 0M-2 2L2 -2M6 10L10 6", "#174a7e", 1.6},
	[SVG_CROSSED] = {"crossed", "#fbe3c0", "M0 8L8 0M-2 2L2 -2M6 10L10 6M0 0L8 8M-2 6L2 10M6 -2L10 2", "#a85a00", 1.2},
	[SVG_DOTS] = {"dots", "#ffffff", "M2 2h1.6M6 6h1.6", "#5a6470", 1.6},
	[SVG_DENSE] = {"dense", "#f8d3cf", "M0 1h8M0 5h8", "#a3201f", 2},
	[SVG_PLAIN] = {"plain", "#dde1e6", NULL, NULL, 0},
};

static void write_patterns(struct svg *svg)
{
	begin(svg, "defs");
	for (int i = 0; i < SVG_PATTERN_COUNT; i++) {
		begin(svg, "pattern");
		attribute(svg, "id", patterns[i].name);
		attribute(svg, "patternUnits", "userSpaceOnUse");
		number(svg, "width", 8);
		number(svg, "height", 8);
		svg_rectangle(svg, (struct svg_box){0, 0, 8, 8}, patterns[i].ground, NULL);
		if (patterns[i].mark) {
			begin(svg, "path");
			attribute(svg, "d", patterns[i].mark);
			attribute(svg, "stroke", patterns[i].color);
			number(svg, "stroke-width", patterns[i].width);
			end(svg);
		}
		end(svg);
	}
	end(svg);
}

struct svg *svg_begin(struct arena *arena, double width, double height, const char *title, const char *description)
{
	struct svg *svg = arena_alloc(arena, sizeof *svg);
	svg->arena = arena;
	svg->buffer = xmlBufferCreate();
	check(svg->buffer != NULL);
	arena_defer(arena, release_writer, svg);
	svg->writer = xmlNewTextWriterMemory(svg->buffer, 0);
	check(svg->writer && xmlTextWriterStartDocument(svg->writer, NULL, "UTF-8", NULL) >= 0);
	begin(svg, "svg");
	attribute(svg, "xmlns", "http://www.w3.org/2000/svg");
	attribute(svg, "viewBox", arena_printf(arena, "0 0 %.6g %.6g", width, height));
	number(svg, "width", width);
	number(svg, "height", height);
	attribute(svg, "role", "img");
	attribute(svg, "aria-labelledby", "title description");
	attribute(svg, "xml:lang", "zh-CN");
	attribute(svg, "font-family", FONTS);
	named(svg, "title", "title", title);
	named(svg, "desc", "description", description);
	write_patterns(svg);
	svg_rectangle(svg, (struct svg_box){0, 0, width, height}, "#ffffff", NULL);
	return svg;
}

void svg_rectangle(struct svg *svg, struct svg_box box, const char *fill, const char *stroke)
{
	begin(svg, "rect");
	number(svg, "x", box.x);
	number(svg, "y", box.y);
	number(svg, "width", box.width);
	number(svg, "height", box.height);
	attribute(svg, "fill", fill);
	if (stroke)
		attribute(svg, "stroke", stroke);
	end(svg);
}

void svg_line(struct svg *svg, double x1, double y1, double x2, double y2, const char *stroke)
{
	begin(svg, "line");
	number(svg, "x1", x1);
	number(svg, "y1", y1);
	number(svg, "x2", x2);
	number(svg, "y2", y2);
	attribute(svg, "stroke", stroke);
	end(svg);
}

void svg_text(struct svg *svg, double x, double y, const struct svg_font *font, const char *text, const char *whole)
{
	static const char *const anchors[] = {[SVG_START] = NULL, [SVG_MIDDLE] = "middle", [SVG_END] = "end"};
	begin(svg, "text");
	number(svg, "x", x);
	/* From the middle of 字 to its baseline; viewers do not agree on dominant-baseline. */
	number(svg, "y", y + font->size * 0.36);
	number(svg, "font-size", font->size);
	if (font->bold)
		attribute(svg, "font-weight", "bold");
	if (anchors[font->anchor])
		attribute(svg, "text-anchor", anchors[font->anchor]);
	attribute(svg, "fill", font->color);
	if (whole && strcmp(whole, text) != 0)
		named(svg, "title", NULL, whole);
	string(svg, text);
	end(svg);
}

const char *svg_pattern_fill(enum svg_pattern pattern)
{
	static const char *const fills[] = {"url(#solid)", "url(#stripes)", "url(#crossed)",
	                                    "url(#dots)",  "url(#dense)",   "url(#plain)"};
	return fills[pattern];
}

const char *svg_end(struct svg *svg, size_t *ret_length)
{
	check(xmlTextWriterEndDocument(svg->writer) >= 0);
	xmlFreeTextWriter(svg->writer);
	svg->writer = NULL;
	*ret_length = (size_t)xmlBufferLength(svg->buffer);
	return (const char *)xmlBufferContent(svg->buffer);
}

/* The width of the character at `text` in em, and how many bytes it has. */
static double character_width(const char *text, size_t *ret_bytes)
{
	utf8proc_int32_t code;
	utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &code);
	*ret_bytes = bytes > 0 ? (size_t)bytes : 1;
	int columns = bytes > 0 ? utf8proc_charwidth(code) : 1;
	return columns == 2 ? 1 : columns == 1 ? NARROW : 0;
}

/* How many bytes of the text fit into `width` em. */
static size_t fitting(const char *text, double width)
{
	size_t length = 0;
	while (text[length]) {
		size_t bytes;
		width -= character_width(text + length, &bytes);
		if (width < -0.001)
			break;
		length += bytes;
	}
	return length;
}

double svg_text_width(const char *text, double size)
{
	double width = 0;
	for (size_t bytes; *text; text += bytes)
		width += character_width(text, &bytes);
	return width * size;
}

const char *svg_shorten(struct arena *arena, const char *text, double size, double width)
{
	if (text[fitting(text, width / size)] == '\0')
		return text;
	size_t length = fitting(text, width / size - 1); /* … is as wide as 字 */
	return arena_printf(arena, "%.*s" ELLIPSIS, (int)length, text);
}

/* As much as fits, up to a gap between parts (U+3000) if there is one; *ret_next is where the next line begins. */
static size_t line_length(const char *text, double width, size_t *ret_next)
{
	size_t length = fitting(text, width);
	*ret_next = length;
	if (text[length] == '\0')
		return length;
	for (size_t i = length; i > 0; i--) {
		if (strncmp(text + i, GAP, strlen(GAP)) != 0)
			continue;
		*ret_next = i + strlen(GAP);
		return i;
	}
	return length;
}

size_t svg_wrap(struct arena *arena, const char *text, double size, double width, size_t maximum, const char **ret_lines)
{
	size_t count = 0;
	while (*text && count < maximum) {
		size_t next, length = line_length(text, width / size, &next);
		if (text[length] == '\0' || count + 1 == maximum || length == 0) {
			ret_lines[count++] = svg_shorten(arena, text, size, width);
			break;
		}
		ret_lines[count++] = arena_strndup(arena, text, length);
		text += next;
	}
	return count;
}
