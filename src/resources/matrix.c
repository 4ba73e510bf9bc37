#include <jansson.h>
#include <string.h>

#include "base/arena.h"
#include "base/arena_json.h"
#include "export/chart.h"
#include "export/svg.h"
#include "handlers.h"
#include "http/problem.h"
#include "operation/answer.h"
#include "operation/reading.h"
#include "operation/table.h"

static const char *text_at(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* As a table: a column for each key of the columns, which only the data know, and a last row and column of totals. */

static const char *column_path(struct arena *arena, const json_t *columns, const json_t *key)
{
	return arena_printf(arena, "%s_%s", text_at(columns, "dimension"), text_at(key, "key"));
}

static struct table matrix_table(struct arena *arena, const json_t *matrix)
{
	const json_t *rows = json_object_get(matrix, "rows"), *columns = json_object_get(matrix, "columns");
	const json_t *keys = json_object_get(columns, "keys");
	size_t count = json_array_size(keys) + 3, at;
	struct column *made = arena_array(arena, count, sizeof *made);
	const char *name = text_at(rows, "name");
	made[0] = (struct column){.path = "key", .type = COLUMN_ID, .zh = "代码", .en = "Key"};
	made[1] = (struct column){.path = "name", .type = COLUMN_TEXT, .zh = name, .en = name};
	json_t *key;
	json_array_foreach(keys, at, key)
	{
		const char *heading = text_at(key, "name");
		made[at + 2] = (struct column){
			.path = column_path(arena, columns, key),
			.type = COLUMN_INTEGER,
			.zh = heading,
			.en = heading,
		};
	}
	made[count - 1] = (struct column){.path = "total", .type = COLUMN_INTEGER, .zh = "合计", .en = "Total"};
	const char *dimensions = arena_printf(arena, "%s × %s", name, text_at(columns, "name"));
	return (struct table){
		.rows = "rows",
		.zh = arena_printf(arena, "活动分布：%s", dimensions),
		.en = arena_printf(arena, "Activities: %s", dimensions),
		.columns = made,
		.column_count = count,
	};
}

static json_t *table_row(struct arena *arena, const json_t *matrix, const char *key, const char *name, const json_t *cells,
                         const json_t *total)
{
	const json_t *columns = json_object_get(matrix, "columns");
	json_t *row = json_pack("{s:s, s:s}", "key", key, "name", name), *column;
	size_t at;
	json_array_foreach(json_object_get(columns, "keys"), at, column)
		json_object_set(row, column_path(arena, columns, column), json_object_get(json_array_get(cells, at), "count"));
	json_object_set(row, "total", json_object_get(total, "count"));
	return row;
}

/* {"rows": […]}, a flat object for each row of the matrix. */
static json_t *table_rows(struct exchange *exchange, const json_t *matrix)
{
	json_t *rows = json_array(), *line;
	size_t at;
	json_array_foreach(json_object_get(matrix, "cells"), at, line)
		json_array_append_new(rows, table_row(exchange->arena, matrix, text_at(line, "key"), text_at(line, "name"),
	                                              json_object_get(line, "cells"), json_object_get(line, "total")));
	const char *total = exchange->locale == LOCALE_EN ? "Total" : "合计";
	json_array_append_new(rows, table_row(exchange->arena, matrix, "total", total, json_object_get(matrix, "column_totals"),
	                                      json_object_get(matrix, "total")));
	return json_pack("{s:o}", "rows", rows);
}

static struct reply workbook(struct exchange *exchange, struct wording *wording, const struct table *table, const json_t *answer)
{
	struct xlsx *xlsx = xlsx_create(exchange->arena, wording);
	if (!xlsx)
		return table_workbook(exchange, wording, NULL);
	const char *title = exchange->locale == LOCALE_EN ? table->en : table->zh;
	struct xlsx_sheet *sheet = xlsx_add_sheet(xlsx, title, table->columns, table->column_count);
	const json_t *rows = json_object_get(answer, table->rows);
	for (size_t i = 0; i < json_array_size(rows); i++)
		xlsx_write(sheet, json_array_get(rows, i));
	size_t keys = wording->is_for_programs ? 2 : 1; /* the columns before the first number */
	if (table->column_count > 3)                    /* the totals are not in it */
		xlsx_add_chart(sheet, title, json_array_size(rows) - 1, keys, keys + table->column_count - 4);
	return table_workbook(exchange, wording, xlsx);
}

static struct reply as_table(struct exchange *exchange, const json_t *matrix)
{
	struct wording wording;
	struct problem *problem = table_wording(exchange, exchange->locale, &wording);
	if (problem)
		return problem_reply(exchange, problem);
	struct table *table = arena_alloc(exchange->arena, sizeof *table);
	*table = matrix_table(exchange->arena, matrix);
	const json_t *answer = arena_json(exchange->arena, table_rows(exchange, matrix));
	return exchange->format == FORMAT_CSV ? table_csv(exchange, &wording, table, answer)
	                                      : workbook(exchange, &wording, table, answer);
}

static struct reply as_picture(struct exchange *exchange, const json_t *matrix)
{
	size_t length;
	const char *picture = chart_matrix(exchange->arena, matrix, &length);
	return answer_text(exchange, SVG_MEDIA_TYPE, picture, length);
}

static struct reply as_json(struct exchange *exchange)
{
	const char *body;
	struct problem *problem = reading_body(exchange, &body);
	if (problem)
		return problem_reply(exchange, problem);
	return answer_text(exchange, format_media_type(FORMAT_JSON), body, strlen(body));
}

/* 活动分布 · How many activities there are, by two different dimensions. */
struct reply get_matrix(struct exchange *exchange)
{
	if (strcmp(values_get(&exchange->values, "rows"), values_get(&exchange->values, "columns")) == 0) {
		struct problem *problem = problem_create(exchange->arena, PROBLEM_validation_failed);
		problem_find(problem, NULL, "columns", "same_dimension", NULL);
		return problem_reply(exchange, problem);
	}
	if (exchange->format == FORMAT_JSON)
		return as_json(exchange);
	json_t *matrix;
	struct problem *problem = reading_json(exchange, &matrix);
	if (problem)
		return problem_reply(exchange, problem);
	return exchange->format == FORMAT_SVG ? as_picture(exchange, matrix) : as_table(exchange, matrix);
}
