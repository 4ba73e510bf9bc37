#include "base/arena.h"
#include "base/clock.h"
#include "base/descriptors.h"
#include "base/gate.h"
#include "contract/contract.h"
#include "http/problem.h"
#include "operation/identity.h"
#include "operation/services.h"
#include "server/stages.h"

#define DEAR 10 /* what weighs so much, and only reads, waits for a slot */

/*
 * What a dear one may open: a workbook's sheets, a zone, a font. What cannot be opened later is not always missed: without
 * the zone's file times would be another zone's.
 */
#define DESCRIPTORS 32

/* Weights */

bool cost_take(struct rate_limit *rate_limit, struct exchange *exchange, const char *key, unsigned weight)
{
	long long now = clock_monotonic_microseconds() / 1000000;
	if (!rate_limit || rate_limit_take(rate_limit, key, weight, now, &exchange->rate))
		return true;
	struct problem *problem = problem_create(exchange->arena, PROBLEM_rate_limited);
	problem->retry_after = exchange->rate.reset_seconds;
	return stage_refuse(exchange, problem);
}

static unsigned heavier(unsigned weight, unsigned other)
{
	return weight > other ? weight : other;
}

/* As much as the heaviest of what it asks for, and at least 1. */
static unsigned weigh(const struct exchange *exchange)
{
	const struct operation *operation = exchange->operation;
	unsigned weight = heavier(1, heavier(operation->weight, operation->format_weights[exchange->format]));
	for (size_t i = 0; i < operation->parameter_count; i++)
		if (values_get(&exchange->values, operation->parameters[i].name))
			weight = heavier(weight, operation->parameters[i].weight);
	return weight;
}

bool stage_weight(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	struct rate_limit *rate_limit = exchange->caller.authenticated ? dispatcher->principal_rate : dispatcher->address_rate;
	unsigned weight = weigh(exchange);
	exchange->is_dear = weight >= DEAR && exchange->operation->kind != OPERATION_CHANGE;
	/* What weighs more than there is in a whole window takes all of it, and so can be asked for still. */
	if (rate_limit && weight > exchange->rate.limit)
		weight = exchange->rate.limit;
	return weight == 1 || cost_take(rate_limit, exchange, identity_who(exchange), weight - 1);
}

/* Slots */

static void leave(void *visit)
{
	gate_leave(visit);
}

bool stage_slot(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	(void)dispatcher;
	if (!exchange->is_dear)
		return true;
	exchange->visit = gate_enter(exchange->services->slots, identity_who(exchange));
	if (!exchange->visit) {
		exchange->reply = problem_reply_code(exchange, PROBLEM_overloaded);
		return false;
	}
	arena_defer(exchange->arena, leave, exchange->visit);
	if (descriptors_are_left(DESCRIPTORS))
		return true;
	exchange->cause = "no file descriptors are left";
	exchange->reply = problem_reply_code(exchange, PROBLEM_unavailable);
	return false;
}

/* A body that is made while it is written, each piece in a slot. */
struct paced {
	const struct reply_stream *stream;
	struct visit *visit;
};

static long read_paced(void *context, unsigned long long offset, char *buffer, size_t room)
{
	const struct paced *paced = context;
	gate_step_back(paced->visit);
	long count = paced->stream->read(paced->stream->context, offset, buffer, room);
	gate_step_aside(paced->visit);
	return count;
}

bool stage_pace(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	(void)dispatcher;
	struct reply *reply = &exchange->reply;
	if (!exchange->visit)
		return true;
	gate_step_aside(exchange->visit);
	if (!reply->stream || reply->stream->is_made)
		return true;
	struct paced *paced = arena_alloc(exchange->arena, sizeof *paced);
	struct reply_stream *stream = arena_alloc(exchange->arena, sizeof *stream);
	*paced = (struct paced){.stream = reply->stream, .visit = exchange->visit};
	*stream = (struct reply_stream){.read = read_paced, .context = paced};
	reply->stream = stream;
	return true;
}
