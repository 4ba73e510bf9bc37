#include <jansson.h>
#include <string.h>

#include "base/arena.h"
#include "contract/contract.h"
#include "handlers.h"
#include "http/problem.h"
#include "operation/list.h"
#include "operation/operation.h"
#include "operation/table.h"
#include "statements.h"

struct module_sheet {
	const char *code;
	struct xlsx_sheet *sheet;
};

/* The workbook: a sheet for all highlights, and one for each module, where one of two modules stands twice. */
struct roster {
	struct xlsx_sheet *all;
	struct module_sheet *modules;
	size_t module_count;
};

static struct roster add_sheets(struct exchange *exchange, struct xlsx *xlsx, const struct db_rows *modules)
{
	const struct table *table = exchange->operation->tables;
	const char *all = table_is_english(exchange) ? "All" : "全部";
	struct roster roster = {
		.all = xlsx_add_sheet(xlsx, all, table->columns, table->column_count),
		.modules = arena_array(exchange->arena, modules->rows + 1, sizeof *roster.modules),
		.module_count = modules->rows,
	};
	for (size_t i = 0; i < modules->rows; i++)
		roster.modules[i] = (struct module_sheet){
			.code = db_field(modules, i, "code"),
			.sheet = xlsx_add_sheet(xlsx, db_field(modules, i, "name"), table->columns, table->column_count),
		};
	return roster;
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
	for (size_t i = 0; i < roster->module_count; i++)
		if (is_in_module(row, roster->modules[i].code))
			xlsx_write(roster->modules[i].sheet, row);
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
	struct roster roster = add_sheets(exchange, xlsx, &modules);
	return write_all(exchange, walk, rows, &roster, xlsx, &wording);
}

/* 汇总表 · What is nominated and what was forwarded; as a workbook with a sheet for each module. */
struct reply list_roster(struct exchange *exchange)
{
	return exchange->format == FORMAT_XLSX ? workbook(exchange) : operation_run(exchange);
}
