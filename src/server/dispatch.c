#include "server/dispatch.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "contract/contract.h"
#include "http/problem.h"
#include "operation/operation.h"
#include "server/accept.h"
#include "server/memory.h"
#include "server/router.h"
#include "server/stages.h"

/* POST with X-HTTP-Method-Override is what clients send that cannot send PATCH or DELETE (wx.request). */
static enum method effective_method(const struct request *request)
{
	const char *override = request_header(request, "X-HTTP-Method-Override");
	if (request->method != METHOD_POST || !override)
		return request->method;
	enum method method = method_parse(override);
	return method == METHOD_PATCH || method == METHOD_DELETE ? method : METHOD_OTHER;
}

static bool stage_route(const struct dispatcher *dispatcher, struct exchange *exchange, struct reply *ret_reply)
{
	struct request *request = &exchange->request;
	request->method = effective_method(request);
	struct route route = router_find(exchange->arena, request->method, request->path);
	if (!route.allow) {
		*ret_reply = problem_reply_code(exchange, PROBLEM_not_found);
		return false;
	}
	if (cors_is_preflight(exchange) || request->method == METHOD_OPTIONS) {
		*ret_reply = cors_preflight(&dispatcher->cors, exchange, route.allow);
		return false;
	}
	if (!route.operation) {
		struct problem *problem = problem_create(exchange->arena, PROBLEM_method_not_allowed);
		problem->allow = route.allow;
		*ret_reply = problem_reply(exchange, problem);
		return false;
	}
	exchange->operation = route.operation;
	return true;
}

static bool is_trusted_proxy(const struct dispatcher *dispatcher, const char *peer)
{
	for (size_t i = 0; dispatcher->trusted_proxies && dispatcher->trusted_proxies[i]; i++)
		if (strcmp(dispatcher->trusted_proxies[i], peer) == 0)
			return true;
	return false;
}

/* Who is at the other end: the peer, or, behind a proxy that is trusted, the last hop that it names. */
static const char *client_address(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	const char *peer = exchange->request.peer;
	const char *forwarded = request_header(&exchange->request, "X-Forwarded-For");
	if (!forwarded || !is_trusted_proxy(dispatcher, peer))
		return peer;
	const char *comma = strrchr(forwarded, ',');
	const char *last = comma ? comma + 1 : forwarded;
	last += strspn(last, " \t");
	return arena_strndup(exchange->arena, last, strcspn(last, " \t"));
}

static bool stage_address_rate(const struct dispatcher *dispatcher, struct exchange *exchange, struct reply *ret_reply)
{
	exchange->request.peer = client_address(dispatcher, exchange);
	return cost_take(dispatcher->address_rate, exchange, exchange->request.peer, 1, ret_reply);
}

static bool stage_principal_rate(const struct dispatcher *dispatcher, struct exchange *exchange, struct reply *ret_reply)
{
	return !exchange->caller.authenticated ||
	       cost_take(dispatcher->principal_rate, exchange, exchange->caller.account_id, 1, ret_reply);
}

static bool stage_access(const struct dispatcher *dispatcher, struct exchange *exchange, struct reply *ret_reply)
{
	(void)dispatcher;
	unsigned access = exchange->operation->access;
	const struct caller *caller = &exchange->caller;
	if (access & ACCESS_PUBLIC || (caller->authenticated && access & (ACCESS_AUTHENTICATED | caller->roles)))
		return true;
	*ret_reply = problem_reply_code(exchange, caller->authenticated ? PROBLEM_forbidden : PROBLEM_unauthenticated);
	return false;
}

static bool stage_memory(const struct dispatcher *dispatcher, struct exchange *exchange, struct reply *ret_reply)
{
	(void)dispatcher;
	return !memory_find(exchange, ret_reply);
}

static bool stage_operation(const struct dispatcher *dispatcher, struct exchange *exchange, struct reply *ret_reply)
{
	(void)dispatcher;
	const struct operation *operation = exchange->operation;
	*ret_reply = operation->handler ? operation->handler(exchange) : operation_run(exchange);
	memory_keep(exchange, ret_reply);
	return false;
}

static const struct {
	const char *name;
	stage_function *run;
} stages[] = {
	{"route", stage_route},
	{"address_rate", stage_address_rate},
	{"authenticate", stage_authenticate},
	{"principal_rate", stage_principal_rate},
	{"access", stage_access},
	{"negotiate", stage_negotiate},
	/* What follows needs the body. */
	{"size", stage_size},
	{"parameters", stage_parameters},
	{"body", stage_body},
	{"weight", stage_weight},
	{"memory", stage_memory},
	{"slot", stage_slot},
	{"operation", stage_operation},
};
#define STAGE_COUNT (sizeof stages / sizeof *stages)

static size_t stage_named(const char *name)
{
	size_t i = 0;
	while (i < STAGE_COUNT && strcmp(stages[i].name, name) != 0)
		i++;
	return i;
}

/* A request id is taken if it is short and harmless in a log, else made. */
static const char *request_id(struct exchange *exchange)
{
	const char *given = request_header(&exchange->request, "X-Request-Id");
	size_t length = given ? strlen(given) : 0;
	if (length > 0 && length <= 64 &&
	    strspn(given, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-") == length)
		return given;
	char *made = arena_alloc(exchange->arena, ID_SIZE);
	id_create(made);
	return made;
}

/* traceparent (W3C Trace Context, section 3.2) goes to the log if it has the right shape. */
static const char *traceparent(const struct request *request)
{
	const char *value = request_header(request, "traceparent");
	return value && strlen(value) == 55 && strspn(value, "0123456789abcdef-") == 55 ? value : NULL;
}

static void record(const struct exchange *exchange, const struct reply *reply)
{
	double seconds = (double)(clock_monotonic_microseconds() - exchange->started) / 1e6;
	const char *operation = exchange->operation ? exchange->operation->id : NULL;
	const char *method = method_name(exchange->request.method);
	metrics_request(operation, method, reply->status, seconds);
	log_line(reply->status >= 500 ? LOG_ERROR : LOG_INFO, "request", LOG_S("request_id", exchange->request_id),
	         LOG_S("operation", operation), LOG_S("method", method), LOG_S("path", exchange->request.path),
	         LOG_I("status", reply->status), LOG_S("problem", exchange->problem), LOG_R("milliseconds", seconds * 1000),
	         LOG_I("bytes", reply->length == REPLY_LENGTH_UNKNOWN ? 0 : reply->length),
	         LOG_S("account", exchange->caller.authenticated ? exchange->caller.account_id : NULL),
	         LOG_S("traceparent", traceparent(&exchange->request)), LOG_S("cause", exchange->cause));
}

/* The stages that are left before `end`, each timed by its name. */
static bool run_stages(const struct dispatcher *dispatcher, struct exchange *exchange, size_t end, struct reply *ret_reply)
{
	bool passed = true;
	int64_t stage_started = clock_monotonic_microseconds();
	while (passed && exchange->stage < end) {
		const char *name = stages[exchange->stage].name;
		passed = stages[exchange->stage++].run(dispatcher, exchange, ret_reply);
		int64_t now = clock_monotonic_microseconds();
		metrics_stage(name, (double)(now - stage_started) / 1e6);
		stage_started = now;
	}
	return passed;
}

static void identify(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	exchange->started = clock_monotonic_microseconds();
	exchange->services = dispatcher->services;
	exchange->request_id = request_id(exchange);
	exchange->locale = accept_locale(request_header(&exchange->request, "Accept-Language"));
	exchange->caller = (struct caller){.account_id = "", .session_id = "", .scopes = {"", "", "", ""}};
}

bool dispatch_begin(const struct dispatcher *dispatcher, struct exchange *exchange, struct reply *ret_reply)
{
	identify(dispatcher, exchange);
	if (!run_stages(dispatcher, exchange, stage_named("size"), ret_reply))
		return false;
	return !exchange_takes_upload(exchange) || run_stages(dispatcher, exchange, stage_named("weight"), ret_reply);
}

size_t dispatch_body_limit(const struct dispatcher *dispatcher, const struct exchange *exchange)
{
	return exchange->operation->body_limit ? exchange->operation->body_limit : dispatcher->body_limit;
}

struct reply dispatch_finish(const struct dispatcher *dispatcher, struct exchange *exchange, bool passed, struct reply reply)
{
	if (passed)
		run_stages(dispatcher, exchange, STAGE_COUNT, &reply);
	finish(dispatcher, exchange, &reply);
	cost_pace(exchange, &reply);
	record(exchange, &reply);
	return reply;
}

/* One request of its address, unless a stage has counted it; a proxy that did not come to say whose it is has nothing to do with it. */
static void count_rate(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	bool is_counted = exchange->stage > stage_named("address_rate");
	const char *address = client_address(dispatcher, exchange);
	if (is_counted || !dispatcher->address_rate || is_trusted_proxy(dispatcher, address))
		return;
	bool allowed =
		rate_limit_take(dispatcher->address_rate, address, 1, clock_monotonic_microseconds() / 1000000, &exchange->rate);
	(void)allowed; /* it has ended as it is */
}

struct reply dispatch_refuse(const struct dispatcher *dispatcher, struct exchange *exchange, enum problem_code code)
{
	if (!exchange->request_id)
		identify(dispatcher, exchange);
	count_rate(dispatcher, exchange);
	struct reply reply = problem_reply_code(exchange, code);
	finish(dispatcher, exchange, &reply);
	record(exchange, &reply);
	return reply;
}
