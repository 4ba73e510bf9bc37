#include <stdio.h>
#include <string.h>

#include "auth/password.h"
#include "command.h"
#include "config.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *meaning;
} commands[] = {
	{"serve", command_serve, "answer requests until SIGTERM or SIGINT"},
	{"migrate", command_migrate, "bring the database to this version"},
	{"seed", command_seed, "NAME …: put in data that the binary carries (2021, demo)"},
	{"user", command_user, "add | password | list: the accounts"},
	{"key", command_key, "generate | list: the keys that sign access tokens"},
	{"recount", command_recount, "[--repair]: compare what is kept beside rows with what the rows say"},
	{"inspect", command_inspect, "< FILE: say what a file is, or why no document may be like it"},
	{"openapi", command_openapi, "print the contract as JSON"},
};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

void say_error(const char *line)
{
	fprintf(stderr, "sciday: %s\n", line);
}

static int print_help(void)
{
	printf("sciday %s: 全国科技工作者日活动报送服务 · the API of a science association's yearly campaign\n\n"
	       "Usage: sciday COMMAND [ARGUMENT …]\n\nCommands:\n",
	       SCIDAY_VERSION);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].meaning);
	printf("\nSettings, from the environment (default):\n");
	config_print(false);
	printf("\nExit status: 0 done, 1 failed, 2 called wrongly.\n");
	return 0;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "--help";
	if (strcmp(name, "--help") == 0)
		return print_help();
	if (strcmp(name, "--settings") == 0) {
		config_print(true);
		return 0;
	}
	if (strcmp(name, "--version") == 0) {
		printf("sciday %s\n", SCIDAY_VERSION);
		return 0;
	}
	password_start();
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "sciday: no command \"%s\"; see sciday --help\n", name);
	return 2;
}
