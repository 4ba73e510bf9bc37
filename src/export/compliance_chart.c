#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "export/chart.h"
#include "export/chart_parts.h"

#define VERDICTS 6
#define BAR_WIDTH 340.0
#define BAR_HEIGHT 18.0
#define ROW_HEIGHT 30.0
#define GROUP_HEIGHT 38.0
#define GROUP_GAP 8.0
#define HEADING_HEIGHT 52.0
#define COLUMN_WIDTH 76.0
#define EDGE "#3c4550" /* of a part of a bar */
#define NOTE_HEIGHT 22.0
#define NOTES_MAXIMUM 8

static const struct svg_font heading_font = {13, true, SVG_MIDDLE, CHART_INK};
static const struct svg_font group_font = {16, true, SVG_START, CHART_INK};
static const struct svg_font aside_font = {13, false, SVG_START, CHART_FAINT};
static const struct svg_font kind_font = {15, false, SVG_END, CHART_INK};

static const struct {
	const char *code;
	enum svg_pattern pattern;
} verdicts[VERDICTS] = {
	{"on_time", SVG_SOLID}, {"extended_on_time", SVG_STRIPES},
	{"late", SVG_CROSSED},  {"pending", SVG_DOTS},
	{"overdue", SVG_DENSE}, {"waived", SVG_PLAIN},
};

static const char note[] = "条形为各判定在应报事项（含免报）中的构成；报送率、按时率以应报数（不含免报）为分母。";

/* The columns to the right of the bars: what is expected, the six verdicts, and two rates. */
enum { COLUMN_EXPECTED, COLUMN_VERDICTS, COLUMN_COMPLETENESS = COLUMN_VERDICTS + VERDICTS, COLUMN_TIMELINESS, COLUMNS };

struct figure {
	struct arena *arena;
	const struct wording *wording;
	struct svg *svg;
	const json_t *compliance;
	double label_width, columns_x, width, height;
	struct chart_title title;
	const char *notes[NOTES_MAXIMUM];
	size_t note_count;
};

static double column_middle(const struct figure *figure, size_t column)
{
	return figure->columns_x + ((double)column + 0.5) * COLUMN_WIDTH;
}

static const json_t *verdict_figures(const json_t *obligations)
{
	return json_object_get(obligations, "verdicts");
}

static long long verdict_count(const json_t *obligations, size_t verdict)
{
	return chart_count(json_object_get(verdict_figures(obligations), verdicts[verdict].code));
}

/* "95.2%", and — where nothing is expected. */
static const char *percentage(const struct figure *figure, const json_t *obligations, const char *name)
{
	const json_t *rate = json_object_get(json_object_get(obligations, name), "rate");
	return json_is_number(rate) ? arena_printf(figure->arena, "%.1f%%", json_number_value(rate) * 100) : "—";
}

/* All together, and then each kind of organization. */

static size_t group_count(const struct figure *figure)
{
	return 1 + json_array_size(json_object_get(figure->compliance, "by_organization_kind"));
}

static const json_t *group_at(const struct figure *figure, size_t group)
{
	return group == 0 ? json_object_get(figure->compliance, "total")
	                  : json_array_get(json_object_get(figure->compliance, "by_organization_kind"), group - 1);
}

static const char *group_name(const struct figure *figure, size_t group)
{
	return group == 0 ? "合计"
	                  : wording_label(figure->wording, "organization_kind",
	                                  chart_text(group_at(figure, group), "organization_kind"));
}

static const char *kind_name(const struct figure *figure, const json_t *obligations)
{
	return wording_label(figure->wording, "obligation_kind", chart_text(obligations, "kind"));
}

/* How many organizations a group has, and how many of them have handed in everything. */
static const char *group_aside(const struct figure *figure, const json_t *group)
{
	const json_t *organizations = json_object_get(group, "organizations");
	return arena_printf(figure->arena, "%lld 家单位，已报齐 %lld 家", chart_count(json_object_get(organizations, "all")),
	                    chart_count(json_object_get(organizations, "complete")));
}

/* What the picture shows, in words. */
static const char *describe(const struct figure *figure, const char *caption)
{
	struct buffer words = buffer_create(figure->arena);
	buffer_printf(&words, "%s。", caption);
	for (size_t i = 0; i < group_count(figure); i++) {
		const json_t *group = group_at(figure, i), *obligations;
		buffer_printf(&words, "\n%s：%s。", group_name(figure, i), group_aside(figure, group));
		size_t at;
		json_array_foreach(json_object_get(group, "obligations"), at, obligations)
		{
			buffer_printf(&words, "%s应报 %lld", kind_name(figure, obligations),
			              chart_count(json_object_get(obligations, "expected")));
			for (size_t v = 0; v < VERDICTS; v++)
				buffer_printf(&words, "，%s %lld", wording_label(figure->wording, "verdict", verdicts[v].code),
				              verdict_count(obligations, v));
			buffer_printf(&words, "，报送率 %s，按时率 %s。", percentage(figure, obligations, "completeness"),
			              percentage(figure, obligations, "timeliness"));
		}
	}
	for (size_t i = 0; i < figure->note_count; i++)
		buffer_printf(&words, "\n%s", figure->notes[i]);
	return words.data;
}

/* Layout */

/* The Chinese half of "中文 · English". */
static const char *chinese_half(const struct figure *figure, const char *text)
{
	const char *english = strstr(text, " · ");
	return english ? arena_strndup(figure->arena, text, (size_t)(english - text)) : text;
}

static void gather_notes(struct figure *figure)
{
	double room = figure->width - 2 * CHART_MARGIN;
	figure->note_count = svg_wrap(figure->arena, note, chart_note_font.size, room, 2, figure->notes);
	const json_t *said;
	size_t at;
	json_array_foreach(json_object_get(figure->compliance, "notes"), at, said)
	{
		if (figure->note_count < NOTES_MAXIMUM)
			figure->notes[figure->note_count++] = svg_shorten(
				figure->arena, chinese_half(figure, chart_text(said, "detail")), chart_note_font.size, room);
	}
}

static void lay_out(struct figure *figure, const char *caption)
{
	figure->label_width = 0;
	double rows = 0;
	for (size_t i = 0; i < group_count(figure); i++) {
		const json_t *kinds = json_object_get(group_at(figure, i), "obligations"), *obligations;
		size_t at;
		json_array_foreach(kinds, at, obligations) figure->label_width =
			fmax(figure->label_width, svg_text_width(kind_name(figure, obligations), kind_font.size));
		rows += (double)json_array_size(kinds);
	}
	figure->label_width = fmin(fmax(figure->label_width, 90), 200) + 12;
	figure->columns_x = CHART_MARGIN + figure->label_width + BAR_WIDTH + 8;
	figure->width = figure->columns_x + COLUMNS * COLUMN_WIDTH + CHART_MARGIN;
	figure->title = chart_title_lay_out(figure->arena, "报送情况", caption, figure->width);
	gather_notes(figure);
	figure->height = figure->title.bottom + HEADING_HEIGHT + rows * ROW_HEIGHT +
	                 (double)group_count(figure) * (GROUP_HEIGHT + GROUP_GAP) + 20 +
	                 (double)figure->note_count * NOTE_HEIGHT + CHART_MARGIN - 8;
}

/* Drawing */

/* The headings of the columns; those of the verdicts are the legend of the bars as well. */
static void draw_headings(const struct figure *figure, double y)
{
	static const struct {
		size_t column;
		const char *name;
	} others[] = {{COLUMN_EXPECTED, "应报"}, {COLUMN_COMPLETENESS, "报送率"}, {COLUMN_TIMELINESS, "按时率"}};
	svg_rectangle(figure->svg, (struct svg_box){CHART_MARGIN, y, figure->width - 2 * CHART_MARGIN, HEADING_HEIGHT},
	              CHART_PAPER, NULL);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		svg_text(figure->svg, column_middle(figure, others[i].column), y + HEADING_HEIGHT / 2, &heading_font,
		         others[i].name, NULL);
	for (size_t v = 0; v < VERDICTS; v++) {
		double middle = column_middle(figure, COLUMN_VERDICTS + v);
		const char *name = wording_label(figure->wording, "verdict", verdicts[v].code);
		svg_rectangle(figure->svg, (struct svg_box){middle - 16, y + 9, 32, 14}, svg_pattern_fill(verdicts[v].pattern),
		              EDGE);
		svg_text(figure->svg, middle, y + 38, &heading_font,
		         svg_shorten(figure->arena, name, heading_font.size, COLUMN_WIDTH - 4), name);
	}
}

static void draw_bar(const struct figure *figure, const json_t *obligations, double y)
{
	double x = CHART_MARGIN + figure->label_width;
	struct svg_box whole = {x, y + (ROW_HEIGHT - BAR_HEIGHT) / 2, BAR_WIDTH, BAR_HEIGHT};
	long long all = 0;
	for (size_t v = 0; v < VERDICTS; v++)
		all += verdict_count(obligations, v);
	svg_rectangle(figure->svg, whole, CHART_WHITE, CHART_RULE);
	for (size_t v = 0; v < VERDICTS; v++) {
		long long count = verdict_count(obligations, v);
		if (count == 0)
			continue;
		double width = BAR_WIDTH * (double)count / (double)all;
		svg_rectangle(figure->svg, (struct svg_box){x, whole.y, width, BAR_HEIGHT}, svg_pattern_fill(verdicts[v].pattern),
		              EDGE);
		x += width;
	}
}

static void draw_number(const struct figure *figure, size_t column, double y, long long count)
{
	const struct svg_font font = {14, false, SVG_MIDDLE, count == 0 ? CHART_FAINT : CHART_INK};
	svg_text(figure->svg, column_middle(figure, column), y, &font, chart_digits(figure->arena, count), NULL);
}

static void draw_obligations(const struct figure *figure, const json_t *obligations, double y)
{
	static const struct svg_font rate_font = {14, true, SVG_MIDDLE, CHART_INK};
	double middle = y + ROW_HEIGHT / 2;
	const char *name = kind_name(figure, obligations);
	svg_text(figure->svg, CHART_MARGIN + figure->label_width - 12, middle, &kind_font,
	         svg_shorten(figure->arena, name, kind_font.size, figure->label_width - 12), name);
	draw_bar(figure, obligations, y);
	draw_number(figure, COLUMN_EXPECTED, middle, chart_count(json_object_get(obligations, "expected")));
	for (size_t v = 0; v < VERDICTS; v++)
		draw_number(figure, COLUMN_VERDICTS + v, middle, verdict_count(obligations, v));
	svg_text(figure->svg, column_middle(figure, COLUMN_COMPLETENESS), middle, &rate_font,
	         percentage(figure, obligations, "completeness"), NULL);
	svg_text(figure->svg, column_middle(figure, COLUMN_TIMELINESS), middle, &rate_font,
	         percentage(figure, obligations, "timeliness"), NULL);
}

/* Returns where the next group begins. */
static double draw_group(const struct figure *figure, size_t group, double y)
{
	const char *name = group_name(figure, group);
	double right = figure->width - CHART_MARGIN;
	svg_text(figure->svg, CHART_MARGIN, y + GROUP_HEIGHT / 2 + 3, &group_font, name, NULL);
	svg_text(figure->svg, CHART_MARGIN + svg_text_width(name, group_font.size) + 16, y + GROUP_HEIGHT / 2 + 3, &aside_font,
	         group_aside(figure, group_at(figure, group)), NULL);
	y += GROUP_HEIGHT;
	const json_t *obligations;
	size_t at;
	json_array_foreach(json_object_get(group_at(figure, group), "obligations"), at, obligations)
	{
		draw_obligations(figure, obligations, y);
		y += ROW_HEIGHT;
	}
	y += GROUP_GAP;
	svg_line(figure->svg, CHART_MARGIN, y, right, y, CHART_RULE);
	return y;
}

const char *chart_compliance(struct arena *arena, const struct wording *wording, const json_t *compliance, const char *caption,
                             size_t *ret_length)
{
	struct figure figure = {.arena = arena, .wording = wording, .compliance = compliance};
	lay_out(&figure, caption);
	figure.svg = svg_begin(arena, figure.width, figure.height, figure.title.title, describe(&figure, caption));
	chart_title_draw(figure.svg, &figure.title);
	double y = figure.title.bottom;
	draw_headings(&figure, y);
	y += HEADING_HEIGHT;
	for (size_t i = 0; i < group_count(&figure); i++)
		y = draw_group(&figure, i, y);
	y += 24;
	for (size_t i = 0; i < figure.note_count; i++, y += NOTE_HEIGHT)
		svg_text(figure.svg, CHART_MARGIN, y, &chart_note_font, figure.notes[i], NULL);
	return svg_end(figure.svg, ret_length);
}
