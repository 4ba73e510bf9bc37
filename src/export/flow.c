#include "export/flow.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "export/fontmap.h"

#define LINES_TOGETHER 2 /* of one text, on either side of a page's end */

/*
 * What Pango (1.50) does with a layout grows with the square of its paragraphs: ten thousand took a second. So a text is
 * cut, at the end of a paragraph, into layouts of about so many bytes.
 */
#define LAYOUT_LENGTH 4096

/*
 * It takes an item, which is what has one font, script and set of attributes, apart anew for each line of it: twenty
 * thousand characters without a place to break took 1.6 s, a hundred times as long as other text. An attribute that says
 * what holds anyway makes another item, between characters that stand for themselves if there are such.
 */
#define ITEM_LENGTH 1024 /* bytes */
#define ITEM_MAXIMUM 2048

#define ZERO_WIDTH_JOINER 0x200D

static bool may_part(gunichar before, gunichar character)
{
	return before != ZERO_WIDTH_JOINER && character != ZERO_WIDTH_JOINER && !g_unichar_ismark(character);
}

/* Where the item from `start` ends. */
static const char *item_end(const char *start, const char *end)
{
	gunichar before = 0;
	for (const char *at = start; at < end; at = g_utf8_next_char(at)) {
		gunichar character = g_utf8_get_char(at);
		size_t length = (size_t)(at - start);
		if (length >= ITEM_MAXIMUM || (length >= ITEM_LENGTH && may_part(before, character)))
			return at;
		before = character;
	}
	return end;
}

/* Every other item has it. */
static void bound_items(PangoAttrList *attributes, const char *text, size_t length)
{
	const char *end = text + length;
	for (const char *at = item_end(text, end); at < end; at = item_end(at, end)) {
		PangoAttribute *attribute = pango_attr_fallback_new(TRUE);
		attribute->start_index = (guint)(at - text);
		at = item_end(at, end);
		attribute->end_index = (guint)(at - text);
		pango_attr_list_insert(attributes, attribute);
	}
}

static PangoLayout *create_layout(PangoContext *context, const char *text, size_t length, double width, struct style style)
{
	PangoLayout *layout = pango_layout_new(context);
	PangoFontDescription *font = pango_font_description_from_string(FONTMAP_FAMILIES);
	pango_font_description_set_size(font, (int)(style.size * PANGO_SCALE));
	pango_font_description_set_weight(font, style.is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	PangoAttrList *attributes = pango_attr_list_new();
	pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
	bound_items(attributes, text, length);
	pango_layout_set_attributes(layout, attributes);
	pango_attr_list_unref(attributes);
	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(layout, style.alignment);
	pango_layout_set_indent(layout, (int)(style.indent * PANGO_SCALE));
	pango_layout_set_text(layout, text, (int)length);
	return layout;
}

/* The newline at which the text's first layout ends; NULL: it is all one. */
static const char *layout_end(const char *text)
{
	size_t length = strnlen(text, LAYOUT_LENGTH);
	return length < LAYOUT_LENGTH ? NULL : strchr(text + length, '\n');
}

static double points(int units)
{
	return (double)units / PANGO_SCALE;
}

/* Where the layout's lines are, below what is above. Each iterator has the whole layout measured. */
static void read_lines(PangoLayout *layout, double above, struct line *ret_lines)
{
	PangoLayoutIter *at = pango_layout_get_iter(layout);
	for (struct line *line = ret_lines;; line++) {
		PangoRectangle extents;
		int top, bottom;
		pango_layout_iter_get_line_extents(at, NULL, &extents);
		pango_layout_iter_get_line_yrange(at, &top, &bottom);
		*line = (struct line){
			.line = pango_layout_iter_get_line_readonly(at),
			.x = points(extents.x),
			.width = points(extents.width),
			.top = above + points(top),
			.baseline = above + points(pango_layout_iter_get_baseline(at)),
			.bottom = above + points(bottom),
		};
		if (!pango_layout_iter_next_line(at))
			break;
	}
	pango_layout_iter_free(at);
}

struct flow flow_create(PangoContext *context, struct arena *arena, const char *text, double width, struct style style)
{
	struct flow flow = {.layouts = g_ptr_array_new_with_free_func(g_object_unref)};
	const char *end;
	for (const char *at = text_of_characters(arena, text); at; at = end ? end + 1 : NULL) {
		end = layout_end(at);
		PangoLayout *layout = create_layout(context, at, end ? (size_t)(end - at) : strlen(at), width, style);
		g_ptr_array_add(flow.layouts, layout);
		flow.line_count += pango_layout_get_line_count(layout);
	}
	struct line *lines = arena_array(arena, (size_t)flow.line_count, sizeof *lines);
	int count = 0;
	for (guint i = 0; i < flow.layouts->len; i++) {
		PangoLayout *layout = g_ptr_array_index(flow.layouts, i);
		read_lines(layout, count > 0 ? lines[count - 1].bottom : 0, lines + count);
		count += pango_layout_get_line_count(layout);
	}
	flow.lines = lines;
	return flow;
}

void flow_free(struct flow *flow)
{
	g_ptr_array_unref(flow->layouts);
}

static double flow_top(const struct flow *flow, int line)
{
	return line > 0 ? flow->lines[line - 1].bottom : 0;
}

double flow_height(const struct flow *flow, int end)
{
	return end > flow->next ? flow->lines[end - 1].bottom - flow_top(flow, flow->next) : 0;
}

bool flow_is_done(const struct flow *flow)
{
	return flow->next >= flow->line_count;
}

int flow_break(const struct flow *flow, double room, bool must)
{
	int end = flow->next;
	while (end < flow->line_count && flow->lines[end].bottom - flow_top(flow, flow->next) <= room)
		end++;
	if (end == flow->line_count)
		return end;
	if (must)
		return end > flow->next ? end : flow->next + 1;
	if (flow->line_count - end < LINES_TOGETHER)
		end = flow->line_count - LINES_TOGETHER;
	return end - flow->next >= LINES_TOGETHER ? end : flow->next;
}
