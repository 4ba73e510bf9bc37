#include "export/pdf.h"

#include <cairo-pdf.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"
#include "export/flow.h"
#include "export/fontmap.h"
#include "export/form.h"

/* Everything is in points, 1/72 inch: A4, with the margins of an official document. */
#define PAGE_WIDTH 595.276
#define PAGE_HEIGHT 841.89
#define LEFT 74.0
#define TOP 74.0
#define BOTTOM 766.0 /* of the text; the footer is below */
#define WIDTH (PAGE_WIDTH - 2 * LEFT)
#define FOOTER_TOP 778.0
#define LABEL_WIDTH 96.0
#define PADDING_X 5.0
#define PADDING_Y 5.5
#define RULE 0.6

#define SIZE_TEXT 11.5
#define SIZE_CELL 11.0
#define SIZE_NOTE 8.5

/* Lines of a text that wait to be drawn at their place. */
struct placed {
	GPtrArray *layouts;
	const struct line *lines;
	int first, end;
	double x, y;
};

/* Where the next thing goes. A form is set twice: to count its pages, and to draw them. */
struct pen {
	const struct form *form;
	const struct form_part *part;
	PangoContext *context;
	cairo_t *cairo; /* NULL: nothing is drawn */
	cairo_surface_t *surface;
	double y;
	unsigned page;
	unsigned page_count; /* known the second time */
	unsigned *first_pages;
	GArray *waiting; /* what is placed of a row, until its label is drawn: who copies the text out reads the label first */
	bool is_waiting;
};

static const struct style style_cell = {.size = SIZE_CELL};
static const struct style style_label = {.size = SIZE_CELL, .is_bold = true, .alignment = PANGO_ALIGN_CENTER};
static const struct style style_footer = {.size = SIZE_NOTE};

static struct flow set_flow(const struct pen *pen, const char *text, double width, struct style style)
{
	return flow_create(pen->context, pen->form->arena, text, width, style);
}

static void draw_lines(const struct pen *pen, const struct placed *placed)
{
	double above = placed->first < placed->end ? placed->lines[placed->first].top : 0;
	for (int i = placed->first; i < placed->end; i++) {
		const struct line *line = &placed->lines[i];
		cairo_move_to(pen->cairo, placed->x + line->x, placed->y + line->baseline - above);
		pango_cairo_show_layout_line(pen->cairo, line->line);
	}
}

/* Places the lines up to `end`, the first of them here, and goes past them. */
static void flow_place(const struct pen *pen, struct flow *flow, int end, double x, double y)
{
	struct placed placed = {.layouts = flow->layouts, .lines = flow->lines, .first = flow->next, .end = end, .x = x, .y = y};
	flow->next = end;
	if (!pen->cairo)
		return;
	if (!pen->is_waiting) {
		draw_lines(pen, &placed);
		return;
	}
	g_ptr_array_ref(placed.layouts);
	g_array_append_val(pen->waiting, placed);
}

static void draw_waiting(struct pen *pen)
{
	for (guint i = 0; i < pen->waiting->len; i++) {
		struct placed *placed = &g_array_index(pen->waiting, struct placed, i);
		draw_lines(pen, placed);
		g_ptr_array_unref(placed->layouts);
	}
	g_array_set_size(pen->waiting, 0);
}

/* Text of a few words at its place, cut off by nothing; its height. */
static double place_text(const struct pen *pen, const char *text, double x, double y, double width, struct style style)
{
	struct flow flow = set_flow(pen, text, width, style);
	double height = flow_height(&flow, flow.line_count);
	flow_place(pen, &flow, flow.line_count, x, y);
	flow_free(&flow);
	return height;
}

/* Pages */

static void draw_footer(const struct pen *pen)
{
	struct style style = style_footer;
	cairo_set_line_width(pen->cairo, RULE / 2);
	cairo_move_to(pen->cairo, LEFT, FOOTER_TOP);
	cairo_line_to(pen->cairo, LEFT + WIDTH, FOOTER_TOP);
	cairo_stroke(pen->cairo);
	place_text(pen, pen->part->footer ? pen->part->footer : "", LEFT, FOOTER_TOP + 5, WIDTH * 0.4, style);
	char number[64];
	snprintf(number, sizeof number, "第 %u 页 共 %u 页", pen->page, pen->page_count);
	style.alignment = PANGO_ALIGN_CENTER;
	place_text(pen, number, LEFT + WIDTH * 0.4, FOOTER_TOP + 5, WIDTH * 0.2, style);
	style.alignment = PANGO_ALIGN_RIGHT;
	if (pen->part->digest)
		place_text(pen, pen->part->digest, LEFT + WIDTH * 0.6, FOOTER_TOP + 5, WIDTH * 0.4, style);
}

static void end_page(struct pen *pen)
{
	if (pen->page == 0 || !pen->cairo)
		return;
	draw_footer(pen);
	cairo_show_page(pen->cairo);
}

static void begin_page(struct pen *pen)
{
	end_page(pen);
	pen->page++;
	pen->y = TOP;
}

static bool is_at_top(const struct pen *pen)
{
	return pen->y <= TOP;
}

/* Goes to the next page if so much does not fit on this one. */
static void need(struct pen *pen, double height)
{
	if (pen->y + height > BOTTOM && !is_at_top(pen))
		begin_page(pen);
}

/* Blocks of running text */

static void set_text(struct pen *pen, const char *text, struct style style)
{
	struct flow flow = set_flow(pen, text, WIDTH, style);
	while (!flow_is_done(&flow)) {
		int end = flow_break(&flow, BOTTOM - pen->y, is_at_top(pen));
		if (end == flow.next) {
			begin_page(pen);
			continue;
		}
		double height = flow_height(&flow, end);
		flow_place(pen, &flow, end, LEFT, pen->y);
		pen->y += height;
		if (!flow_is_done(&flow))
			begin_page(pen);
	}
	flow_free(&flow);
}

static void set_title(struct pen *pen, const char *text, double size)
{
	set_text(pen, text, (struct style){.size = size, .is_bold = true, .alignment = PANGO_ALIGN_CENTER});
	pen->y += 6;
}

static void set_heading(struct pen *pen, const char *text)
{
	if (!is_at_top(pen))
		pen->y += 6;
	need(pen, 5 * SIZE_TEXT * 1.5);
	set_text(pen, text, (struct style){.size = SIZE_TEXT + 1, .is_bold = true});
	pen->y += 3;
}

static void set_pair(struct pen *pen, const struct form_block *block)
{
	struct style style = {.size = SIZE_CELL};
	need(pen, 100);
	pen->y += 6;
	double left = place_text(pen, block->text, LEFT, pen->y, WIDTH * 0.55, style);
	style.alignment = PANGO_ALIGN_RIGHT;
	double right = place_text(pen, block->right, LEFT + WIDTH * 0.55, pen->y, WIDTH * 0.45, style);
	pen->y += (left > right ? left : right) + 5;
}

/* Tables */

static void draw_box(const struct pen *pen, double x, double y, double width, double height)
{
	if (!pen->cairo)
		return;
	cairo_set_line_width(pen->cairo, RULE);
	cairo_rectangle(pen->cairo, x, y, width, height);
	cairo_stroke(pen->cairo);
}

/* The text in the middle of its box, from the top down. */
static void place_centred(const struct pen *pen, struct flow *flow, int end, double x, double y, double height)
{
	flow_place(pen, flow, end, x, y + (height - flow_height(flow, end)) / 2);
}

/* A label in its box; on a later page than that which it began on it says so. */
static void draw_label(const struct pen *pen, const char *label, bool goes_on, double x, double y, double width, double height)
{
	draw_box(pen, x, y, width, height);
	const char *text = goes_on ? arena_printf(pen->form->arena, "%s\n（续）", label) : label;
	struct flow flow = set_flow(pen, text, width - 2 * PADDING_X, style_label);
	if (flow_height(&flow, flow.line_count) <= height)
		place_centred(pen, &flow, flow.line_count, x + PADDING_X, y, height);
	flow_free(&flow);
}

static double label_height(const struct pen *pen, const char *label)
{
	struct flow flow = set_flow(pen, label, LABEL_WIDTH - 2 * PADDING_X, style_label);
	double height = flow_height(&flow, flow.line_count) + 2 * PADDING_Y;
	flow_free(&flow);
	return height;
}

/* A row while it is set: where it began on this page. */
struct row {
	const struct form_block *block;
	double left, width; /* of its lines */
	double top;
	double label_height;
	bool goes_on;
};

static void end_row_on_page(struct pen *pen, struct row *row)
{
	pen->is_waiting = false;
	if (pen->y > row->top)
		draw_label(pen, row->block->text, row->goes_on, LEFT, row->top, LABEL_WIDTH, pen->y - row->top);
	row->goes_on = row->goes_on || pen->y > row->top;
	draw_waiting(pen);
}

static void row_on_next_page(struct pen *pen, struct row *row)
{
	end_row_on_page(pen, row);
	begin_page(pen);
	row->top = pen->y;
	pen->is_waiting = true;
}

/* How far each cell goes on this page; false if some cell cannot even begin here. */
static bool break_cells(const struct pen *pen, const struct flow *flows, size_t count, int *ret_ends)
{
	double room = BOTTOM - pen->y - 2 * PADDING_Y;
	for (size_t i = 0; i < count; i++) {
		ret_ends[i] = flow_break(&flows[i], room, is_at_top(pen));
		if (ret_ends[i] == flows[i].next && !flow_is_done(&flows[i]))
			return false;
	}
	return true;
}

static double cells_height(const struct flow *flows, size_t count, const int *ends)
{
	double height = 0;
	for (size_t i = 0; i < count; i++) {
		double each = flow_height(&flows[i], ends[i]);
		height = each > height ? each : height;
	}
	return height + 2 * PADDING_Y;
}

static bool cells_are_done(const struct flow *flows, size_t count, const int *ends)
{
	for (size_t i = 0; i < count; i++)
		if ((ends ? ends[i] : flows[i].next) < flows[i].line_count)
			return false;
	return true;
}

static void place_cells(const struct pen *pen, const struct row *row, const struct form_line *line, struct flow *flows,
                        const int *ends, double height)
{
	double x = row->left;
	for (size_t i = 0; i < line->count; i++) {
		double width = row->width * line->cells[i].share / FORM_SHARES;
		if (line->cells[i].is_label && flow_is_done(&flows[i])) {
			draw_label(pen, line->cells[i].text, true, x, pen->y, width, height);
			x += width;
			continue;
		}
		draw_box(pen, x, pen->y, width, height);
		if (flows[i].next == 0 && ends[i] == flows[i].line_count)
			place_centred(pen, &flows[i], ends[i], x + PADDING_X, pen->y, height);
		else
			flow_place(pen, &flows[i], ends[i], x + PADDING_X, pen->y + PADDING_Y);
		x += width;
	}
}

static void set_line(struct pen *pen, struct row *row, const struct form_line *line, bool is_last)
{
	struct flow flows[FORM_CELLS];
	for (size_t i = 0; i < line->count; i++) {
		const struct form_cell *cell = &line->cells[i];
		flows[i] = set_flow(pen, cell->text, row->width * cell->share / FORM_SHARES - 2 * PADDING_X,
		                    cell->is_label ? style_label : style_cell);
	}
	do {
		int ends[FORM_CELLS];
		if (!break_cells(pen, flows, line->count, ends)) {
			row_on_next_page(pen, row);
			continue;
		}
		double height = cells_height(flows, line->count, ends);
		bool is_done = cells_are_done(flows, line->count, ends);
		if (is_last && is_done && !row->goes_on && pen->y + height - row->top < row->label_height)
			height = row->label_height - (pen->y - row->top);
		place_cells(pen, row, line, flows, ends, height);
		pen->y += height;
		if (!is_done)
			row_on_next_page(pen, row);
	} while (!cells_are_done(flows, line->count, NULL));
	for (size_t i = 0; i < line->count; i++)
		flow_free(&flows[i]);
}

static void set_row(struct pen *pen, const struct form_block *block)
{
	struct row row = {
		.block = block,
		.left = LEFT + LABEL_WIDTH,
		.width = WIDTH - LABEL_WIDTH,
		.label_height = label_height(pen, block->text),
	};
	need(pen, row.label_height);
	row.top = pen->y;
	pen->is_waiting = true;
	for (size_t i = 0; i < block->line_count; i++)
		set_line(pen, &row, &block->lines[i], i + 1 == block->line_count);
	end_row_on_page(pen, &row);
}

/* The table of contents */

static const char *part_destination(const struct pen *pen, size_t part)
{
	return arena_printf(pen->form->arena, "part-%zu", part + 1);
}

static void draw_leader(const struct pen *pen, double from, double to, double y)
{
	if (!pen->cairo || to <= from)
		return;
	cairo_save(pen->cairo);
	cairo_set_line_width(pen->cairo, RULE);
	cairo_set_dash(pen->cairo, (const double[]){RULE, 3}, 2, 0);
	cairo_move_to(pen->cairo, from, y);
	cairo_line_to(pen->cairo, to, y);
	cairo_stroke(pen->cairo);
	cairo_restore(pen->cairo);
}

/* One entry of it: the part's name, dots, the page that it begins on. */
static void set_entry(struct pen *pen, size_t index)
{
	const struct form_part *part = &pen->form->parts[index];
	struct style style = {.size = SIZE_TEXT};
	const char *text = part->detail ? arena_printf(pen->form->arena, "%s　%s", part->name, part->detail) : part->name;
	struct flow flow = set_flow(pen, text, WIDTH - 40, style);
	double height = flow_height(&flow, flow.line_count);
	need(pen, height);
	if (pen->cairo)
		cairo_tag_begin(pen->cairo, CAIRO_TAG_LINK,
		                arena_printf(pen->form->arena, "dest='%s'", part_destination(pen, index)));
	const struct line *last = &flow.lines[flow.line_count - 1];
	flow_place(pen, &flow, flow.line_count, LEFT, pen->y);
	char number[16];
	snprintf(number, sizeof number, "%u", pen->first_pages[index]);
	style.alignment = PANGO_ALIGN_RIGHT;
	place_text(pen, number, LEFT + WIDTH - 36, pen->y + last->top, 36, style);
	if (pen->cairo)
		cairo_tag_end(pen->cairo, CAIRO_TAG_LINK);
	draw_leader(pen, LEFT + last->width + 6, LEFT + WIDTH - 26, pen->y + last->bottom - (last->bottom - last->top) * 0.32);
	pen->y += height + 3;
	flow_free(&flow);
}

static void set_contents(struct pen *pen)
{
	for (size_t i = (size_t)(pen->part - pen->form->parts) + 1; i < pen->form->part_count; i++)
		set_entry(pen, i);
}

/* The whole */

static void set_block(struct pen *pen, const struct form_block *block)
{
	switch (block->kind) {
	case FORM_SUPERTITLE:
		set_title(pen, block->text, 14);
		return;
	case FORM_TITLE:
		set_title(pen, block->text, 19);
		return;
	case FORM_PAIR:
		set_pair(pen, block);
		return;
	case FORM_ROW:
		set_row(pen, block);
		return;
	case FORM_HEADING:
		set_heading(pen, block->text);
		return;
	case FORM_PARAGRAPH:
		set_text(pen, block->text, (struct style){.size = SIZE_TEXT, .indent = 2 * SIZE_TEXT});
		pen->y += 2;
		return;
	case FORM_NOTE:
		pen->y += 4;
		set_text(pen, block->text, (struct style){.size = SIZE_NOTE});
		return;
	case FORM_CONTENTS:
		set_contents(pen);
		return;
	}
}

/* Where the outline and the table of contents lead. */
static void mark_part(const struct pen *pen, size_t index)
{
	const char *destination = part_destination(pen, index);
	cairo_tag_begin(pen->cairo, CAIRO_TAG_DEST, arena_printf(pen->form->arena, "name='%s'", destination));
	cairo_tag_end(pen->cairo, CAIRO_TAG_DEST);
	const char *name = text_of_characters(pen->form->arena, pen->form->parts[index].name);
	cairo_pdf_surface_add_outline(pen->surface, CAIRO_PDF_OUTLINE_ROOT, name,
	                              arena_printf(pen->form->arena, "dest='%s'", destination), 0);
}

static void set_blocks(struct pen *pen, const struct form_part *part)
{
	for (size_t i = 0; i < part->block_count; i++) {
		bool is_after_table = i > 0 && part->blocks[i - 1].kind == FORM_ROW && part->blocks[i].kind != FORM_ROW;
		if (is_after_table && part->blocks[i].kind != FORM_NOTE)
			pen->y += 10;
		set_block(pen, &part->blocks[i]);
	}
}

static void set_form(struct pen *pen)
{
	pen->page = 0;
	for (size_t i = 0; i < pen->form->part_count; i++) {
		begin_page(pen); /* with the footer of the part before */
		pen->part = &pen->form->parts[i];
		pen->first_pages[i] = pen->page;
		if (pen->cairo && pen->form->part_count > 1)
			mark_part(pen, i);
		set_blocks(pen, pen->part);
	}
	end_page(pen);
}

/* A context whose units are points, and whose glyphs stand where the outlines say, on no device's grid. */
static PangoContext *context_create(PangoFontMap *map)
{
	PangoContext *context = pango_font_map_create_context(map);
	pango_cairo_context_set_resolution(context, 72);
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(context, options);
	cairo_font_options_destroy(options);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_context_set_language(context, pango_language_from_string("zh-cn"));
	return context;
}

static void begin_pen(struct pen *pen, const struct form *form, PangoFontMap *map, unsigned *first_pages)
{
	*pen = (struct pen){
		.form = form,
		.context = context_create(map),
		.first_pages = first_pages,
		.waiting = g_array_new(FALSE, FALSE, sizeof(struct placed)),
	};
}

static void end_pen(struct pen *pen)
{
	g_array_unref(pen->waiting);
	g_object_unref(pen->context);
}

static void count_pages(struct pen *pen)
{
	set_form(pen);
	pen->page_count = pen->page;
}

unsigned pdf_pages(struct typesetter *typesetter, const struct form *form, unsigned *ret_pages)
{
	PangoFontMap *map = fontmap_take(typesetter);
	struct pen pen;
	begin_pen(&pen, form, map, ret_pages);
	count_pages(&pen);
	end_pen(&pen);
	fontmap_give_back(typesetter, map);
	return pen.page_count;
}

static cairo_status_t write_bytes(void *context, const unsigned char *bytes, unsigned length)
{
	buffer_append(context, (const char *)bytes, length);
	return CAIRO_STATUS_SUCCESS;
}

static void say(cairo_surface_t *surface, const struct form *form, cairo_pdf_metadata_t what, const char *text)
{
	if (text)
		cairo_pdf_surface_set_metadata(surface, what, text_of_characters(form->arena, text));
}

static void describe(cairo_surface_t *surface, const struct form *form)
{
	char instant[32];
	struct tm utc;
	strftime(instant, sizeof instant, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&(time_t){form->written_at}, &utc));
	say(surface, form, CAIRO_PDF_METADATA_TITLE, form->title);
	say(surface, form, CAIRO_PDF_METADATA_AUTHOR, form->author);
	say(surface, form, CAIRO_PDF_METADATA_SUBJECT, form->subject);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "sciday");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, instant);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, instant);
}

/*
 * Says in the catalog that the document is Chinese, for screen readers: Cairo 1.16 does not. An update is appended, as an
 * editor would (ISO 32000-1, section 7.5.6). What does not look as Cairo writes it is left alone.
 */
static void add_language(struct buffer *file)
{
	size_t tail = file->length > 512 ? file->length - 512 : 0;
	const char *trailer = memmem(file->data + tail, file->length - tail, "trailer\n", strlen("trailer\n"));
	const char *start = trailer ? strstr(trailer, "startxref\n") : NULL;
	const char *root = trailer ? strstr(trailer, "/Root ") : NULL;
	if (!start || !root)
		return;
	unsigned long number = strtoul(root + strlen("/Root "), NULL, 10),
		      table = strtoul(start + strlen("startxref\n"), NULL, 10);
	const char *begin = arena_printf(file->arena, "\n%lu 0 obj\n<<", number);
	const char *catalog = memmem(file->data, file->length, begin, strlen(begin));
	const char *catalog_end = catalog ? strstr(catalog, "endobj") : NULL;
	if (!catalog_end)
		return;
	const char *rest = arena_strndup(file->arena, catalog + strlen(begin), (size_t)(catalog_end - catalog) - strlen(begin));
	const char *members =
		arena_strndup(file->arena, trailer + strlen("trailer\n<<"), (size_t)(start - trailer) - strlen("trailer\n<<"));
	size_t object = file->length;
	buffer_printf(file, "%lu 0 obj\n<< /Lang (zh-CN)\n  %sendobj\n", number, rest);
	size_t update = file->length;
	buffer_printf(file, "xref\n%lu 1\n%010zu 00000 n \ntrailer\n<< /Prev %lu\n  %sstartxref\n%zu\n%%%%EOF\n", number, object,
	              table, members, update);
}

bool pdf_render(struct typesetter *typesetter, const struct form *form, const char **ret_bytes, size_t *ret_length)
{
	struct buffer file = buffer_create(form->arena);
	PangoFontMap *map = fontmap_take(typesetter);
	struct pen pen;
	begin_pen(&pen, form, map, arena_array(form->arena, form->part_count, sizeof(unsigned)));
	count_pages(&pen);
	pen.surface = cairo_pdf_surface_create_for_stream(write_bytes, &file, PAGE_WIDTH, PAGE_HEIGHT);
	describe(pen.surface, form);
	pen.cairo = cairo_create(pen.surface);
	set_form(&pen);
	cairo_status_t status = cairo_status(pen.cairo);
	cairo_destroy(pen.cairo);
	cairo_surface_finish(pen.surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(pen.surface);
	cairo_surface_destroy(pen.surface);
	end_pen(&pen);
	fontmap_give_back(typesetter, map);
	if (status != CAIRO_STATUS_SUCCESS)
		return false;
	add_language(&file);
	*ret_bytes = file.data;
	*ret_length = file.length;
	return true;
}
