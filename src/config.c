#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

enum kind { KIND_TEXT, KIND_NUMBER, KIND_SWITCH, KIND_ADDRESS, KIND_LIST, KIND_LEVEL };

struct setting {
	const char *variable;
	enum kind kind;
	const char *fallback; /* the default; NULL: none */
	size_t offset;        /* of the field in struct config */
	unsigned minimum, maximum;
	const char *meaning;
};

#define FIELD(field_) offsetof(struct config, field_)

static const struct setting settings[] = {
	{"SCIDAY_DATABASE_URL", KIND_TEXT, NULL, FIELD(database_url), 0, 0,
         "PostgreSQL, as the service's role, which owns nothing (libpq URI); needed by serve"},
	{"SCIDAY_OWNER_URL", KIND_TEXT, NULL, FIELD(owner_url), 0, 0,
         "PostgreSQL, as the owner of the tables; needed by migrate, seed and user, never by serve"},
	{"SCIDAY_KEY_DIRECTORY", KIND_TEXT, NULL, FIELD(key_directory), 0, 0,
         "Directory of the PEM keys that sign access tokens; needed by serve and key"},
	{"SCIDAY_LISTEN", KIND_ADDRESS, "127.0.0.1:8080", FIELD(listen), 0, 0,
         "Address and port of the API; port 0 takes a free one"},
	{"SCIDAY_ADMIN_LISTEN", KIND_ADDRESS, "127.0.0.1:9080", FIELD(admin_listen), 0, 0,
         "Address and port of /livez, /readyz and /metrics; never public"},
	{"SCIDAY_ALLOWED_ORIGINS", KIND_LIST, "", FIELD(allowed_origins), 0, 0,
         "Origins of web pages that may call the API (CORS), comma-separated; * allows all"},
	{"SCIDAY_TRUSTED_PROXIES", KIND_LIST, "", FIELD(trusted_proxies), 0, 0,
         "Addresses of proxies whose X-Forwarded-For is believed, comma-separated"},
	{"SCIDAY_READ_CONNECTIONS", KIND_NUMBER, "", FIELD(read_connections), 1, 256,
         "Database connections for reads, and as many again while some are slow; by default as many as there are cores"},
	{"SCIDAY_CHANGE_CONNECTIONS", KIND_NUMBER, "4", FIELD(change_connections), 1, 256,
         "Database connections for changes, and as many again while some wait for locks"},
	{"SCIDAY_REPORT_SLOTS", KIND_NUMBER, "", FIELD(report_slots), 2, 256,
         "Reports, files and searches at work at once, each with a database connection; by default as many as there are cores, "
         "and at least 2"},
	{"SCIDAY_REPORT_QUEUE", KIND_NUMBER, "32", FIELD(report_queue), 1, 65535,
         "Reports, files and searches that wait for their turn; one more gets 503, and of one caller one more than a quarter"},
	{"SCIDAY_REPORT_WAIT", KIND_NUMBER, "5000", FIELD(report_wait_milliseconds), 1, 60000,
         "Milliseconds that one of them waits before it gets 503"},
	{"SCIDAY_DATABASE_WAIT", KIND_NUMBER, "2000", FIELD(database_wait_milliseconds), 1, 60000,
         "Milliseconds that a request waits for a database connection, and half of it for a lock, before it gets 503"},
	{"SCIDAY_DATABASE_PREPARE", KIND_SWITCH, "on", FIELD(database_prepare), 0, 0,
         "on or off; off behind a pooler in transaction mode"},
	{"SCIDAY_PUBLIC_MEMORY", KIND_NUMBER, "16", FIELD(public_memory), 0, 65536,
         "Mebibytes for answers to anyone, which are kept until what they say changes; 0, or without prepare: none are"},
	{"SCIDAY_CONNECTION_LIMIT", KIND_NUMBER, "2000", FIELD(connection_limit), 1, 65535,
         "Client connections at once; one more is closed as soon as it comes"},
	{"SCIDAY_CONNECTION_TIMEOUT", KIND_NUMBER, "30", FIELD(connection_timeout), 1, 3600,
         "Seconds without traffic after which a client connection is closed"},
	{"SCIDAY_BODY_LIMIT", KIND_NUMBER, "262144", FIELD(body_limit), 1024, 16777216, "Largest JSON body, in bytes"},
	{"SCIDAY_DOCUMENT_LIMIT", KIND_NUMBER, "20971520", FIELD(document_limit), 1024, 1073741824, "Largest document, in bytes"},
	{"SCIDAY_DOCUMENT_QUOTA", KIND_NUMBER, "2048", FIELD(document_quota), 1, 1048576,
         "Mebibytes that the documents of one organization may take"},
	{"SCIDAY_DRAFT_LIMIT", KIND_NUMBER, "200", FIELD(draft_limit), 1, 100000,
         "Drafts of activities that one organization may have in one campaign"},
	{"SCIDAY_CLAMD", KIND_TEXT, NULL, FIELD(clamd), 0, 0,
         "clamd, which scans each document before it is handed out: host:port or a socket's path; unset, none is"},
	{"SCIDAY_FONT_DIRECTORIES", KIND_LIST, "/usr/share/fonts/opentype/noto,/usr/share/fonts/truetype/dejavu",
         FIELD(font_directories), 0, 0,
         "Directories of the fonts that forms are set in, Noto Serif CJK SC and DejaVu Sans, comma-separated"},
	{"SCIDAY_DOSSIER_LINK_DAYS", KIND_NUMBER, "7", FIELD(dossier_link_days), 1, 90,
         "Days for which a link to a forwarding's dossier is good"},
	{"SCIDAY_ADDRESS_RATE_LIMIT", KIND_NUMBER, "6000", FIELD(address_rate_limit), 0, 100000000,
         "Requests a minute from one address, a dear one counting for several (x-weight); 0 for no limit"},
	{"SCIDAY_PRINCIPAL_RATE_LIMIT", KIND_NUMBER, "1200", FIELD(principal_rate_limit), 0, 100000000,
         "Requests a minute of one account, counted alike; 0 for no limit"},
	{"SCIDAY_SHUTDOWN_SECONDS", KIND_NUMBER, "20", FIELD(shutdown_seconds), 0, 600,
         "Seconds that requests in flight have to end when the service stops"},
	{"SCIDAY_LOG_LEVEL", KIND_LEVEL, "info", FIELD(log_level), 0, 0, "debug, info, warning or error"},
};
#define SETTING_COUNT (sizeof settings / sizeof *settings)

static bool complain(void (*say)(const char *line), const struct setting *setting, const char *must_be)
{
	char line[256];
	snprintf(line, sizeof line, "%s must be %s", setting->variable, must_be);
	say(line);
	return false;
}

static bool read_number(const struct setting *setting, const char *text, unsigned *ret_number, void (*say)(const char *line))
{
	char *end;
	errno = 0;
	unsigned long number = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && number >= setting->minimum && number <= setting->maximum) {
		*ret_number = (unsigned)number;
		return true;
	}
	char must_be[64];
	snprintf(must_be, sizeof must_be, "a number from %u to %u", setting->minimum, setting->maximum);
	return complain(say, setting, must_be);
}

/* "127.0.0.1:8080" or "[::1]:8080". */
static bool read_address(const struct setting *setting, const char *text, struct endpoint *ret_endpoint,
                         void (*say)(const char *line))
{
	static const char must_be[] = "an address and a port, such as 127.0.0.1:8080 or [::1]:8080";
	const char *colon = strrchr(text, ':');
	char *end = NULL;
	unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 0;
	if (!colon || colon == text || end == colon + 1 || *end || port > 65535)
		return complain(say, setting, must_be);
	bool bracketed = text[0] == '[' && colon[-1] == ']';
	size_t length = (size_t)(colon - text) - (bracketed ? 2 : 0);
	ret_endpoint->address = strndup(text + (bracketed ? 1 : 0), length);
	ret_endpoint->port = (unsigned short)port;
	return true;
}

static const char **read_list(const char *text)
{
	size_t count = 1;
	for (const char *character = text; *character; character++)
		count += *character == ',';
	const char **list = calloc(count + 1, sizeof *list);
	size_t used = 0;
	while (*text) {
		text += strspn(text, ", ");
		size_t length = strcspn(text, ", ");
		if (length > 0)
			list[used++] = strndup(text, length);
		text += length;
	}
	return list;
}

static bool read_level(const struct setting *setting, const char *text, unsigned *ret_level, void (*say)(const char *line))
{
	static const char *const levels[] = {
		[LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARNING] = "warning", [LOG_ERROR] = "error"};
	for (unsigned level = LOG_DEBUG; level <= LOG_ERROR; level++)
		if (strcmp(levels[level], text) == 0) {
			*ret_level = level;
			return true;
		}
	return complain(say, setting, "debug, info, warning or error");
}

static bool read_setting(struct config *config, const struct setting *setting, void (*say)(const char *line))
{
	const char *given = getenv(setting->variable);
	const char *text = given && *given ? given : setting->fallback;
	void *field = (char *)config + setting->offset;
	char cores[16];
	if (text && !*text && setting->kind == KIND_NUMBER) {
		unsigned count = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
		snprintf(cores, sizeof cores, "%u", count > setting->minimum ? count : setting->minimum);
		text = cores;
	}
	switch (setting->kind) {
	case KIND_TEXT:
		*(const char **)field = text;
		return true;
	case KIND_NUMBER:
		return read_number(setting, text, field, say);
	case KIND_SWITCH:
		*(bool *)field = strcmp(text, "on") == 0;
		return strcmp(text, "on") == 0 || strcmp(text, "off") == 0 || complain(say, setting, "on or off");
	case KIND_ADDRESS:
		return read_address(setting, text, field, say);
	case KIND_LIST:
		*(const char ***)field = read_list(text);
		return true;
	case KIND_LEVEL:
		return read_level(setting, text, field, say);
	}
	abort(); /* every kind of setting is above; and nobody has asked anything yet */
}

bool config_read(struct config *ret_config, void (*say)(const char *line))
{
	*ret_config = (struct config){0};
	bool good = true;
	for (size_t i = 0; i < SETTING_COUNT; i++)
		good = read_setting(ret_config, &settings[i], say) && good;
	return good;
}

static void clean_list(const char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free((void *)list[i]);
	free(list);
}

void config_clean(struct config *config)
{
	free((void *)config->listen.address);
	free((void *)config->admin_listen.address);
	clean_list(config->allowed_origins);
	clean_list(config->trusted_proxies);
	clean_list(config->font_directories);
}

void config_print(bool as_markdown)
{
	if (as_markdown)
		printf("| variable | default | meaning |\n|---|---|---|\n");
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct setting *setting = &settings[i];
		bool none = !setting->fallback || !*setting->fallback;
		if (as_markdown)
			printf("| `%s` | %s%s%s | %s |\n", setting->variable, none ? "" : "`", none ? "" : setting->fallback,
			       none ? "" : "`", setting->meaning);
		else
			printf("  %-28s %s%s%s%s\n", setting->variable, setting->meaning, none ? "" : " (",
			       none ? "" : setting->fallback, none ? "" : ")");
	}
}
