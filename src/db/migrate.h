/*
 * What the database is, from the files of sql/, built into the binary. Tables
 * are made whole in an empty database, and brought here from an older one by
 * migrations, in their order, forward only; a file that has landed is never
 * changed: its SHA-256 is kept and compared. Views, functions and words that
 * no table needs, the logic, are made whole too, in a schema named by their
 * digest, beside the one that a version before this still serves with.
 */
#ifndef SCIDAY_DB_MIGRATE_H
#define SCIDAY_DB_MIGRATE_H

#include <stddef.h>

struct sql_file {
	const char *name; /* below sql/: "tables/310_plan.sql"; a seed's is what one asks for it by: "demo" */
	const char *sql;
};

struct migration {
	int version;      /* NNNN of the file's name */
	const char *name; /* the file's name */
	const char *sql;
	const char *digest; /* SHA-256, hexadecimal */
};

extern const struct sql_file tables_list[]; /* in the order in which they are made, as logic_list */
extern const size_t tables_count;
extern const char tables_digest[];
extern const int tables_version; /* that of the last migration, which they contain; 0 before there is one */
extern const struct sql_file logic_list[];
extern const size_t logic_count;
extern const char logic_schema[];      /* "logic_" and twelve hexadecimal digits */
extern const char logic_search_path[]; /* where what statements name is found: the logic, and the tables */
extern const struct migration migration_list[];
extern const size_t migration_count;
extern const struct sql_file seed_list[];
extern const size_t seed_count;

/*
 * Makes or brings the tables, and makes this binary's logic if it is not there, all in one transaction; then drops every
 * other logic that no connection uses, save the one before when this run made a new one: whoever serves with it may just
 * have lost its connections, or have them through a pooler, and not be seen.
 *
 * Calls say(line) for each thing done. 0, or −1 after say() has said what is wrong: "tables/310_plan.sql:37: ERROR:
 * relation "plann" does not exist (42P01)", and that nothing was changed. A migration that was changed since, a database
 * that has what this binary has not, and one whose tables no migration brings here are refused. Waits at most a minute for
 * another who migrates, and two seconds for a table, while others wait behind it. What was done to the tables is in
 * schema_migration (version, name, digest, applied_at); its first row is the tables as they were made, with the version of
 * the last migration that they contain.
 */
int migrate(const char *owner_url, void (*say)(const char *line));

/* Runs a seed by name, in one transaction: a second time changes nothing. 0, or −1 after say() has said what is wrong. */
int seed_run(const char *owner_url, const char *name, void (*say)(const char *line));

#endif
