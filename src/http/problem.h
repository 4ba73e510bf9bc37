/*
 * What went wrong, as RFC 9457 tells it. Codes and their texts in Chinese and
 * English are in problems.def; code and params are never translated. Nothing
 * of SQL, paths or stacks ever enters one; `cause` is for the log alone.
 */
#ifndef SCIDAY_HTTP_PROBLEM_H
#define SCIDAY_HTTP_PROBLEM_H

#include "http/exchange.h"
#include "http/reply.h"

struct arena;

enum problem_code {
#define PROBLEM(code, status, title_en, title_zh, detail_en, detail_zh) PROBLEM_##code,
#define FINDING(code, detail_en, detail_zh)
#include "http/problems.def"
#undef PROBLEM
#undef FINDING
	PROBLEM_COUNT
};

/* One thing that is wrong: where, what, and the numbers and words that the text needs. */
struct finding {
	const char *pointer;   /* JSON Pointer (RFC 6901) into the body, or NULL */
	const char *parameter; /* name of the parameter or header, or NULL */
	const char *code;      /* a FINDING of problems.def */
	const char *params;    /* a JSON object as text, or NULL */
	struct finding *next;
};

struct problem {
	struct arena *arena;
	enum problem_code code;
	const char *params;       /* a JSON object as text, or NULL: members beside the standard ones, and filled into detail */
	struct finding *findings; /* in the order they were found */
	struct finding **last;
	const char *etag;     /* 412: the present one */
	const char *allow;    /* 405 */
	unsigned retry_after; /* seconds; 0: none */
	const char *cause;    /* for the log alone */
	const char *sqlstate; /* five characters, or NULL; for db and the log */
};

/* A new problem in the arena, with nothing found yet. */
struct problem *problem_create(struct arena *arena, enum problem_code code);

/*
 * A problem that the database told of: its code's name and its params, a JSON object as text or NULL.
 * The member "errors" of params, [{"pointer", "code", "params"}], becomes the findings, and "retry_after" its seconds.
 */
struct problem *problem_create_from(struct arena *arena, const char *code, const char *params);

/* The code of this name ("not_found"); PROBLEM_internal if there is none. */
enum problem_code problem_code_parse(const char *name);
const char *problem_code_name(enum problem_code code);
unsigned problem_status(enum problem_code code);

/* Appends a finding; the strings are copied. Either pointer or parameter may be NULL. */
void problem_find(struct problem *problem, const char *pointer, const char *parameter, const char *code, const char *params);

/* Says which language the reply's texts are in: Content-Language, and with it Vary. */
void reply_language(struct reply *reply, enum locale locale);

/*
 * {"pointer" | "parameter", "code", "detail", "params"} of one finding, as JSON text in the arena;
 * `detail` is its code's text in the locale, with {name} replaced from params.
 */
const char *finding_json(struct arena *arena, const struct finding *finding, enum locale locale);

/* The whole as application/problem+json in the exchange's language. */
struct reply problem_reply(struct exchange *exchange, const struct problem *problem);

/* A reply of a problem with nothing to add. */
struct reply problem_reply_code(struct exchange *exchange, enum problem_code code);

#endif
