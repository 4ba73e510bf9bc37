/*
 * Every setting, and every bound on what a user controls, in one table:
 * environment variable, default, meaning. `sciday --help` and the README print it.
 */
#ifndef SCIDAY_CONFIG_H
#define SCIDAY_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

/* Where to listen. */
struct endpoint {
	const char *address; /* numeric, without brackets */
	unsigned short port; /* 0: a free one */
};

struct config {
	const char *database_url;
	const char *owner_url;
	const char *key_directory;
	struct endpoint listen;
	struct endpoint admin_listen;
	const char **allowed_origins; /* NULL-terminated */
	const char **trusted_proxies; /* NULL-terminated */
	unsigned read_connections;
	unsigned change_connections;
	unsigned report_slots;
	unsigned report_queue;
	unsigned report_wait_milliseconds;
	unsigned database_wait_milliseconds;
	bool database_prepare;
	unsigned public_memory; /* mebibytes */
	unsigned connection_limit;
	unsigned connection_timeout;
	unsigned body_limit;
	unsigned document_limit;
	unsigned document_quota; /* mebibytes */
	unsigned draft_limit;
	const char *clamd;
	const char **font_directories; /* NULL-terminated */
	unsigned dossier_link_days;
	unsigned address_rate_limit;
	unsigned principal_rate_limit;
	unsigned shutdown_seconds;
	unsigned log_level;
};

/* Reads the environment. false after say() has said, in one line, which variable is wrong and what it must be. */
bool config_read(struct config *ret_config, void (*say)(const char *line)) __attribute__((warn_unused_result));

/* Frees what config_read allocated. */
void config_clean(struct config *config);

/* The table, for --help: plain text, or as Markdown for the README. */
void config_print(bool as_markdown);

#endif
