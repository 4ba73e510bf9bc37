#include "db/migrate.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/session.h"

/* "sciday" in ASCII; whoever migrates holds this advisory lock until its session ends. */
#define MIGRATION_LOCK "126870807142777"

/* Service and owner alike may read what was applied; only the owner writes it. */
static const char set_up[] = "SET lock_timeout = '60s';"
			     "SELECT pg_advisory_lock(" MIGRATION_LOCK ");"
			     "CREATE TABLE IF NOT EXISTS schema_migration ("
			     " version integer PRIMARY KEY,"
			     " name text NOT NULL,"
			     " digest text NOT NULL,"
			     " applied_at timestamptz NOT NULL DEFAULT now());"
			     "GRANT SELECT ON schema_migration TO PUBLIC";

static const char record[] = "INSERT INTO schema_migration (version, name, digest) VALUES ($1, $2, $3)";

/* The rows of schema_migration, in the order of their versions. */
static bool is_history_ours(const struct session *session, const PGresult *applied)
{
	size_t count = (size_t)PQntuples(applied);
	for (size_t i = 0; i < count; i++) {
		const char *name = PQgetvalue(applied, (int)i, 1);
		long version = strtol(PQgetvalue(applied, (int)i, 0), NULL, 10);
		if (i >= migration_count) {
			session_say(session, "%s: the database has it and this binary does not: the database is newer", name);
			return false;
		}
		const struct migration *migration = &migration_list[i];
		if (version != migration->version) {
			session_say(session, "%s: the database has applied %s in its place", migration->name, name);
			return false;
		}
		if (strcmp(PQgetvalue(applied, (int)i, 2), migration->digest) != 0) {
			session_say(session, "%s: it was changed after it was applied; write a new migration instead",
			            migration->name);
			return false;
		}
	}
	return true;
}

/* How many of the list are applied: they are its first ones. −1 after a failure was said. */
static long applied_count(const struct session *session)
{
	PGresult *applied = session_query(session, "schema_migration",
	                                  "SELECT version, name, digest FROM schema_migration ORDER BY version", 0, NULL);
	if (!applied)
		return -1;
	long count = is_history_ours(session, applied) ? PQntuples(applied) : -1;
	PQclear(applied);
	return count;
}

static bool apply(const struct session *session, const struct migration *migration)
{
	char version[16];
	snprintf(version, sizeof version, "%d", migration->version);
	const char *parameters[] = {version, migration->name, migration->digest};
	if (!session_run_whole(session, migration->name, migration->sql, record, 3, parameters))
		return false;
	session_say(session, "%s: applied", migration->name);
	return true;
}

int migrate(const char *owner_url, void (*say)(const char *line))
{
	struct session session __attribute__((cleanup(session_close))) = {0};
	if (!session_open(&session, owner_url, say) || !session_run(&session, "schema_migration", set_up))
		return -1;
	long applied = applied_count(&session);
	if (applied < 0)
		return -1;
	for (size_t i = (size_t)applied; i < migration_count; i++) {
		if (!apply(&session, &migration_list[i]))
			return -1;
	}
	/* What a service answers from memory may be shaped anew. */
	return session_run(&session, "sciday_public", "NOTIFY sciday_public") ? 0 : -1;
}

static const struct seed *seed_find(const char *name)
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
	const struct seed *seed = seed_find(name);
	if (!seed) {
		session_say(&session, "%s: there is no seed of this name", name);
		return -1;
	}
	if (!session_open(&session, owner_url, say))
		return -1;
	return session_run_whole(&session, seed->name, seed->sql, NULL, 0, NULL) ? 0 : -1;
}
