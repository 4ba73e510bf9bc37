#include "export/chart_parts.h"

#include "base/arena.h"

static const struct svg_font title_font = {22, true, SVG_START, CHART_INK};
static const struct svg_font caption_font = {14, false, SVG_START, CHART_FAINT};
const struct svg_font chart_note_font = {13, false, SVG_START, CHART_INK};

#define TITLE_HEIGHT 36.0
#define CAPTION_HEIGHT 20.0

struct chart_title chart_title_lay_out(struct arena *arena, const char *title, const char *caption, double width)
{
	double room = width - 2 * CHART_MARGIN;
	struct chart_title made = {.title = svg_shorten(arena, title, title_font.size, room)};
	made.line_count = svg_wrap(arena, caption, caption_font.size, room, CHART_CAPTION_LINES, made.lines);
	made.bottom = CHART_MARGIN + TITLE_HEIGHT + (double)made.line_count * CAPTION_HEIGHT + 12;
	return made;
}

void chart_title_draw(struct svg *svg, const struct chart_title *title)
{
	svg_text(svg, CHART_MARGIN, CHART_MARGIN + 12, &title_font, title->title, NULL);
	for (size_t i = 0; i < title->line_count; i++)
		svg_text(svg, CHART_MARGIN, CHART_MARGIN + 44 + (double)i * CAPTION_HEIGHT, &caption_font, title->lines[i], NULL);
}

const char *chart_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

long long chart_count(const json_t *figure)
{
	return json_integer_value(json_object_get(figure, "count"));
}

const char *chart_digits(struct arena *arena, long long number)
{
	return arena_printf(arena, "%lld", number);
}
