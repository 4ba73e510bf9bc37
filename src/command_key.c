#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "auth/token.h"
#include "base/arena.h"
#include "command.h"
#include "config.h"

/* Prints the kid of the new key. The directory is made if need be: its owner's alone, as the keys are. */
static int key_generate(const char *directory)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	if (mkdir(directory, S_IRWXU) != 0 && errno != EEXIST) {
		say_error(arena_printf(arena, "the key directory %s cannot be made: %s", directory, strerror(errno)));
		return 1;
	}
	const char *kid;
	if (keyring_generate(directory, arena, &kid, say_error) != 0)
		return 1;
	printf("%s\n", kid);
	return 0;
}

/* One line a key, the oldest first: its kid, and what it is for. */
static int key_list(const char *directory)
{
	struct keyring *ring = keyring_load(directory, say_error);
	if (!ring)
		return 1;
	bool signs = false;
	const char *kid;
	for (size_t i = 0; (kid = keyring_kid(ring, i, &signs)) != NULL; i++)
		printf("%s %s\n", kid, signs ? "signs" : "verifies");
	keyring_destroy(ring);
	return 0;
}

static int run(const char *action)
{
	struct config config;
	int status = 1;
	if (!config_read(&config, say_error))
		status = 1;
	else if (!config.key_directory)
		say_error("SCIDAY_KEY_DIRECTORY must be set to the directory of the signing keys");
	else
		status = strcmp(action, "generate") == 0 ? key_generate(config.key_directory) : key_list(config.key_directory);
	config_clean(&config);
	return status;
}

int command_key(int argc, char **argv)
{
	if (argc == 2 && (strcmp(argv[1], "generate") == 0 || strcmp(argv[1], "list") == 0))
		return run(argv[1]);
	say_error("key takes one word: generate or list");
	return 2;
}
