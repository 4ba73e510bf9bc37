#include <stdio.h>

#include "command.h"
#include "config.h"
#include "contract/contract.h"
#include "db/migrate.h"

static void say_progress(const char *line)
{
	fprintf(stderr, "sciday: %s\n", line);
}

/* The owner's URL, or NULL after a line that says that it is missing. */
static const char *owner_url(struct config *ret_config)
{
	if (!config_read(ret_config, say_error))
		return NULL;
	if (!ret_config->owner_url)
		say_error("SCIDAY_OWNER_URL must be set to the database as the owner of its tables");
	return ret_config->owner_url;
}

int command_migrate(int argc, char **argv)
{
	(void)argv;
	if (argc != 1) {
		say_error("migrate takes no argument");
		return 2;
	}
	struct config config;
	const char *url = owner_url(&config);
	int status = url && migrate(url, say_progress) == 0 ? 0 : 1;
	config_clean(&config);
	return status;
}

int command_seed(int argc, char **argv)
{
	if (argc < 2) {
		say_error("seed takes the names of what to put in: 2021, demo");
		return 2;
	}
	struct config config;
	const char *url = owner_url(&config);
	int status = url ? 0 : 1;
	for (int i = 1; status == 0 && i < argc; i++)
		status = seed_run(url, argv[i], say_progress) == 0 ? 0 : 1;
	config_clean(&config);
	return status;
}

int command_openapi(int argc, char **argv)
{
	(void)argv;
	if (argc != 1) {
		say_error("openapi takes no argument");
		return 2;
	}
	return fwrite(contract_json, 1, contract_json_length, stdout) == contract_json_length && putchar('\n') != EOF ? 0 : 1;
}
