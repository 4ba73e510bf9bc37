/*
 * The contract, as tables that the generator makes from openapi.yaml: every
 * operation with who may call it, its parameters, its body's rules, and the
 * statement or handler that does its work.
 */
#ifndef SCIDAY_CONTRACT_CONTRACT_H
#define SCIDAY_CONTRACT_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "contract/schema.h"
#include "http/exchange.h"

struct receiver;
struct statement;
struct table;

/* x-access: role bits of enum role, and these two words. */
#define ACCESS_PUBLIC 0x100        /* anyone, without a token */
#define ACCESS_AUTHENTICATED 0x200 /* anyone with a token */

enum media {
#define MEDIA(symbol, bit, name) MEDIA_##symbol = (bit),
#include "contract/media.def"
#undef MEDIA
};

enum parameter_place { PLACE_PATH, PLACE_QUERY, PLACE_HEADER };

struct parameter {
	const char *name;
	enum parameter_place place;
	bool required;
	const char *default_text; /* or NULL */
	const struct schema *schema;
	unsigned weight; /* of a request that has it, as an operation's */
};

enum operation_kind {
	OPERATION_READ,   /* GET of one thing, or a POST that changes nothing (x-safe) */
	OPERATION_LIST,   /* GET whose 200 has items and next_cursor */
	OPERATION_CHANGE, /* everything else */
};

/* What the answer's reading is told, by name: from a value of this exchange ("campaign_code" from "code"). */
struct answer_value {
	const char *name;
	const char *from; /* "new_id" is the id that dispatch made for a create */
};

struct operation {
	const char *id;     /* operationId */
	const char *action; /* its verb: "return" of return_plan; bound as :action */
	enum method method;
	const char *path; /* template, "/v1/plans/{plan_id}/return" */
	enum operation_kind kind;
	unsigned weight; /* x-weight: how many plain requests a request counts for; 0: not declared */
	unsigned format_weights[FORMAT_COUNT];
	unsigned access;
	bool is_kept;              /* x-cache: its answer to anyone is kept until what it rests on changes */
	unsigned long long topics; /* what it rests on: bits, in the order of contract_topics */
	bool tokenless;            /* security: []: the Authorization header is the handler's matter */
	const struct parameter *parameters;
	size_t parameter_count;
	unsigned media; /* enum media taken; 0: no body */
	bool body_required;
	const struct schema *body;
	size_t body_limit;               /* bytes; 0: the setting's */
	unsigned success;                /* 200, 201, 204 */
	unsigned formats;                /* bits 1 << enum format that it answers in; 0: a file as it is */
	const char *title_zh, *title_en; /* what a file of its answer is called */
	const struct table *tables;      /* the answer's rows as columns, where it has csv or xlsx */
	size_t table_count;
	bool if_match;                                      /* If-Match is required */
	bool idempotent;                                    /* Idempotency-Key is taken */
	struct reply (*handler)(struct exchange *exchange); /* NULL: operation_run */
	const struct receiver *receiver;   /* x-receiver: in place of a handler; NULL: a body is whole before it */
	const struct statement *statement; /* NULL: the handler does it all */
	const struct statement *count;     /* lists: for count=exact */
	const struct operation *answer;    /* changes: the reading that shapes the answer, or NULL */
	const struct statement
		*keep; /* idempotent changes: the reading that also keeps the answer, or what only keeps that it was done */
	const struct answer_value *answer_values;
	size_t answer_value_count;
	const struct operation
		*parent; /* the reading of what a list or a create is under, or of what a delete deletes; or NULL */
	const struct statement *refusal; /* changes: refuse_…, which says why a change touched nothing, or NULL */
};

/* The tables that kept answers rest on; NULL-terminated. */
extern const char *const contract_topics[];
extern const size_t contract_topic_count;

extern const struct operation contract_operations[];
extern const size_t contract_operation_count;

/* A path of the contract, and what there is to do at it. */
struct path {
	const char *pattern;                                  /* "/v1/plans/{plan_id}/return" */
	unsigned segments;                                    /* of it: 4 */
	const char *allow;                                    /* the methods, "GET, HEAD, OPTIONS" */
	const struct operation *operations[METHOD_OTHER + 1]; /* by enum method; HEAD's is the GET's; NULL: none */
};

/* Of two that fit an address, the one that has more of it in its own words comes first. */
extern const struct path contract_paths[];
extern const size_t contract_path_count;

/* openapi.yaml as JSON. Not NUL-terminated. */
extern const unsigned char contract_json[];
extern const size_t contract_json_length;

#endif
