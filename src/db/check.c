#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "db/db.h"
#include "db/migrate.h"
#include "db/sqlstate.h"
#include "http/problem.h"
#include "http/values.h"

static const struct statement role_statement = {
	.name = "check_role",
	.pieces =
		&(const struct statement_piece){
			.text = "SELECT CASE WHEN r.rolsuper THEN 'is a superuser'"
				" WHEN r.rolbypassrls THEN 'may bypass row security'"
				" WHEN EXISTS (SELECT FROM pg_class c"
				" WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')"
				" AND pg_has_role(c.relowner, 'MEMBER')) THEN 'owns tables, or belongs to the role that does'"
				" END AS fault, current_user AS role"
				" FROM pg_roles r WHERE r.rolname = current_user",
			.parameter = -1,
			.line = -1,
		},
	.piece_count = 1,
};

static const struct statement history_statement = {
	.name = "check_history",
	.pieces =
		&(const struct statement_piece){
			.text = "SELECT version, name, digest FROM schema_migration ORDER BY version",
			.parameter = -1,
			.line = -1,
		},
	.piece_count = 1,
};

static const struct statement logic_statement = {
	.name = "check_logic",
	.pieces =
		&(const struct statement_piece){
			.text = "SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'logic\\_%'",
			.parameter = -1,
			.line = -1,
		},
	.piece_count = 1,
};

/* Not PROBLEM_unavailable: that one passes by itself. */
static struct problem *unfit(struct arena *arena, const char *cause)
{
	struct problem *problem = problem_create(arena, PROBLEM_internal);
	problem->cause = cause;
	return problem;
}

static struct problem *check_role(struct arena *arena, const struct db_rows *rows)
{
	const char *fault = db_field(rows, 0, "fault");
	if (!fault)
		return NULL;
	return unfit(arena,
	             arena_printf(arena, "the role %s %s: the service needs one that cannot", db_field(rows, 0, "role"), fault));
}

/* The first row is the tables as they were made, with the version of the last migration that they contain. */
static struct problem *check_tables(struct arena *arena, const struct db_rows *rows)
{
	if (rows->rows == 0)
		return unfit(arena, "the database is empty: run sciday migrate");
	bool are_ours = strcmp(db_field(rows, 0, "digest"), tables_digest) == 0;
	if (strcmp(db_field(rows, 0, "name"), "tables") != 0 ||
	    (strtol(db_field(rows, 0, "version"), NULL, 10) == tables_version && !are_ours))
		return unfit(arena, "the database's tables are not this version's, and no migration leads from one to the other");
	return NULL;
}

/* What is newer than this binary is no fault: migrations are safe while the old version still runs. */
static struct problem *check_history(struct arena *arena, const struct db_rows *rows)
{
	struct problem *problem = check_tables(arena, rows);
	size_t row = 1;
	for (size_t i = 0; !problem && i < migration_count; i++) {
		const struct migration *migration = &migration_list[i];
		if (migration->version <= strtol(db_field(rows, 0, "version"), NULL, 10))
			continue;
		if (row >= rows->rows)
			return unfit(arena, arena_printf(arena, "%s has not been applied: run sciday migrate", migration->name));
		if (strcmp(db_field(rows, row, "digest"), migration->digest) != 0)
			return unfit(arena, arena_printf(arena, "%s is not what the database has applied as %s", migration->name,
			                                 db_field(rows, row, "name")));
		row++;
	}
	return problem;
}

static struct problem *check_logic(struct arena *arena, const struct db_rows *rows)
{
	for (size_t i = 0; i < rows->rows; i++) {
		if (strcmp(db_field(rows, i, "name"), logic_schema) == 0)
			return NULL;
	}
	return unfit(arena, arena_printf(arena, "the database has no %s: run sciday migrate", logic_schema));
}

struct problem *db_check(struct db *db, struct arena *arena)
{
	static const struct values nothing;
	const struct db_step role = {&role_statement, &nothing};
	const struct db_step history = {&history_statement, &nothing};
	const struct db_step logic = {&logic_statement, &nothing};
	struct db_rows rows;
	struct problem *problem = db_run(db, DB_READ, arena, &role, 1, &rows);
	if (!problem)
		problem = check_role(arena, &rows);
	if (problem)
		return problem;
	problem = db_run(db, DB_READ, arena, &history, 1, &rows);
	if (problem && sqlstate_is(problem->sqlstate, SQLSTATE_UNDEFINED_TABLE))
		return unfit(arena, "the database is empty: run sciday migrate");
	if (!problem)
		problem = check_history(arena, &rows);
	if (!problem)
		problem = db_run(db, DB_READ, arena, &logic, 1, &rows);
	return problem ? problem : check_logic(arena, &rows);
}
