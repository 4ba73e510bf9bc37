#include <jansson.h>
#include <string.h>

#include "base/arena.h"
#include "contract/contract.h"
#include "handlers.h"
#include "http/problem.h"
#include "resources/list.h"
#include "resources/operation.h"
#include "resources/table.h"
#include "statements.h"

/* The workbook: a sheet for all highlights, and one for each module, where one of two modules stands twice. */
struct roster {
	struct xlsx_sheet *all;
	const struct db_rows *modules; /* code and name, in their order */
	struct xlsx_sheet **of_module;
};

static void add_sheets(struct exchange *exchange, struct xlsx *xlsx, struct roster *roster)
{
	const struct table *table = exchange->operation->tables;
	const char *all = exchange->locale == LOCALE_EN ? "All" : "全部";
	roster->all = xlsx_add_sheet(xlsx, all, table->columns, table->column_count);
	roster->of_module = arena_array(exchange->arena, roster->modules->rows + 1, sizeof *roster->of_module);
	for (size_t i = 0; i < roster->modules->rows; i++)
		roster->of_module[i] =
			xlsx_add_sheet(xlsx, db_field(roster->modules, i, "name"), table->columns, table->column_count);
}

static bool is_in_module(const json_t *row, const char *code)
{
	size_t at;
	json_t *module;
	json_array_foreach(json_object_get(row, "modules"), at, module)
	{
		if (strcmp(json_string_value(module), code) == 0)
			return true;
	}
	return false;
}

static bool write_row(const struct roster *roster, const char *text)
{
	json_t *row = json_loads(text, 0, NULL);
	if (!row)
		return false;
	xlsx_write(roster->all, row);
	for (size_t i = 0; i < roster->modules->rows; i++)
		if (is_in_module(row, db_field(roster->modules, i, "code")))
			xlsx_write(roster->of_module[i], row);
	json_decref(row);
	return true;
}

static struct reply write_all(struct exchange *exchange, struct list_walk *walk, struct db_rows rows, const struct roster *roster,
                              struct xlsx *xlsx, const struct wording *wording)
{
	for (;;) {
		for (size_t i = 0; i < rows.rows; i++)
			if (!write_row(roster, rows.fields[i * rows.columns]))
				return problem_reply_code(exchange, PROBLEM_internal);
		if (walk->is_last)
			return table_workbook(exchange, wording, xlsx);
		struct problem *problem = list_walk_next(walk, &rows);
		if (problem)
			return problem_reply(exchange, problem);
	}
}

static struct reply workbook(struct exchange *exchange)
{
	struct wording wording;
	struct list_walk *walk;
	struct db_rows rows, modules;
	struct problem *problem = table_wording(exchange, &wording);
	if (!problem)
		problem = list_walk_begin(exchange, &statement_roster_modules, &walk, &rows, &modules);
	if (problem)
		return problem_reply(exchange, problem);
	struct xlsx *xlsx = xlsx_create(exchange->arena, &wording);
	if (!xlsx)
		return table_workbook(exchange, &wording, NULL);
	struct roster roster = {.modules = &modules};
	add_sheets(exchange, xlsx, &roster);
	return write_all(exchange, walk, rows, &roster, xlsx, &wording);
}

/* 汇总表 · What is nominated and what was forwarded; as a workbook with a sheet for each module. */
struct reply list_roster(struct exchange *exchange)
{
	return exchange->format == FORMAT_XLSX ? workbook(exchange) : operation_run(exchange);
}
