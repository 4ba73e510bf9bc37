#include "db/migrate.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/session.h"

/* "sciday" in ASCII; whoever migrates holds this advisory lock until its session ends. */
#define MIGRATION_LOCK "126870807142777"

/* Service and owner alike may read what was done; only the owner writes it. */
static const char set_up[] = "SET search_path = public, pg_temp;"
			     "SET lock_timeout = '60s';"
			     "SELECT pg_advisory_lock(" MIGRATION_LOCK ");"
			     "CREATE TABLE IF NOT EXISTS schema_migration ("
			     " version integer PRIMARY KEY,"
			     " name text NOT NULL,"
			     " digest text NOT NULL,"
			     " applied_at timestamptz NOT NULL DEFAULT now());"
			     "GRANT SELECT ON schema_migration TO PUBLIC";

/* Everybody waits behind who waits for a table. Functions may name what is made after them. */
static const char settle_in[] = "SET LOCAL lock_timeout = '2s'; SET LOCAL check_function_bodies = off";

static const char record[] = "INSERT INTO schema_migration (version, name, digest) VALUES ($1, $2, $3)";

/* Who must not call or read one of them is told so beside it. */
static const char logic_set_up[] = "CREATE SCHEMA %1$s;"
				   "GRANT USAGE ON SCHEMA %1$s TO sciday_service;"
				   "ALTER DEFAULT PRIVILEGES IN SCHEMA %1$s GRANT EXECUTE ON FUNCTIONS TO sciday_service;"
				   "ALTER DEFAULT PRIVILEGES IN SCHEMA %1$s GRANT SELECT ON TABLES TO sciday_service;"
				   "SET LOCAL search_path = %1$s, public, pg_temp";

static const char logic_others[] = "SELECT nspname FROM pg_namespace WHERE nspname ~ '^logic_[0-9a-f]{12}$' AND nspname <> $1"
				   " ORDER BY oid DESC OFFSET $2";

/* Whoever serves with it holds the same lock, shared: see pipeline_settings. */
static const char logic_try[] = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))";

/* The first row: the tables as they were made. */
static bool are_tables_ours(const struct session *session, int version, const char *name, const char *digest)
{
	if (strcmp(name, "tables") != 0) {
		session_say(session,
		            "the database was made by migrations from before the first release, and nothing leads from there to "
		            "here: begin with an empty one");
		return false;
	}
	if (version > tables_version) {
		session_say(session, "the database's tables are newer than this binary");
		return false;
	}
	if (version == tables_version && strcmp(digest, tables_digest) != 0) {
		session_say(session, "the database's tables are not this binary's, and no migration leads from one to the other");
		return false;
	}
	return true;
}

/* A row after the first. `migration` is what it should be, or NULL. */
static bool is_migration_ours(const struct session *session, const PGresult *applied, int row, const struct migration *migration)
{
	const char *name = PQgetvalue(applied, row, 1);
	if (!migration) {
		session_say(session, "%s: the database has it and this binary does not: the database is newer", name);
		return false;
	}
	if (strtol(PQgetvalue(applied, row, 0), NULL, 10) != migration->version) {
		session_say(session, "%s: the database has applied %s in its place", migration->name, name);
		return false;
	}
	if (strcmp(PQgetvalue(applied, row, 2), migration->digest) != 0) {
		session_say(session, "%s: it was changed after it was applied; write a new migration instead", migration->name);
		return false;
	}
	return true;
}

/* The first migration that is still to be applied, counted from 0. −1 after a refusal was said. */
static long first_pending(const struct session *session, const PGresult *applied)
{
	int version = (int)strtol(PQgetvalue(applied, 0, 0), NULL, 10);
	if (!are_tables_ours(session, version, PQgetvalue(applied, 0, 1), PQgetvalue(applied, 0, 2)))
		return -1;
	size_t next = 0;
	while (next < migration_count && migration_list[next].version <= version)
		next++;
	for (int row = 1; row < PQntuples(applied); row++, next++) {
		if (!is_migration_ours(session, applied, row, next < migration_count ? &migration_list[next] : NULL))
			return -1;
	}
	return (long)next;
}

static bool keep_record(const struct session *session, int version, const char *name, const char *digest)
{
	char number[16];
	snprintf(number, sizeof number, "%d", version);
	const char *parameters[] = {number, name, digest};
	PGresult *kept = session_query(session, "schema_migration", record, 3, parameters);
	PQclear(kept);
	return kept != NULL;
}

static bool run_files(const struct session *session, const struct sql_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!session_run_within(session, files[i].name, files[i].sql))
			return false;
	}
	return true;
}

static bool make_tables(const struct session *session)
{
	if (!run_files(session, tables_list, tables_count) || !keep_record(session, tables_version, "tables", tables_digest))
		return false;
	session_say(session, "tables: made");
	return true;
}

static bool apply_migrations(const struct session *session, size_t first)
{
	for (size_t i = first; i < migration_count; i++) {
		const struct migration *migration = &migration_list[i];
		if (!session_run_within(session, migration->name, migration->sql) ||
		    !keep_record(session, migration->version, migration->name, migration->digest))
			return false;
		session_say(session, "%s: applied", migration->name);
	}
	return true;
}

/* False after a failure was said; ret_is_new tells whether there was none yet. */
static bool make_logic(const struct session *session, bool *ret_is_new)
{
	const char *parameters[] = {logic_schema};
	PGresult *found = session_query(session, logic_schema, "SELECT FROM pg_namespace WHERE nspname = $1", 1, parameters);
	bool is_there = found && PQntuples(found) > 0;
	bool is_known = found != NULL;
	PQclear(found);
	*ret_is_new = is_known && !is_there;
	if (!*ret_is_new)
		return is_known;

	char begin[sizeof logic_set_up + 256];
	snprintf(begin, sizeof begin, logic_set_up, logic_schema);
	if (!session_run(session, logic_schema, begin) || !run_files(session, logic_list, logic_count))
		return false;
	session_say(session, "%s: made", logic_schema);
	return true;
}

static bool bring(const struct session *session, const PGresult *applied, bool *ret_is_new)
{
	if (!session_run(session, "settings", settle_in))
		return false;
	if (PQntuples(applied) == 0)
		return make_tables(session) && make_logic(session, ret_is_new);
	long pending = first_pending(session, applied);
	return pending >= 0 && apply_migrations(session, (size_t)pending) && make_logic(session, ret_is_new);
}

/* True if it was dropped; one that is in use, or cannot be dropped now, is left to the next who migrates. */
static bool drop_unused(const struct session *session, const char *schema)
{
	const char *parameters[] = {schema};
	PGresult *tried = session_query(session, schema, logic_try, 1, parameters);
	bool is_unused = tried && strcmp(PQgetvalue(tried, 0, 0), "t") == 0;
	PQclear(tried);
	if (!is_unused)
		return false;
	char *name = PQescapeIdentifier(session->handle, schema, strlen(schema));
	char drop[128];
	snprintf(drop, sizeof drop, "SET LOCAL lock_timeout = '2s'; DROP SCHEMA %s CASCADE", name);
	PQfreemem(name);
	return session_run(session, schema, drop);
}

static void drop_others(const struct session *session, bool is_new)
{
	const char *parameters[] = {logic_schema, is_new ? "1" : "0"};
	PGresult *others = session_query(session, "pg_namespace", logic_others, 2, parameters);
	for (int i = 0; others && i < PQntuples(others); i++) {
		const char *schema = PQgetvalue(others, i, 0);
		if (session_begin(session) && session_end(session, drop_unused(session, schema)))
			session_say(session, "%s: dropped, for nobody uses it any more", schema);
	}
	PQclear(others);
}

int migrate(const char *owner_url, void (*say)(const char *line))
{
	struct session session __attribute__((cleanup(session_close))) = {0};
	if (!session_open(&session, owner_url, say) || !session_run(&session, "schema_migration", set_up))
		return -1;
	PGresult *applied = session_query(&session, "schema_migration",
	                                  "SELECT version, name, digest FROM schema_migration ORDER BY version", 0, NULL);
	bool is_new = false;
	bool is_brought = applied && session_begin(&session) && session_end(&session, bring(&session, applied, &is_new));
	PQclear(applied);
	if (!is_brought)
		return -1;
	drop_others(&session, is_new);
	/* What a service answers from memory may be shaped anew. */
	return session_run(&session, "sciday_public", "NOTIFY sciday_public") ? 0 : -1;
}

static const struct sql_file *seed_find(const char *name)
{
	for (size_t i = 0; i < seed_count; i++) {
		if (strcmp(seed_list[i].name, name) == 0)
			return &seed_list[i];
	}
	return NULL;
}

int seed_run(const char *owner_url, const char *name, void (*say)(const char *line))
{
	struct session session __attribute__((cleanup(session_close))) = {.say = say};
	const struct sql_file *seed = seed_find(name);
	if (!seed) {
		session_say(&session, "%s: there is no seed of this name", name);
		return -1;
	}
	bool is_run = session_open(&session, owner_url, say) && session_begin(&session) &&
	              session_end(&session, session_run_within(&session, seed->name, seed->sql));
	return is_run ? 0 : -1;
}
