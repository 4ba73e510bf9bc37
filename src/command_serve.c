#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <systemd/sd-daemon.h>

#include "auth/caller_cache.h"
#include "auth/token.h"
#include "base/arena.h"
#include "base/gate.h"
#include "base/log.h"
#include "command.h"
#include "config.h"
#include "db/db.h"
#include "document/scanner.h"
#include "export/typesetter.h"
#include "http/problem.h"
#include "operation/services.h"
#include "server/memory.h"
#include "server/server.h"

#define CALLER_CACHE_CAPACITY 20000 /* verified tokens */
#define MEBIBYTE (1024 * 1024)
/* A file is inspected in hundredths of a second, and one that is made to take long in 5 s, with 512 MiB. */
#define INSPECTIONS_AT_ONCE 2
#define INSPECTIONS_LINE 64
#define INSPECTIONS_WAIT 20000 /* milliseconds */

/* Descriptors that are no client's: what is always open, and for each report that is made its workbook's sheets. */
#define DESCRIPTORS_ALWAYS 128
#define DESCRIPTORS_OF_REPORT 64

/* What serving needs besides the settings' own rules. */
static bool check_config(const struct config *config)
{
	if (!config->database_url)
		say_error("SCIDAY_DATABASE_URL must be set to the database as the service's role");
	else if (!config->key_directory)
		say_error("SCIDAY_KEY_DIRECTORY must be set to the directory of the signing keys");
	else
		return true;
	return false;
}

static void say_of_keys(const char *line)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	say_error(arena_printf(arena, "SCIDAY_KEY_DIRECTORY: %s", line));
}

/* A database that is away now is waited for; one that is there and not fit is not. */
static bool check_database(struct db *db)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct problem *problem = db_check(db, arena);
	if (!problem)
		return true;
	if (problem->code == PROBLEM_unavailable) {
		log_line(LOG_WARNING, "database_away", LOG_S("cause", problem->cause));
		return true;
	}
	say_error(arena_printf(arena, "SCIDAY_DATABASE_URL: %s", problem->cause));
	return false;
}

#define CHANNEL_ACCOUNT "sciday_account" /* an account that has other rights than before, or none; no payload: all */
#define CHANNEL_PUBLIC "sciday_public"   /* a table of which something public has changed; no payload: any */

static const char *const channels[] = {CHANNEL_ACCOUNT, CHANNEL_PUBLIC, NULL};

/* What is kept of the database's is forgotten when it changes. */
static void forget(void *context, const char *channel, const char *payload)
{
	const struct services *services = context;
	const char *what = payload && *payload ? payload : NULL;
	if (!channel || strcmp(channel, CHANNEL_ACCOUNT) == 0)
		caller_cache_drop(services->caller_cache, what);
	if (services->memory && (!channel || strcmp(channel, CHANNEL_PUBLIC) == 0))
		memory_drop(services->memory, what);
}

/*
 * Forms alone need fonts: without them everything else is served. Cairo takes a face's outlines whole, 20 MB, for each file;
 * freed, they go back to the system at once only if glibc does not learn from them to keep such sizes in its heaps, of
 * which threads have many.
 */
static struct typesetter *load_fonts(const struct config *config)
{
	mallopt(M_MMAP_THRESHOLD, MEBIBYTE);
	struct typesetter *typesetter = typesetter_create(config->font_directories, config->report_slots);
	const char *fault = typesetter_fault(typesetter);
	if (fault)
		log_line(LOG_WARNING, "font_missing", LOG_S("cause", fault), LOG_S("setting", "SCIDAY_FONT_DIRECTORIES"));
	return typesetter;
}

/* SIGTERM and SIGINT are waited for in this thread alone, so they are blocked before any other starts; a peer that is gone is an error of write(2), not a signal. */
static sigset_t block_signals(void)
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signals;
}

/*
 * As many client connections as there are descriptors for, of which the process may have as many as the hard limit says:
 * one more would leave the library's listener asking the kernel again and again, and what is open with none.
 */
static unsigned connections_that_fit(const struct config *config)
{
	unsigned database = config->read_connections + config->change_connections + config->report_slots;
	unsigned others = DESCRIPTORS_ALWAYS + 2 * database + DESCRIPTORS_OF_REPORT * config->report_slots;
	rlim_t needed = config->connection_limit + others;
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed)
		return config->connection_limit;
	limit.rlim_cur = limit.rlim_max < needed ? limit.rlim_max : needed;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= others)
		return 0;
	unsigned fit = (unsigned)limit.rlim_cur - others;
	if (fit < config->connection_limit)
		log_line(LOG_WARNING, "connection_limit_lowered", LOG_I("connections", fit), LOG_I("descriptors", limit.rlim_cur),
		         LOG_I("descriptors_needed", needed), LOG_S("setting", "SCIDAY_CONNECTION_LIMIT"));
	return fit;
}

/* Answers until a signal comes. */
static int serve(const struct config *config, const struct dispatcher *dispatcher, const sigset_t *signals)
{
	const struct server_settings settings = {
		.address = config->listen.address,
		.port = config->listen.port,
		.admin_address = config->admin_listen.address,
		.admin_port = config->admin_listen.port,
		.connection_limit = connections_that_fit(config),
		.connection_timeout = config->connection_timeout,
		.shutdown_seconds = config->shutdown_seconds,
	};
	if (settings.connection_limit == 0) {
		say_error("there are not descriptors enough for one connection: raise the limit of open files (ulimit -n)");
		return 1;
	}
	struct server *server = server_start(&settings, dispatcher, say_error);
	if (!server)
		return 1;
	log_line(LOG_INFO, "listening", LOG_S("address", config->listen.address), LOG_I("port", server_port(server)),
	         LOG_I("admin_port", server_admin_port(server)), LOG_S("version", SCIDAY_VERSION));
	log_adopt_stderr();
	sd_notify(0, "READY=1");
	int received;
	sigwait(signals, &received);
	sd_notify(0, "STOPPING=1");
	log_line(LOG_INFO, "stopping", LOG_S("signal", strsignal(received)));
	server_stop(server);
	log_line(LOG_INFO, "stopped");
	return 0;
}

static int serve_with_services(const struct config *config, struct services *services, const sigset_t *signals)
{
	if (!check_database(services->db))
		return 1;
	db_listen(services->db);
	const struct dispatcher dispatcher = {
		.services = services,
		.cors = {.origins = config->allowed_origins[0] ? config->allowed_origins : NULL},
		.address_rate = config->address_rate_limit ? rate_limit_create(config->address_rate_limit) : NULL,
		.principal_rate = config->principal_rate_limit ? rate_limit_create(config->principal_rate_limit) : NULL,
		.body_limit = config->body_limit,
		.longest_body = 2ULL * config->document_limit + MEBIBYTE, /* twice a document with the form around it */
		.trusted_proxies = config->trusted_proxies,
	};
	int status = serve(config, &dispatcher, signals);
	rate_limit_destroy(dispatcher.address_rate);
	rate_limit_destroy(dispatcher.principal_rate);
	return status;
}

static int serve_with_config(const struct config *config)
{
	if (!check_config(config))
		return 1;
	log_set_level((enum log_level)config->log_level);
	sigset_t signals = block_signals();
	struct services services = {
		.keyring = keyring_load(config->key_directory, say_of_keys),
		.document_limit = config->document_limit,
		.document_quota = (unsigned long long)config->document_quota * MEBIBYTE,
		.draft_limit = config->draft_limit,
		.dossier_link_days = config->dossier_link_days,
	};
	if (!services.keyring)
		return 1;
	const struct db_settings db_settings = {
		.url = config->database_url,
		.connections =
			{
				[DB_READ] = config->read_connections,
				[DB_CHANGE] = config->change_connections,
				[DB_REPORT] = config->report_slots,
			},
		.wait_milliseconds = config->database_wait_milliseconds,
		.prepare = config->database_prepare,
		.notices = {channels, forget, &services},
	};
	services.caller_cache = caller_cache_create(CALLER_CACHE_CAPACITY);
	if (config->public_memory > 0 && config->database_prepare)
		services.memory = memory_create((size_t)config->public_memory * MEBIBYTE);
	services.db = db_create(&db_settings);
	services.scanner = config->clamd ? scanner_start(services.db, config->clamd) : NULL;
	services.typesetter = load_fonts(config);
	const struct gate_settings slots = {
		.places = config->report_slots,
		.line = config->report_queue,
		.wait_milliseconds = config->report_wait_milliseconds,
	};
	services.slots = gate_create(&slots);
	static const struct gate_settings inspections = {
		.places = INSPECTIONS_AT_ONCE,
		.line = INSPECTIONS_LINE,
		.wait_milliseconds = INSPECTIONS_WAIT,
	};
	services.inspections = gate_create(&inspections);
	int status = serve_with_services(config, &services, &signals);
	gate_destroy(services.inspections);
	gate_destroy(services.slots);
	typesetter_destroy(services.typesetter);
	scanner_stop(services.scanner);
	db_destroy(services.db);
	memory_destroy(services.memory);
	caller_cache_destroy(services.caller_cache);
	keyring_destroy(services.keyring);
	return status;
}

int command_serve(int argc, char **argv)
{
	(void)argv;
	if (argc != 1) {
		say_error("serve takes no argument");
		return 2;
	}
	struct config config;
	int status = config_read(&config, say_error) ? serve_with_config(&config) : 1;
	config_clean(&config);
	return status;
}
