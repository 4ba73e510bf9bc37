#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "export/chart.h"
#include "export/svg.h"

#define MARGIN 32.0
#define INK "#1a1a1a"
#define FAINT "#5a6470"
#define RULE "#aab2bc"
#define WHITE "#ffffff"
#define PAPER "#f4f6f8"
#define GAP 6.0 /* between the cells and their totals */
#define HEADING_LINES 3
#define STEPS 5
#define LEGEND_SWATCH 18.0

static const struct svg_font title_font = {22, true, SVG_START, INK};
static const struct svg_font caption_font = {14, false, SVG_START, FAINT};
static const struct svg_font heading_font = {14, true, SVG_MIDDLE, INK};
static const struct svg_font row_font = {15, false, SVG_END, INK};
static const struct svg_font note_font = {13, false, SVG_START, INK};

/* From few to many, each darker than the one before it in grey as well; and the ink that can be read on it. */
static const struct {
	const char *fill, *ink;
} steps[STEPS + 1] = {
	{WHITE, FAINT}, {"#e8f1fa", INK}, {"#bfd8ee", INK}, {"#86b4dc", INK}, {"#3274b3", WHITE}, {"#174a7e", WHITE},
};

struct grid {
	struct arena *arena;
	const json_t *matrix;
	size_t rows, columns;
	json_int_t most;  /* in a cell */
	double left, top; /* of the cells */
	double cell_width, cell_height, width, height;
	const char *(*headings)[HEADING_LINES];
	size_t *heading_lines;
	const char *captions[3];
	size_t caption_lines;
};

static const char *text_at(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static json_int_t figure_count(const json_t *figure)
{
	return json_integer_value(json_object_get(figure, "count"));
}

static const json_t *axis(const struct grid *grid, const char *name)
{
	return json_object_get(grid->matrix, name);
}

static const json_t *row_at(const struct grid *grid, size_t row)
{
	return json_array_get(json_object_get(grid->matrix, "cells"), row);
}

static json_int_t cell_count(const struct grid *grid, size_t row, size_t column)
{
	return figure_count(json_array_get(json_object_get(row_at(grid, row), "cells"), column));
}

static const char *column_name(const struct grid *grid, size_t column)
{
	return text_at(json_array_get(json_object_get(axis(grid, "columns"), "keys"), column), "name");
}

static const char *digits(const struct grid *grid, json_int_t count)
{
	return arena_printf(grid->arena, "%lld", (long long)count);
}

static double larger(double one, double other)
{
	return one > other ? one : other;
}

static double smaller(double one, double other)
{
	return one < other ? one : other;
}

/* 0 for none, else 1 to STEPS. */
static size_t step_of(const struct grid *grid, json_int_t count)
{
	return count == 0 ? 0 : (size_t)((count * STEPS + grid->most - 1) / grid->most);
}

/* What the picture is of: everything in words, row by row, for who cannot see it. */
static const char *describe(const struct grid *grid)
{
	struct buffer words = buffer_create(grid->arena);
	buffer_printf(&words, "%s。行为%s，列为%s，每格为活动数。", text_at(grid->matrix, "caption"),
	              text_at(axis(grid, "rows"), "name"), text_at(axis(grid, "columns"), "name"));
	for (size_t i = 0; i < grid->rows; i++) {
		buffer_printf(&words, "\n%s：", text_at(row_at(grid, i), "name"));
		for (size_t j = 0; j < grid->columns; j++)
			buffer_printf(&words, "%s %lld，", column_name(grid, j), (long long)cell_count(grid, i, j));
		buffer_printf(&words, "合计 %lld。", (long long)figure_count(json_object_get(row_at(grid, i), "total")));
	}
	buffer_append_string(&words, "\n合计：");
	for (size_t j = 0; j < grid->columns; j++)
		buffer_printf(&words, "%s %lld，", column_name(grid, j),
		              (long long)figure_count(json_array_get(axis(grid, "column_totals"), j)));
	buffer_printf(&words, "总数 %lld。", (long long)figure_count(axis(grid, "total")));
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
	                    text_at(axis(grid, name), "name"), strcmp(name, "rows") == 0 ? "各行" : "各列",
	                    (long long)json_integer_value(json_object_get(repeated, "sum_of_totals")),
	                    (long long)figure_count(axis(grid, "total")));
}

/* Layout */

static void measure_cells(struct grid *grid)
{
	json_int_t most = figure_count(axis(grid, "total"));
	double widest = svg_text_width(digits(grid, most), 16);
	/* So wide that the slanting line of the corner, from its upper left, passes between the two names. */
	double label = (larger(svg_text_width(text_at(axis(grid, "rows"), "name"), heading_font.size),
	                       svg_text_width(text_at(axis(grid, "columns"), "name"), heading_font.size)) +
	                16) /
	               0.58;
	for (size_t i = 0; i < grid->rows; i++) {
		label = larger(label, svg_text_width(text_at(row_at(grid, i), "name"), row_font.size) + 28);
		for (size_t j = 0; j < grid->columns; j++)
			if (cell_count(grid, i, j) > grid->most)
				grid->most = cell_count(grid, i, j);
	}
	grid->left = MARGIN + smaller(label, 240);
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

static void lay_out(struct grid *grid, size_t note_count)
{
	measure_cells(grid);
	grid->width = larger(grid->left + (double)(grid->columns + 1) * grid->cell_width + GAP + MARGIN, 560);
	grid->caption_lines = svg_wrap(grid->arena, text_at(grid->matrix, "caption"), caption_font.size, grid->width - 2 * MARGIN,
	                               3, grid->captions);
	double heading_height = larger((double)wrap_headings(grid) * 18 + 16, 56);
	grid->top = MARGIN + 36 + (double)grid->caption_lines * 20 + 12 + heading_height;
	grid->height = grid->top + (double)(grid->rows + 1) * grid->cell_height + GAP + 28 + LEGEND_SWATCH + 18 +
	               (double)note_count * 22 + MARGIN - 10;
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

static void draw_titles(const struct grid *grid, struct svg *svg, const char *title)
{
	svg_text(svg, MARGIN, MARGIN + 12, &title_font,
	         svg_shorten(grid->arena, title, title_font.size, grid->width - 2 * MARGIN), title);
	for (size_t i = 0; i < grid->caption_lines; i++)
		svg_text(svg, MARGIN, MARGIN + 44 + (double)i * 20, &caption_font, grid->captions[i], NULL);
}

/* The corner has a slanting line, with the name of the rows below it and that of the columns above, as offices draw tables. */
static void draw_headings(const struct grid *grid, struct svg *svg)
{
	double above = MARGIN + 36 + (double)grid->caption_lines * 20 + 12;
	double height = grid->top - above, middle = above + height / 2;
	svg_rectangle(svg, (struct svg_box){MARGIN, above, grid->left - MARGIN, height}, PAPER, RULE);
	svg_line(svg, MARGIN, above, grid->left, grid->top, RULE);
	const struct svg_font below_font = {14, true, SVG_START, INK}, above_font = {14, true, SVG_END, INK};
	svg_text(svg, MARGIN + 10, grid->top - 16, &below_font, text_at(axis(grid, "rows"), "name"), NULL);
	svg_text(svg, grid->left - 10, above + 16, &above_font, text_at(axis(grid, "columns"), "name"), NULL);
	for (size_t j = 0; j <= grid->columns; j++) {
		double x = column_x(grid, j);
		svg_rectangle(svg, (struct svg_box){x, above, grid->cell_width, height}, PAPER, RULE);
		size_t lines = j < grid->columns ? grid->heading_lines[j] : 1;
		for (size_t k = 0; k < lines; k++)
			svg_text(svg, x + grid->cell_width / 2, middle + ((double)k - (double)(lines - 1) / 2) * 18,
			         &heading_font, j < grid->columns ? grid->headings[j][k] : "合计",
			         j < grid->columns ? column_name(grid, j) : NULL);
	}
}

static void draw_number(const struct grid *grid, struct svg *svg, struct svg_box box, json_int_t count, const char *fill,
                        const char *ink, bool bold)
{
	const struct svg_font font = {16, bold, SVG_MIDDLE, ink};
	svg_rectangle(svg, box, fill, RULE);
	svg_text(svg, box.x + box.width / 2, box.y + box.height / 2, &font, digits(grid, count), NULL);
}

static void draw_row(const struct grid *grid, struct svg *svg, size_t row)
{
	bool is_total = row == grid->rows;
	const char *name = is_total ? "合计" : text_at(row_at(grid, row), "name");
	double y = row_y(grid, row), label_width = grid->left - MARGIN;
	const struct svg_font font = {row_font.size, is_total, SVG_END, INK};
	svg_rectangle(svg, (struct svg_box){MARGIN, y, label_width, grid->cell_height}, PAPER, RULE);
	svg_text(svg, grid->left - 12, y + grid->cell_height / 2, &font,
	         svg_shorten(grid->arena, name, font.size, label_width - 24), name);
	for (size_t j = 0; j <= grid->columns; j++) {
		struct svg_box box = {column_x(grid, j), y, grid->cell_width, grid->cell_height};
		if (is_total || j == grid->columns) {
			const json_t *figure = !is_total           ? json_object_get(row_at(grid, row), "total")
			                       : j < grid->columns ? json_array_get(axis(grid, "column_totals"), j)
			                                           : axis(grid, "total");
			draw_number(grid, svg, box, figure_count(figure), WHITE, INK, true);
		} else {
			json_int_t count = cell_count(grid, row, j);
			size_t step = step_of(grid, count);
			draw_number(grid, svg, box, count, steps[step].fill, steps[step].ink, false);
		}
	}
}

/* What each shade stands for; a shade that no whole number has is left out. */
static void draw_legend(const struct grid *grid, struct svg *svg, double y)
{
	static const char label[] = "每格活动数";
	svg_text(svg, MARGIN, y + LEGEND_SWATCH / 2, &note_font, label, NULL);
	double x = MARGIN + svg_text_width(label, note_font.size) + 16;
	json_int_t first = 0;
	for (size_t step = 0; step <= STEPS && first <= grid->most; step++) {
		json_int_t last = (json_int_t)step * grid->most / STEPS;
		if (last < first)
			continue;
		const char *range = first == last ? digits(grid, first)
		                                  : arena_printf(grid->arena, "%lld～%lld", (long long)first, (long long)last);
		svg_rectangle(svg, (struct svg_box){x, y, LEGEND_SWATCH * 1.5, LEGEND_SWATCH}, steps[step].fill, RULE);
		svg_text(svg, x + LEGEND_SWATCH * 1.5 + 8, y + LEGEND_SWATCH / 2, &note_font, range, NULL);
		x += LEGEND_SWATCH * 1.5 + 8 + svg_text_width(range, note_font.size) + 20;
		first = last + 1;
	}
}

const char *chart_matrix(struct arena *arena, const json_t *matrix, size_t *ret_length)
{
	struct grid grid = {.arena = arena, .matrix = matrix};
	grid.rows = json_array_size(axis(&grid, "cells"));
	grid.columns = json_array_size(json_object_get(axis(&grid, "columns"), "keys"));
	const char *notes[] = {repeated_note(&grid, "rows"), repeated_note(&grid, "columns")};
	lay_out(&grid, (notes[0] ? 1U : 0U) + (notes[1] ? 1U : 0U));
	const char *title = arena_printf(arena, "活动分布：%s × %s", text_at(axis(&grid, "rows"), "name"),
	                                 text_at(axis(&grid, "columns"), "name"));

	struct svg *svg = svg_begin(arena, grid.width, grid.height, title, describe(&grid));
	draw_titles(&grid, svg, title);
	draw_headings(&grid, svg);
	for (size_t i = 0; i <= grid.rows; i++)
		draw_row(&grid, svg, i);
	double y = row_y(&grid, grid.rows) + grid.cell_height + 28;
	draw_legend(&grid, svg, y);
	y += LEGEND_SWATCH + 22;
	for (size_t i = 0; i < 2; i++) {
		if (!notes[i])
			continue;
		svg_text(svg, MARGIN, y, &note_font, svg_shorten(arena, notes[i], note_font.size, grid.width - 2 * MARGIN),
		         notes[i]);
		y += 22;
	}
	return svg_end(svg, ret_length);
}
