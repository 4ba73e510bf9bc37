/*
 * One request on its way to its reply: what the stages of dispatch have found
 * out so far. A handler reads it and returns a struct reply.
 */
#ifndef SCIDAY_HTTP_EXCHANGE_H
#define SCIDAY_HTTP_EXCHANGE_H

#include <stdbool.h>

#include "http/format.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/values.h"

struct arena;
struct db;
struct json_t;
struct memory_ticket;
struct operation;
struct services;
struct visit;

enum locale { LOCALE_ZH_CN, LOCALE_EN };

enum role {
#define ROLE(symbol, bit, name) ROLE_##symbol = (bit),
#include "http/roles.def"
#undef ROLE
};
#define ROLE_COUNT 4

/* Who calls. All strings are "" for the anonymous; scopes are uuid[] literals, in the order of enum role's bits. */
struct caller {
	bool authenticated;
	const char *account_id;
	const char *session_id;
	unsigned roles; /* held anywhere: enough to be let in by x-access, never enough to act */
	const char *scopes[ROLE_COUNT];
};

/* What the rate limit left for this request; `limit` 0: none was applied. */
struct rate {
	unsigned limit, remaining, reset_seconds;
};

struct exchange {
	struct arena *arena; /* lives as long as the exchange */
	struct request request;
	const char *request_id;
	enum locale locale;
	const struct operation *operation; /* after routing */
	enum format format;                /* of the answer, if it succeeds; after "size/type" */
	struct caller caller;              /* after "who are you" */
	struct values values;              /* after parameters and body */
	struct json_t *body;               /* the checked body, or NULL */
	struct services *services;         /* the process's pools, keys and settings */
	struct memory_ticket *ticket;      /* what the answer is to be kept under (server/memory.h), or NULL */
	void *received;                    /* what its operation's receiver made of a body that was read as it came, or NULL */
	size_t stage;                      /* of dispatch: the next one */
	bool is_ended;                     /* `reply` is there: what is left is to finish it */
	struct reply reply;
	long long started; /* monotonic microseconds */
	struct rate rate;
	bool is_dear;        /* it reads much, and so by connections of its own (DB_REPORT) */
	struct visit *visit; /* to the slots (base/gate.h) of what is dear; NULL: none */
	const char *cause;   /* for the log alone: why a 5xx happened */
	const char *problem; /* for the log alone: the problem's code */
	bool replayed;       /* the answer is a kept one (Idempotency-Key) */
};

#endif
