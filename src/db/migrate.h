/*
 * Migrations: the files of sql/migrations, built into the binary, applied in
 * order, each in its own transaction, under an advisory lock, forward only. A
 * file that has landed is never changed: its SHA-256 is kept and compared.
 */
#ifndef SCIDAY_DB_MIGRATE_H
#define SCIDAY_DB_MIGRATE_H

#include <stddef.h>

struct migration {
	int version;      /* NNNN of the file's name */
	const char *name; /* the file's name */
	const char *sql;
	const char *digest; /* SHA-256, hexadecimal */
};

extern const struct migration migration_list[];
extern const size_t migration_count;

/* A seed: a file of sql/seed, run whole in one transaction by the owner. */
struct seed {
	const char *name; /* "2021", "demo" */
	const char *sql;
};

extern const struct seed seed_list[];
extern const size_t seed_count;

/*
 * Applies what is missing, calling say(line) for each. 0, or −1 after say() has said what is wrong:
 * "0002_plans.sql:37: ERROR: relation "plann" does not exist (42P01)". A file that was changed
 * since, and a database that has what this binary has not, are refused. Waits at most a minute for
 * another who migrates. What is applied is in schema_migration (version, name, digest, applied_at).
 */
int migrate(const char *owner_url, void (*say)(const char *line));

/* Runs a seed by name: a second time changes nothing. 0, or −1 after say() has said what is wrong. */
int seed_run(const char *owner_url, const char *name, void (*say)(const char *line));

#endif
