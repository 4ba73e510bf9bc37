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
				" WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')"
				" AND pg_has_role(c.relowner, 'MEMBER')) THEN 'owns tables, or belongs to the role that does'"
				" END AS fault, current_user AS role"
				" FROM pg_roles r WHERE r.rolname = current_user",
			.parameter = -1,
			.line = -1,
		},
	.piece_count = 1,
};

static const struct statement migrations_statement = {
	.name = "check_migrations",
	.pieces =
		&(const struct statement_piece){
			.text = "SELECT version, name, digest FROM schema_migration ORDER BY version",
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

/* What is newer than this binary is no fault: migrations are safe while the old version still runs. */
static struct problem *check_migrations(struct arena *arena, const struct db_rows *rows)
{
	for (size_t i = 0; i < migration_count; i++) {
		const struct migration *migration = &migration_list[i];
		if (i >= rows->rows)
			return unfit(arena, arena_printf(arena, "%s has not been applied: run sciday migrate", migration->name));
		if (strcmp(db_field(rows, i, "digest"), migration->digest) != 0)
			return unfit(arena, arena_printf(arena, "%s is not what the database has applied as %s", migration->name,
			                                 db_field(rows, i, "name")));
	}
	return NULL;
}

struct problem *db_check(struct db *db, struct arena *arena)
{
	static const struct values nothing;
	const struct db_step role = {&role_statement, &nothing};
	const struct db_step migrations = {&migrations_statement, &nothing};
	struct db_rows rows;
	struct problem *problem = db_run(db, DB_READ, arena, &role, 1, &rows);
	if (!problem)
		problem = check_role(arena, &rows);
	if (problem)
		return problem;
	problem = db_run(db, DB_READ, arena, &migrations, 1, &rows);
	if (!problem)
		return check_migrations(arena, &rows);
	if (sqlstate_is(problem->sqlstate, SQLSTATE_UNDEFINED_TABLE))
		return unfit(arena, "the database is empty: run sciday migrate");
	return problem;
}
