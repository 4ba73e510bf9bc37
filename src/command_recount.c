#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "command.h"
#include "config.h"
#include "db/db.h"
#include "db/owner.h"
#include "http/values.h"
#include "statements.h"

/* What is kept beside what it is counted from. Sums come last: they are of obligations as these are mended. */
struct kept {
	const char *name;
	const struct statement *statement; /* pages by after_id; with `repair`, mended */
};

static const struct kept kept[] = {
	{"obligations", &statement_recount_obligations},
	{"sums of obligations", &statement_recount_sums},
	{"counts of recipients", &statement_recount_recipients},
	{"texts that are searched", &statement_recount_texts},
	{"activities' places in lists", &statement_recount_listings},
};

/* One line for each, its columns apart by tabs: which it is, and each figure that is kept → what it comes to anew. */
static void print_page(const struct db_rows *rows)
{
	static const char *const columns[] = {"campaign_code", "organization_code", "kind", "id", "differences"};
	for (size_t row = 0; row < rows->rows; row++)
		for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
			printf("%s%c", db_field(rows, row, columns[i]), i + 1 < sizeof(columns) / sizeof(*columns) ? '\t' : '\n');
}

/* Those after `after`, whose place the last of them takes. How many, or −1 after a line that says what is wrong. */
static long recount_page(const char *owner_url, const struct kept *of, bool repair, char after[ID_SIZE])
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct values values = {0};
	values_set(&values, "after_id", after);
	if (repair)
		values_set(&values, "repair", "");
	struct db_rows rows;
	if (owner_run(owner_url, arena, of->statement, &values, &rows, say_error) != 0)
		return -1;
	print_page(&rows);
	if (rows.rows > 0)
		snprintf(after, ID_SIZE, "%s", db_field(&rows, rows.rows - 1, "id"));
	return (long)rows.rows;
}

static int recount(const char *owner_url, const struct kept *of, bool repair)
{
	char after[ID_SIZE] = "00000000-0000-0000-0000-000000000000";
	long found = 0;
	long page;
	while ((page = recount_page(owner_url, of, repair, after)) > 0)
		found += page;
	if (page < 0)
		return 1;
	fprintf(stderr, "sciday: %ld %s were not what they are counted from%s\n", found, of->name,
	        repair && found > 0 ? ", and now are" : "");
	return found > 0 && !repair ? 1 : 0;
}

static int recount_all(const char *owner_url, bool repair)
{
	int status = 0;
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (recount(owner_url, &kept[i], repair) != 0)
			status = 1;
	return status;
}

int command_recount(int argc, char **argv)
{
	bool repair = argc == 2 && strcmp(argv[1], "--repair") == 0;
	if (argc != 1 && !repair) {
		say_error("usage: recount [--repair]");
		return 2;
	}
	struct config config;
	int status = 1;
	if (config_read(&config, say_error)) {
		if (config.owner_url)
			status = recount_all(config.owner_url, repair);
		else
			say_error("SCIDAY_OWNER_URL must be set to the database as the owner of its tables");
	}
	config_clean(&config);
	return status;
}
