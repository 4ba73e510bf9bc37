/*
 * The log: one JSON object a line on standard error, each line one write(2).
 * Only the edge and main call this. Never give it a secret, a body, or a person's data.
 */
#ifndef SCIDAY_BASE_LOG_H
#define SCIDAY_BASE_LOG_H

#include <stdarg.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* Lines below this level are dropped; LOG_INFO at first. */
void log_set_level(enum log_level level);

/* From now on, what a library prints on stderr becomes lines of the log, "said" by it, so that there are no others. */
void log_adopt_stderr(void);

enum log_field_type { LOG_END, LOG_STRING, LOG_INTEGER, LOG_THOUSANDTHS };

struct log_field {
	const char *name;
	enum log_field_type type;
	const char *string; /* NULL leaves the field out */
	long long integer;  /* of thousandths: as many, at least 0 */
};

#define LOG_S(name_, value_) ((struct log_field){.name = (name_), .type = LOG_STRING, .string = (value_)})
#define LOG_I(name_, value_) ((struct log_field){.name = (name_), .type = LOG_INTEGER, .integer = (long long)(value_)})
#define LOG_T(name_, value_) ((struct log_field){.name = (name_), .type = LOG_THOUSANDTHS, .integer = (long long)(value_)})

/* log_line(LOG_INFO, "listening", LOG_S("address", a), LOG_I("port", p)); `time` and `level` are added. */
#define log_line(level_, event_, ...) \
	log_fields((level_), (event_), (const struct log_field[]){__VA_ARGS__ __VA_OPT__(, ){.type = LOG_END}})
void log_fields(enum log_level level, const char *event, const struct log_field *fields);

#endif
