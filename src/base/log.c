#include "base/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"

static _Atomic enum log_level lowest = LOG_INFO;

static const char *const level_names[] = {
	[LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARNING] = "warning", [LOG_ERROR] = "error"};

void log_set_level(enum log_level level)
{
	atomic_store(&lowest, level);
}

/* Exactly three digits. */
static void append_thousandths(struct buffer *line, long long thousandths)
{
	const char digits[] = {'.', (char)('0' + thousandths / 100), (char)('0' + thousandths / 10 % 10),
	                       (char)('0' + thousandths % 10)};
	buffer_append(line, digits, sizeof digits);
}

/* RFC 3339, in UTC, to the millisecond; to the second it is written once a second. */
static void append_time(struct buffer *line)
{
	static _Thread_local time_t second = -1;
	static _Thread_local char date[sizeof "2021-05-30T08:00:00"];
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (now.tv_sec != second) {
		struct tm utc;
		gmtime_r(&now.tv_sec, &utc);
		strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
		second = now.tv_sec;
	}
	buffer_append_string(line, "{\"time\":\"");
	buffer_append_string(line, date);
	append_thousandths(line, now.tv_nsec / 1000000);
	buffer_append_string(line, "Z\"");
}

static void append_field(struct buffer *line, const struct log_field *field)
{
	if (field->type == LOG_STRING && !field->string)
		return;
	buffer_append(line, ",", 1);
	buffer_append_json(line, field->name);
	buffer_append(line, ":", 1);
	if (field->type == LOG_STRING) {
		buffer_append_json(line, field->string);
	} else if (field->type == LOG_INTEGER) {
		buffer_append_integer(line, field->integer);
	} else {
		buffer_append_integer(line, field->integer / 1000);
		append_thousandths(line, field->integer % 1000);
	}
}

void log_fields(enum log_level level, const char *event, const struct log_field *fields)
{
	if (level < atomic_load(&lowest))
		return;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct buffer line = buffer_create(arena);
	append_time(&line);
	append_field(&line, &LOG_S("level", level_names[level]));
	append_field(&line, &LOG_S("event", event));
	for (const struct log_field *field = fields; field->type != LOG_END; field++)
		append_field(&line, field);
	buffer_append(&line, "}\n", 2);

	/* One write, so that lines of several threads and processes do not mix; a log that cannot be written is nobody's error. */
	ssize_t written = write(STDERR_FILENO, line.data, line.length);
	(void)written;
}

/* Line by line, as the stream is buffered; what is longer than its buffer comes in parts. */
static ssize_t write_said(void *cookie, const char *text, size_t size)
{
	(void)cookie;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	for (const char *at = text, *end = text + size; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((newline ? newline : end) - at);
		if (length > 0)
			log_line(LOG_WARNING, "said", LOG_S("message", arena_strndup(arena, at, length)));
		at += length + 1;
	}
	return (ssize_t)size;
}

void log_adopt_stderr(void)
{
	FILE *stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = write_said});
	if (!stream)
		return;
	setvbuf(stream, NULL, _IOLBF, BUFSIZ);
	stderr = stream; /* a variable, in glibc (its manual, section 12.2) */
}
