#include "export/xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "base/arena.h"
#include "base/text.h"
#include "export/cell.h"
#include "export/temporary_file.h"

#define NAME_MAXIMUM 31 /* characters of a sheet's name */
#define WIDTH_MINIMUM 8
#define WIDTH_MAXIMUM 60
#define MEASURED 1000 /* rows of a sheet whose texts make its widths */
#define PAPER_A4 9
#define WIDTH_MARGIN 2     /* beside the text, for the filter's button */
#define PAGE_WIDTH 150     /* characters: a table that is not wider is printed no wider than a page */
#define SMALL_NUMBER 10    /* up to which a chart has a line for each whole number */
#define SERIES_MAXIMUM 255 /* of a chart; Excel takes the whole file for broken that has more */
#define CHART_WIDTH 2.0
#define CHART_HEIGHT 1.5

struct xlsx {
	struct arena *arena;
	struct wording *wording;
	int descriptor;
	lxw_workbook *workbook; /* NULL once it is closed */
	lxw_format *heading, *text, *number, *date, *instant, *rate;
	struct xlsx_sheet *sheets;
	bool has_failed;
};

struct xlsx_sheet {
	struct xlsx *xlsx;
	const char *name;             /* as it was given */
	const struct column *columns; /* those that are shown */
	size_t count;
	lxw_worksheet *worksheet; /* the one being written */
	lxw_row_t next;
	size_t *widths;
	double largest; /* of its numbers */
	struct xlsx_sheet *before;
};

/* Of a workbook that is given up: the library (1.1) closes the temporary files of its sheets only where it writes it. */
static void give_up(lxw_workbook *workbook)
{
	lxw_worksheet *worksheet;
	LXW_FOREACH_WORKSHEET(worksheet, workbook)
	{
		if (worksheet->optimize_tmpfile)
			fclose(worksheet->optimize_tmpfile);
		worksheet->optimize_tmpfile = NULL;
	}
	lxw_workbook_free(workbook);
}

static void release_xlsx(void *object)
{
	struct xlsx *xlsx = object;
	if (xlsx->workbook)
		give_up(xlsx->workbook);
	close(xlsx->descriptor);
}

static lxw_format *add_format(struct xlsx *xlsx, const char *number_format)
{
	lxw_format *format = workbook_add_format(xlsx->workbook);
	format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
	if (number_format)
		format_set_num_format(format, number_format);
	return format;
}

struct xlsx *xlsx_create(struct arena *arena, struct wording *wording)
{
	int descriptor = temporary_file_create();
	if (descriptor < 0)
		return NULL;
	struct xlsx *xlsx = arena_alloc(arena, sizeof *xlsx);
	*xlsx = (struct xlsx){.arena = arena, .wording = wording, .descriptor = descriptor};
	temporary_file_forget();
	lxw_workbook_options options = {.constant_memory = 1, .use_zip64 = 1};
	/* The library takes a name alone; this one leads to the open file. */
	xlsx->workbook = workbook_new_opt(arena_printf(arena, "/proc/self/fd/%d", descriptor), &options);
	arena_defer(arena, release_xlsx, xlsx);
	if (!xlsx->workbook)
		return NULL;
	xlsx->heading = add_format(xlsx, NULL);
	format_set_bold(xlsx->heading);
	format_set_text_wrap(xlsx->heading);
	format_set_bottom(xlsx->heading, LXW_BORDER_THIN);
	xlsx->text = add_format(xlsx, "@");
	format_set_text_wrap(xlsx->text);
	xlsx->number = add_format(xlsx, NULL);
	xlsx->date = add_format(xlsx, "yyyy-mm-dd");
	xlsx->instant = add_format(xlsx, "yyyy-mm-dd hh:mm");
	xlsx->rate = add_format(xlsx, "0.0%");
	return xlsx;
}

/* Names */

/* At most `maximum` characters of the name, with what Excel refuses made a "-", and room for no more. */
static const char *clean_name(struct arena *arena, const char *name, size_t maximum)
{
	name = text_visible(arena, text_of_characters(arena, name));
	char *clean = arena_strdup(arena, *name ? name : "-");
	size_t characters = 0;
	for (char *at = clean; *at; at++) {
		if (((unsigned char)*at & 0xC0) != 0x80 && ++characters > maximum) {
			*at = '\0';
			break;
		}
		if ((unsigned char)*at < ' ' || strchr("[]:*?/\\", *at))
			*at = '-';
	}
	char *last = clean + strlen(clean) - 1;
	if (*clean == '\'')
		*clean = '-';
	if (*last == '\'')
		*last = '-';
	return clean;
}

/* The name cleaned, with a number behind it if it is another sheet's already. */
static const char *free_name(struct xlsx *xlsx, const char *name)
{
	const char *clean = clean_name(xlsx->arena, name, NAME_MAXIMUM);
	for (unsigned number = 2; workbook_validate_sheet_name(xlsx->workbook, clean) != LXW_NO_ERROR; number++) {
		const char *end = arena_printf(xlsx->arena, " (%u)", number);
		clean = arena_printf(xlsx->arena, "%s%s", clean_name(xlsx->arena, name, NAME_MAXIMUM - strlen(end)), end);
	}
	return clean;
}

/* Sheets */

static void widen(struct xlsx_sheet *sheet, size_t column, const char *text)
{
	size_t width = text_width(text) + WIDTH_MARGIN;
	if (width > sheet->widths[column])
		sheet->widths[column] = width < WIDTH_MAXIMUM ? width : WIDTH_MAXIMUM;
}

static void begin_worksheet(struct xlsx_sheet *sheet)
{
	struct xlsx *xlsx = sheet->xlsx;
	sheet->next = 1;
	sheet->worksheet = workbook_add_worksheet(xlsx->workbook, free_name(xlsx, sheet->name));
	if (!sheet->worksheet) { /* there is no file for it */
		xlsx->has_failed = true;
		return;
	}
	worksheet_freeze_panes(sheet->worksheet, 1, 0);
	worksheet_set_landscape(sheet->worksheet);
	worksheet_set_paper(sheet->worksheet, PAPER_A4);
	worksheet_repeat_rows(sheet->worksheet, 0, 0);
	for (size_t i = 0; i < sheet->count; i++) {
		const char *heading = text_of_characters(xlsx->arena, wording_heading(xlsx->wording, &sheet->columns[i]));
		sheet->widths[i] = WIDTH_MINIMUM;
		widen(sheet, i, heading);
		worksheet_write_string(sheet->worksheet, 0, (lxw_col_t)i, heading, xlsx->heading);
	}
}

/* What can be said only when all rows are there. */
static void end_worksheet(struct xlsx_sheet *sheet)
{
	size_t width = 0;
	if (!sheet->worksheet)
		return;
	for (size_t i = 0; i < sheet->count; i++) {
		width += sheet->widths[i];
		worksheet_set_column(sheet->worksheet, (lxw_col_t)i, (lxw_col_t)i, (double)sheet->widths[i], NULL);
	}
	if (width <= PAGE_WIDTH)
		worksheet_fit_to_pages(sheet->worksheet, 1, 0);
	if (sheet->count > 0)
		worksheet_autofilter(sheet->worksheet, 0, 0, sheet->next - 1, (lxw_col_t)(sheet->count - 1));
}

struct xlsx_sheet *xlsx_add_sheet(struct xlsx *xlsx, const char *name, const struct column *columns, size_t count)
{
	struct column *shown = arena_array(xlsx->arena, count + 1, sizeof *shown);
	struct xlsx_sheet *sheet = arena_alloc(xlsx->arena, sizeof *sheet);
	for (size_t i = 0; i < count; i++)
		if (wording_has(xlsx->wording, &columns[i]))
			shown[sheet->count++] = columns[i];
	sheet->xlsx = xlsx;
	sheet->name = name;
	sheet->columns = shown;
	sheet->widths = arena_array(xlsx->arena, sheet->count + 1, sizeof *sheet->widths);
	sheet->before = xlsx->sheets;
	xlsx->sheets = sheet;
	begin_worksheet(sheet);
	return sheet;
}

static const char *cut(struct arena *arena, const char *text)
{
	if (strlen(text) <= XLSX_TEXT_MAXIMUM || text_length(text) <= XLSX_TEXT_MAXIMUM)
		return text;
	const char *at = text;
	for (size_t characters = 0; *at; at++)
		if (((unsigned char)*at & 0xC0) != 0x80 && ++characters == XLSX_TEXT_MAXIMUM)
			break;
	return arena_printf(arena, "%.*s…", (int)(at - text), text);
}

/* Excel's calendar begins in 1900. */
static lxw_error write_time(struct xlsx_sheet *sheet, lxw_col_t column, const struct cell *cell)
{
	const struct tm *local = &cell->local;
	if (local->tm_year < 0 || local->tm_year > 9999 - 1900)
		return worksheet_write_string(sheet->worksheet, sheet->next, column, cell->text, sheet->xlsx->text);
	bool is_date = cell->kind == CELL_DATE;
	lxw_datetime time = {.year = local->tm_year + 1900, .month = local->tm_mon + 1, .day = local->tm_mday};
	if (!is_date) {
		time.hour = local->tm_hour;
		time.min = local->tm_min;
	}
	return worksheet_write_datetime(sheet->worksheet, sheet->next, column, &time,
	                                is_date ? sheet->xlsx->date : sheet->xlsx->instant);
}

static lxw_error write_cell(struct arena *arena, struct xlsx_sheet *sheet, lxw_col_t column, const struct cell *cell)
{
	struct xlsx *xlsx = sheet->xlsx;
	switch (cell->kind) {
	case CELL_EMPTY:
		return LXW_NO_ERROR;
	case CELL_TEXT:
		return worksheet_write_string(sheet->worksheet, sheet->next, column,
		                              cut(arena, text_of_characters(arena, cell->text)), xlsx->text);
	case CELL_NUMBER:
		sheet->largest = cell->number > sheet->largest ? cell->number : sheet->largest;
		return worksheet_write_number(sheet->worksheet, sheet->next, column, cell->number, xlsx->number);
	case CELL_RATE:
		return worksheet_write_number(sheet->worksheet, sheet->next, column, cell->number, xlsx->rate);
	case CELL_BOOLEAN:
		return worksheet_write_boolean(sheet->worksheet, sheet->next, column, cell->number != 0, xlsx->number);
	case CELL_DATE:
	case CELL_INSTANT:
		return write_time(sheet, column, cell);
	}
	abort(); /* every kind of cell is above */
}

void xlsx_write(struct xlsx_sheet *sheet, const struct json_t *row)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	if (sheet->next == XLSX_ROWS) {
		end_worksheet(sheet);
		begin_worksheet(sheet);
	}
	if (sheet->xlsx->has_failed)
		return;
	for (size_t i = 0; i < sheet->count; i++) {
		struct cell cell = cell_read(arena, sheet->xlsx->wording, &sheet->columns[i], row);
		if (!cell.text)
			continue;
		if (sheet->next < MEASURED)
			widen(sheet, i, cell.text);
		if (write_cell(arena, sheet, (lxw_col_t)i, &cell) != LXW_NO_ERROR)
			sheet->xlsx->has_failed = true;
	}
	sheet->next++;
}

void xlsx_add_chart(struct xlsx_sheet *sheet, const char *title, size_t rows, size_t first, size_t last)
{
	lxw_row_t end = (lxw_row_t)rows;
	if (sheet->xlsx->has_failed || end < 1 || last - first >= SERIES_MAXIMUM)
		return;
	lxw_chart *chart = workbook_add_chart(sheet->xlsx->workbook, LXW_CHART_COLUMN);
	const char *name = sheet->worksheet->name;
	for (size_t i = first; i <= last && i < sheet->count; i++) {
		lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
		chart_series_set_categories(series, name, 1, 0, end, 0);
		chart_series_set_values(series, name, 1, (lxw_col_t)i, end, (lxw_col_t)i);
		chart_series_set_name_range(series, name, 0, (lxw_col_t)i);
	}
	if (sheet->largest <= SMALL_NUMBER)
		chart_axis_set_major_unit(chart->y_axis, 1);
	chart_title_set_name(chart, text_of_characters(sheet->xlsx->arena, title));
	lxw_chart_options options = {.x_scale = CHART_WIDTH, .y_scale = CHART_HEIGHT};
	worksheet_insert_chart_opt(sheet->worksheet, sheet->next + 1, 0, chart, &options);
}

bool xlsx_finish(struct xlsx *xlsx, struct xlsx_file *ret_file)
{
	for (struct xlsx_sheet *sheet = xlsx->sheets; sheet; sheet = sheet->before)
		end_worksheet(sheet);
	if (xlsx->has_failed)
		return false;
	lxw_workbook *workbook = xlsx->workbook;
	xlsx->workbook = NULL;
	if (workbook_close(workbook) != LXW_NO_ERROR || temporary_file_has_failed())
		return false;
	struct stat status;
	if (fstat(xlsx->descriptor, &status) != 0)
		return false;
	*ret_file = (struct xlsx_file){.descriptor = xlsx->descriptor, .size = (unsigned long long)status.st_size};
	return true;
}
