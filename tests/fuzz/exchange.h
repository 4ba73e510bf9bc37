/*
 * A request on its way through the stages that read it, for fuzzers of what is in it: an operation of the contract, and
 * nothing behind it.
 */
#ifndef SCIDAY_FUZZ_EXCHANGE_H
#define SCIDAY_FUZZ_EXCHANGE_H

#include <jansson.h>

#include "base/arena_json.h"
#include "contract/contract.h"
#include "fuzz.h"
#include "http/exchange.h"

/* The operation of this name, or some other one that the name says. */
static inline const struct operation *fuzz_operation(const char *name)
{
	size_t sum = 0;
	for (size_t i = 0; i < contract_operation_count; i++)
		if (strcmp(contract_operations[i].id, name) == 0)
			return &contract_operations[i];
	for (; *name; name++)
		sum = sum * 31 + (unsigned char)*name;
	return &contract_operations[sum % contract_operation_count];
}

static inline struct exchange *fuzz_exchange(struct arena *arena, const struct operation *operation)
{
	struct exchange *exchange = arena_alloc(arena, sizeof *exchange);
	exchange->arena = arena;
	exchange->operation = operation;
	exchange->request_id = "fuzz";
	exchange->request.path = "/";
	exchange->request.peer = "127.0.0.1";
	exchange->caller = (struct caller){.account_id = "", .session_id = "", .scopes = {"", "", "", ""}};
	return exchange;
}

/* Whatever is refused is refused with a problem (RFC 9457) that blames the client, names at most a hundred things, and is JSON. */
static inline void fuzz_check_refusal(struct arena *arena, const struct reply *reply)
{
	HOLDS(reply->status >= 400 && reply->status < 500);
	HOLDS(strlen(reply->body) == reply->length);
	json_t *problem = arena_json_parse(arena, reply->body);
	HOLDS(json_integer_value(json_object_get(problem, "status")) == reply->status);
	HOLDS(json_string_length(json_object_get(problem, "detail")) > 0);
	HOLDS(json_array_size(json_object_get(problem, "errors")) <= 100);
}

/* Two exchanges bound the same values. */
static inline bool fuzz_values_are_equal(const struct values *left, const struct values *right)
{
	if (left->count != right->count)
		return false;
	for (size_t i = 0; i < left->count; i++) {
		const char *one = left->list[i].text, *other = values_get(right, left->list[i].name);
		if (one && other ? strcmp(one, other) != 0 : one != other)
			return false;
	}
	return true;
}

#endif
