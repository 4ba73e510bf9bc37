#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "export/chart.h"
#include "export/chart_parts.h"

#define GAP 6.0 /* between the cells and their totals */
#define HEADING_LINES 3
#define STEPS 5
#define FEW 25 /* activities in the fullest cell: up to so many, the shades are in equal steps */
#define LEGEND_SWATCH 18.0
#define LEGEND_GAP 20.0

static const struct svg_font heading_font = {14, true, SVG_MIDDLE, CHART_INK};
static const struct svg_font row_font = {15, false, SVG_END, CHART_INK};

/* From few to many, each darker than the one before it in grey as well; and the ink that can be read on it. */
static const struct {
	const char *fill, *ink;
} steps[STEPS + 1] = {
	{CHART_WHITE, CHART_FAINT}, {"#e8f1fa", CHART_INK},   {"#bfd8ee", CHART_INK},
	{"#86b4dc", CHART_INK},     {"#3274b3", CHART_WHITE}, {"#174a7e", CHART_WHITE},
};

struct grid {
	struct arena *arena;
	const json_t *matrix;
	size_t rows, columns;
	long long most;   /* in a cell */
	double left, top; /* of the cells */
	double cell_width, cell_height, width, height;
	const char *(*headings)[HEADING_LINES];
	size_t *heading_lines;
	struct chart_title title;
};

static const json_t *axis(const struct grid *grid, const char *name)
{
	return json_object_get(grid->matrix, name);
}

static const json_t *row_at(const struct grid *grid, size_t row)
{
	return json_array_get(json_object_get(grid->matrix, "cells"), row);
}

static long long cell_count(const struct grid *grid, size_t row, size_t column)
{
	return chart_count(json_array_get(json_object_get(row_at(grid, row), "cells"), column));
}

static const char *column_name(const struct grid *grid, size_t column)
{
	return chart_text(json_array_get(json_object_get(axis(grid, "columns"), "keys"), column), "name");
}

static double larger(double one, double other)
{
	return one > other ? one : other;
}

static double smaller(double one, double other)
{
	return one < other ? one : other;
}

/* The most that a shade stands for. Where there are many, each reaches further than the one before it, so that one crowded row
 * does not leave all others pale. */
static long long limit_of(const struct grid *grid, size_t step)
{
	long long shade = (long long)step;
	return grid->most > FEW ? grid->most * shade * shade / (STEPS * STEPS) : grid->most * shade / STEPS;
}

/* The shade of a cell: 0 for none, else 1 to STEPS. */
static size_t step_of(const struct grid *grid, long long count)
{
	size_t step = 0;
	while (limit_of(grid, step) < count)
		step++;
	return step;
}

/* What the picture is of: everything in words, row by row, for who cannot see it. */
static const char *describe(const struct grid *grid)
{
	struct buffer words = buffer_create(grid->arena);
	buffer_printf(&words, "%s。行为%s，列为%s，每格为活动数。", chart_text(grid->matrix, "caption"),
	              chart_text(axis(grid, "rows"), "name"), chart_text(axis(grid, "columns"), "name"));
	for (size_t i = 0; i < grid->rows; i++) {
		buffer_printf(&words, "\n%s：", chart_text(row_at(grid, i), "name"));
		for (size_t j = 0; j < grid->columns; j++)
			buffer_printf(&words, "%s %lld，", column_name(grid, j), cell_count(grid, i, j));
		buffer_printf(&words, "合计 %lld。", chart_count(json_object_get(row_at(grid, i), "total")));
	}
	buffer_append_string(&words, "\n合计：");
	for (size_t j = 0; j < grid->columns; j++)
		buffer_printf(&words, "%s %lld，", column_name(grid, j),
		              chart_count(json_array_get(axis(grid, "column_totals"), j)));
	buffer_printf(&words, "总数 %lld。", chart_count(axis(grid, "total")));
	return words.data;
}

/* What counts more than once in a dimension, or NULL. */
static const char *repeated_note(const struct grid *grid, const char *name)
{
	const json_t *repeated = json_object_get(axis(grid, "counted_more_than_once"), name);
	long long activities = json_integer_value(json_object_get(repeated, "activities"));
	if (activities == 0)
		return NULL;
	return arena_printf(grid->arena, "%lld 项活动有不止一个%s，各计一次；%s合计之和 %lld，总数 %lld。", activities,
	                    chart_text(axis(grid, name), "name"), strcmp(name, "rows") == 0 ? "各行" : "各列",
	                    (long long)json_integer_value(json_object_get(repeated, "sum_of_totals")),
	                    chart_count(axis(grid, "total")));
}

/* Layout */

static void measure_cells(struct grid *grid)
{
	long long most = chart_count(axis(grid, "total"));
	double widest = svg_text_width(chart_digits(grid->arena, most), 16);
	/* So wide that the slanting line of the corner, from its upper left, passes between the two names. */
	double label = (larger(svg_text_width(chart_text(axis(grid, "rows"), "name"), heading_font.size),
	                       svg_text_width(chart_text(axis(grid, "columns"), "name"), heading_font.size)) +
	                16) /
	               0.58;
	for (size_t i = 0; i < grid->rows; i++) {
		label = larger(label, svg_text_width(chart_text(row_at(grid, i), "name"), row_font.size) + 28);
		for (size_t j = 0; j < grid->columns; j++)
			if (cell_count(grid, i, j) > grid->most)
				grid->most = cell_count(grid, i, j);
	}
	grid->left = CHART_MARGIN + smaller(label, 240);
	grid->cell_width = larger(grid->columns <= 6 ? 96 : grid->columns <= 14 ? 72 : 60, widest + 16);
	grid->cell_height = grid->rows <= 20 ? 42 : 30;
}

/* How wide the lines of a heading are when as few as it needs are filled alike: 南京市 and 科协, not 南京市科 and 协. */
static double even_width(const char *name, double room)
{
	double whole = svg_text_width(name, heading_font.size);
	double lines = ceil(whole / room);
	return lines <= 1 ? room : smaller(room, ceil(whole / lines / heading_font.size) * heading_font.size);
}

static size_t wrap_headings(struct grid *grid)
{
	size_t most = 1;
	grid->headings = arena_array(grid->arena, grid->columns + 1, sizeof *grid->headings);
	grid->heading_lines = arena_array(grid->arena, grid->columns + 1, sizeof *grid->heading_lines);
	for (size_t j = 0; j < grid->columns; j++) {
		const char *name = column_name(grid, j);
		grid->heading_lines[j] = svg_wrap(grid->arena, name, heading_font.size, even_width(name, grid->cell_width - 10),
		                                  HEADING_LINES, grid->headings[j]);
		if (grid->heading_lines[j] > most)
			most = grid->heading_lines[j];
	}
	return most;
}

static const char legend_label[] = "每格活动数";

/* What a shade stands for; NULL if that is no whole number. */
static const char *range_of(const struct grid *grid, size_t step)
{
	long long first = step == 0 ? 0 : limit_of(grid, step - 1) + 1, last = limit_of(grid, step);
	if (last < first)
		return NULL;
	return first == last ? chart_digits(grid->arena, first) : arena_printf(grid->arena, "%lld～%lld", first, last);
}

static double legend_entry_width(const char *range)
{
	return LEGEND_SWATCH * 1.5 + 8 + svg_text_width(range, chart_note_font.size) + LEGEND_GAP;
}

static double legend_width(const struct grid *grid)
{
	double width = svg_text_width(legend_label, chart_note_font.size) + LEGEND_GAP;
	for (size_t step = 0; step <= STEPS; step++)
		width += range_of(grid, step) ? legend_entry_width(range_of(grid, step)) : 0;
	return width;
}

static void lay_out(struct grid *grid, size_t note_count)
{
	measure_cells(grid);
	grid->width = larger(grid->left + (double)(grid->columns + 1) * grid->cell_width + GAP + CHART_MARGIN,
	                     larger(560, legend_width(grid) + 2 * CHART_MARGIN));
	const char *name = arena_printf(grid->arena, "活动分布：%s × %s", chart_text(axis(grid, "rows"), "name"),
	                                chart_text(axis(grid, "columns"), "name"));
	grid->title = chart_title_lay_out(grid->arena, name, chart_text(grid->matrix, "caption"), grid->width);
	double heading_height = larger((double)wrap_headings(grid) * 18 + 16, 56);
	grid->top = grid->title.bottom + heading_height;
	grid->height = grid->top + (double)(grid->rows + 1) * grid->cell_height + GAP + 28 + LEGEND_SWATCH + 18 +
	               (double)note_count * 22 + CHART_MARGIN - 10;
}

static double column_x(const struct grid *grid, size_t column)
{
	return grid->left + (double)column * grid->cell_width + (column == grid->columns ? GAP : 0);
}

static double row_y(const struct grid *grid, size_t row)
{
	return grid->top + (double)row * grid->cell_height + (row == grid->rows ? GAP : 0);
}

/* Drawing */

/* The corner has a slanting line, with the name of the rows below it and that of the columns above, as offices draw tables. */
static void draw_headings(const struct grid *grid, struct svg *svg)
{
	double above = grid->title.bottom;
	double height = grid->top - above, middle = above + height / 2;
	svg_rectangle(svg, (struct svg_box){CHART_MARGIN, above, grid->left - CHART_MARGIN, height}, CHART_PAPER, CHART_RULE);
	svg_line(svg, CHART_MARGIN, above, grid->left, grid->top, CHART_RULE);
	const struct svg_font below_font = {14, true, SVG_START, CHART_INK}, above_font = {14, true, SVG_END, CHART_INK};
	svg_text(svg, CHART_MARGIN + 10, grid->top - 16, &below_font, chart_text(axis(grid, "rows"), "name"), NULL);
	svg_text(svg, grid->left - 10, above + 16, &above_font, chart_text(axis(grid, "columns"), "name"), NULL);
	for (size_t j = 0; j <= grid->columns; j++) {
		double x = column_x(grid, j);
		svg_rectangle(svg, (struct svg_box){x, above, grid->cell_width, height}, CHART_PAPER, CHART_RULE);
		size_t lines = j < grid->columns ? grid->heading_lines[j] : 1;
		for (size_t k = 0; k < lines; k++)
			svg_text(svg, x + grid->cell_width / 2, middle + ((double)k - (double)(lines - 1) / 2) * 18,
			         &heading_font, j < grid->columns ? grid->headings[j][k] : "合计",
			         j < grid->columns ? column_name(grid, j) : NULL);
	}
}

static void draw_number(const struct grid *grid, struct svg *svg, struct svg_box box, long long count, const char *fill,
                        const char *ink, bool bold)
{
	const struct svg_font font = {16, bold, SVG_MIDDLE, ink};
	svg_rectangle(svg, box, fill, CHART_RULE);
	svg_text(svg, box.x + box.width / 2, box.y + box.height / 2, &font, chart_digits(grid->arena, count), NULL);
}

static void draw_row(const struct grid *grid, struct svg *svg, size_t row)
{
	bool is_total = row == grid->rows;
	const char *name = is_total ? "合计" : chart_text(row_at(grid, row), "name");
	double y = row_y(grid, row), label_width = grid->left - CHART_MARGIN;
	const struct svg_font font = {row_font.size, is_total, SVG_END, CHART_INK};
	svg_rectangle(svg, (struct svg_box){CHART_MARGIN, y, label_width, grid->cell_height}, CHART_PAPER, CHART_RULE);
	svg_text(svg, grid->left - 12, y + grid->cell_height / 2, &font,
	         svg_shorten(grid->arena, name, font.size, label_width - 24), name);
	for (size_t j = 0; j <= grid->columns; j++) {
		struct svg_box box = {column_x(grid, j), y, grid->cell_width, grid->cell_height};
		if (is_total || j == grid->columns) {
			const json_t *figure = !is_total           ? json_object_get(row_at(grid, row), "total")
			                       : j < grid->columns ? json_array_get(axis(grid, "column_totals"), j)
			                                           : axis(grid, "total");
			draw_number(grid, svg, box, chart_count(figure), CHART_WHITE, CHART_INK, true);
		} else {
			long long count = cell_count(grid, row, j);
			size_t step = step_of(grid, count);
			draw_number(grid, svg, box, count, steps[step].fill, steps[step].ink, false);
		}
	}
}

static void draw_legend(const struct grid *grid, struct svg *svg, double y)
{
	svg_text(svg, CHART_MARGIN, y + LEGEND_SWATCH / 2, &chart_note_font, legend_label, NULL);
	double x = CHART_MARGIN + svg_text_width(legend_label, chart_note_font.size) + LEGEND_GAP;
	for (size_t step = 0; step <= STEPS; step++) {
		const char *range = range_of(grid, step);
		if (!range)
			continue;
		svg_rectangle(svg, (struct svg_box){x, y, LEGEND_SWATCH * 1.5, LEGEND_SWATCH}, steps[step].fill, CHART_RULE);
		svg_text(svg, x + LEGEND_SWATCH * 1.5 + 8, y + LEGEND_SWATCH / 2, &chart_note_font, range, NULL);
		x += legend_entry_width(range);
	}
}

const char *chart_matrix(struct arena *arena, const json_t *matrix, size_t *ret_length)
{
	struct grid grid = {.arena = arena, .matrix = matrix};
	grid.rows = json_array_size(axis(&grid, "cells"));
	grid.columns = json_array_size(json_object_get(axis(&grid, "columns"), "keys"));
	const char *notes[] = {repeated_note(&grid, "rows"), repeated_note(&grid, "columns")};
	lay_out(&grid, (notes[0] ? 1U : 0U) + (notes[1] ? 1U : 0U));
	struct svg *svg = svg_begin(arena, grid.width, grid.height, grid.title.title, describe(&grid));
	chart_title_draw(svg, &grid.title);
	draw_headings(&grid, svg);
	for (size_t i = 0; i <= grid.rows; i++)
		draw_row(&grid, svg, i);
	double y = row_y(&grid, grid.rows) + grid.cell_height + 28;
	draw_legend(&grid, svg, y);
	y += LEGEND_SWATCH + 22;
	for (size_t i = 0; i < 2; i++) {
		if (!notes[i])
			continue;
		svg_text(svg, CHART_MARGIN, y, &chart_note_font,
		         svg_shorten(arena, notes[i], chart_note_font.size, grid.width - 2 * CHART_MARGIN), notes[i]);
		y += 22;
	}
	return svg_end(svg, ret_length);
}
