#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/password.h"
#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "command.h"
#include "config.h"
#include "constants.h"
#include "db/db.h"
#include "db/owner.h"
#include "http/values.h"
#include "statements.h"

#define PASSWORD_BYTES 12 /* of randomness: 16 characters, to be typed */
#define SECRET_BYTES (CLIENT_SECRET_MINIMUM * 3 / 4)
#define PASSWORD_LIMIT 1024 /* bytes */

struct user_options {
	const char *username;
	const char *role;
	const char *organization;
	const char *name;
	bool is_client;
	bool password_from_stdin;
};

struct user_call {
	struct arena *arena;
	const char *owner_url;
	struct user_options options;
};

static int say_usage(const char *line)
{
	say_error(line);
	say_error("usage: user add USERNAME --role ROLE --organization CODE [--name NAME] [--client] [--password-stdin]\n"
	          "               user password USERNAME [--password-stdin]\n"
	          "               user list");
	return 2;
}

/* NULL, or what is wrong. The username may stand alone or after --username. */
static const char *read_options(int argc, char **argv, struct user_options *ret_options)
{
	static const struct option known[] = {
		{"username", required_argument, NULL, 'u'},
		{"role", required_argument, NULL, 'r'},
		{"organization", required_argument, NULL, 'o'},
		{"name", required_argument, NULL, 'n'},
		{"client", no_argument, NULL, 'c'},
		{"password-stdin", no_argument, NULL, 'p'},
		{0},
	};
	struct user_options options = {0};
	int option;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 'u':
			options.username = optarg;
			break;
		case 'r':
			options.role = optarg;
			break;
		case 'o':
			options.organization = optarg;
			break;
		case 'n':
			options.name = optarg;
			break;
		case 'c':
			options.is_client = true;
			break;
		case 'p':
			options.password_from_stdin = true;
			break;
		default:
			return "there is no such option, or it lacks its value";
		}
	}
	if (optind < argc && !options.username)
		options.username = argv[optind++];
	if (optind < argc)
		return "there is an argument too many";
	*ret_options = options;
	return NULL;
}

/* The first line of standard input, or a new random password. NULL after a line that says what is wrong. */
static const char *take_password(const struct user_call *call)
{
	if (!call->options.password_from_stdin)
		return secret_create(call->arena, call->options.is_client ? SECRET_BYTES : PASSWORD_BYTES);
	char *line = arena_alloc(call->arena, PASSWORD_LIMIT + 2);
	if (!fgets(line, PASSWORD_LIMIT + 2, stdin))
		line[0] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (strlen(line) <= PASSWORD_LIMIT && text_is_utf8(line, strlen(line)) && text_length(line) >= PASSWORD_MINIMUM)
		return line;
	say_error(arena_printf(call->arena, "the password on standard input must be UTF-8, of %d characters at least",
	                       PASSWORD_MINIMUM));
	return NULL;
}

/* A password that was made here is shown here, once and nowhere else. */
static void show_password(const struct user_call *call, const char *password)
{
	if (!call->options.password_from_stdin)
		printf("%s\n", password);
}

/* The database holds these rules too, and says them less well. NULL, or what is wrong. */
static const char *check_options(const struct user_options *options)
{
	static const char *const roles[] = {
#define ROLE(symbol, bit, name) name,
#include "http/roles.def"
#undef ROLE
	};
	size_t length = strlen(options->username);
	if (length < 2 || length > 63 || strspn(options->username, "abcdefghijklmnopqrstuvwxyz0123456789._@-") != length)
		return "a username is 2 to 63 of a to z, 0 to 9, and . _ @ -";
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		if (strcmp(roles[i], options->role) == 0)
			return NULL;
	}
	return "--role must be submitter, reviewer, observer or administrator";
}

static const char *hash_of(struct arena *arena, const char *password)
{
	const char *hash;
	if (password_hash(arena, "", password, &hash)) /* nobody else hashes in this process */
		abort();                               /* a command of the operator's, which answers no request */
	return hash;
}

static int user_add(struct user_call *call)
{
	const struct user_options *options = &call->options;
	const char *wrong = check_options(options);
	if (wrong) {
		say_error(wrong);
		return 2;
	}
	const char *password = take_password(call);
	if (!password)
		return 1;
	char account_id[ID_SIZE];
	id_create(account_id);
	struct values values = {0};
	values_set(&values, "account_id", account_id);
	values_set(&values, "kind", account_kind_codes[options->is_client ? ACCOUNT_KIND_client : ACCOUNT_KIND_user]);
	values_set(&values, "username", options->username);
	values_set(&values, "name", options->name ? options->name : options->username);
	values_set(&values, "role", options->role);
	values_set(&values, "organization", options->organization);
	values_set(&values, "password_hash", hash_of(call->arena, password));
	struct db_rows rows;
	if (owner_run(call->owner_url, call->arena, &statement_add_account, &values, &rows, say_error) != 0)
		return 1;
	if (strcmp(db_field(&rows, 0, "is_placed"), "t") != 0) {
		say_error(arena_printf(call->arena, "there is no organization %s", options->organization));
		return 1;
	}
	if (strcmp(db_field(&rows, 0, "is_added"), "t") != 0) {
		say_error(arena_printf(call->arena, "there is an account %s already", options->username));
		return 1;
	}
	show_password(call, password);
	return 0;
}

/* Whoever is signed in with the old password is signed out. */
static int user_password(struct user_call *call)
{
	const char *password = take_password(call);
	if (!password)
		return 1;
	struct values values = {0};
	values_set(&values, "username", call->options.username);
	values_set(&values, "password_hash", hash_of(call->arena, password));
	struct db_rows rows;
	if (owner_run(call->owner_url, call->arena, &statement_replace_password, &values, &rows, say_error) != 0)
		return 1;
	if (rows.rows == 0) {
		say_error(arena_printf(call->arena, "there is no account %s", call->options.username));
		return 1;
	}
	show_password(call, password);
	return 0;
}

/* One line an account, its columns apart by tabs. */
static int user_list(struct user_call *call)
{
	static const char *const columns[] = {"username", "kind", "state", "memberships", "name"};
	const struct values values = {0};
	struct db_rows rows;
	if (owner_run(call->owner_url, call->arena, &statement_list_accounts, &values, &rows, say_error) != 0)
		return 1;
	for (size_t row = 0; row < rows.rows; row++) {
		for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
			const char *field = db_field(&rows, row, columns[i]);
			printf("%s%s", i ? "\t" : "", field ? field : "-");
		}
		putchar('\n');
	}
	return 0;
}

static int run(int (*action)(struct user_call *call), struct user_call *call)
{
	struct config config;
	int status = 1;
	if (!config_read(&config, say_error)) {
		config_clean(&config);
		return status;
	}
	call->owner_url = config.owner_url;
	if (call->owner_url)
		status = action(call);
	else
		say_error("SCIDAY_OWNER_URL must be set to the database as the owner of its tables");
	config_clean(&config);
	return status;
}

int command_user(int argc, char **argv)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct user_call call = {.arena = arena};
	const char *action = argc > 1 ? argv[1] : "";
	const char *wrong = argc > 1 ? read_options(argc - 1, argv + 1, &call.options) : NULL;
	if (wrong)
		return say_usage(wrong);
	if (strcmp(action, "list") == 0)
		return run(user_list, &call);
	if (strcmp(action, "password") == 0)
		return call.options.username ? run(user_password, &call) : say_usage("user password needs a username");
	if (strcmp(action, "add") != 0)
		return say_usage("user takes add, password or list");
	if (!call.options.username || !call.options.role || !call.options.organization)
		return say_usage("user add needs a username, --role and --organization");
	return run(user_add, &call);
}
