#include "server/dispatch.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "contract/contract.h"
#include "http/problem.h"
#include "operation/oauth.h"
#include "operation/operation.h"
#include "operation/receiver.h"
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

bool stage_refuse(struct exchange *exchange, struct problem *problem)
{
	oauth_describe(exchange, problem, NULL);
	exchange->reply = problem_reply(exchange, problem);
	return false;
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

static bool stage_address_rate(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	exchange->request.peer = client_address(dispatcher, exchange);
	return cost_take(dispatcher->address_rate, exchange, exchange->request.peer, 1);
}

/* What no operation is asked by counts as well; but for a preflight, which the browser asks and not the page. */
static bool end_nowhere(const struct dispatcher *dispatcher, struct exchange *exchange, struct problem *problem)
{
	if (stage_address_rate(dispatcher, exchange))
		exchange->reply = problem_reply(exchange, problem);
	return false;
}

static bool stage_route(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	struct request *request = &exchange->request;
	request->method = effective_method(request);
	const struct path *path = router_find(request->path);
	if (!path)
		return end_nowhere(dispatcher, exchange, problem_create(exchange->arena, PROBLEM_not_found));
	if (cors_is_preflight(exchange) || request->method == METHOD_OPTIONS) {
		exchange->reply = cors_preflight(&dispatcher->cors, exchange, path->allow);
		return false;
	}
	exchange->operation = path->operations[request->method];
	if (!exchange->operation) {
		struct problem *problem = problem_create(exchange->arena, PROBLEM_method_not_allowed);
		problem->allow = path->allow;
		return end_nowhere(dispatcher, exchange, problem);
	}
	return true;
}

static bool stage_principal_rate(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	return !exchange->caller.authenticated || cost_take(dispatcher->principal_rate, exchange, exchange->caller.account_id, 1);
}

static bool stage_access(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	(void)dispatcher;
	unsigned access = exchange->operation->access;
	const struct caller *caller = &exchange->caller;
	if (access & ACCESS_PUBLIC || (caller->authenticated && access & (ACCESS_AUTHENTICATED | caller->roles)))
		return true;
	exchange->reply = problem_reply_code(exchange, caller->authenticated ? PROBLEM_forbidden : PROBLEM_unauthenticated);
	return false;
}

static bool stage_memory(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	(void)dispatcher;
	return !memory_find(exchange);
}

static bool stage_operation(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	(void)dispatcher;
	const struct operation *operation = exchange->operation;
	if (operation->receiver)
		exchange->reply = operation->receiver->end(exchange);
	else
		exchange->reply = operation->handler ? operation->handler(exchange) : operation_run(exchange);
	memory_keep(exchange);
	return false;
}

/* traceparent (W3C Trace Context, section 3.2) goes to the log if it has the right shape. */
static const char *traceparent(const struct request *request)
{
	const char *value = request_header(request, "traceparent");
	return value && strlen(value) == 55 && strspn(value, "0123456789abcdef-") == 55 ? value : NULL;
}

static bool stage_record(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	(void)dispatcher;
	const struct reply *reply = &exchange->reply;
	int64_t microseconds = clock_monotonic_microseconds() - exchange->started;
	const char *operation = exchange->operation ? exchange->operation->id : NULL;
	const char *method = method_name(exchange->request.method);
	metrics_request(operation, method, reply->status, (double)microseconds / 1e6);
	log_line(reply->status >= 500 ? LOG_ERROR : LOG_INFO, "request", LOG_S("request_id", exchange->request_id),
	         LOG_S("operation", operation), LOG_S("method", method), LOG_S("path", exchange->request.path),
	         LOG_I("status", reply->status), LOG_S("problem", exchange->problem), LOG_T("milliseconds", microseconds),
	         LOG_I("bytes", reply->length == REPLY_LENGTH_UNKNOWN ? 0 : reply->length),
	         LOG_S("account", exchange->caller.authenticated ? exchange->caller.account_id : NULL),
	         LOG_S("traceparent", traceparent(&exchange->request)), LOG_S("cause", exchange->cause));
	return true;
}

/* What of a request there has to be: its head, its body, all that was checked of both, a reply. */
enum phase { PHASE_HEAD, PHASE_BODY, PHASE_WORK, PHASE_REPLY };

static const struct stage {
	const char *name;
	enum phase phase;
	stage_function *run;
} stages[] = {
	{"route", PHASE_HEAD, stage_route},
	{"address_rate", PHASE_HEAD, stage_address_rate},
	{"authenticate", PHASE_HEAD, stage_authenticate},
	{"principal_rate", PHASE_HEAD, stage_principal_rate},
	{"access", PHASE_HEAD, stage_access},
	{"negotiate", PHASE_HEAD, stage_negotiate},
	{"size", PHASE_BODY, stage_size},
	{"parameters", PHASE_BODY, stage_parameters},
	{"body", PHASE_BODY, stage_body},
	{"weight", PHASE_WORK, stage_weight},
	{"memory", PHASE_WORK, stage_memory},
	{"slot", PHASE_WORK, stage_slot},
	{"operation", PHASE_WORK, stage_operation},
	{"finish", PHASE_REPLY, stage_finish},
	{"pace", PHASE_REPLY, stage_pace},
	{"record", PHASE_REPLY, stage_record},
};
#define STAGE_COUNT (sizeof stages / sizeof *stages)

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

/*
 * The stages that are left, up to this phase, each timed by its name. Of an exchange that is ended only those of its reply
 * are.
 */
static void run_stages(const struct dispatcher *dispatcher, struct exchange *exchange, enum phase last)
{
	int64_t stage_started = clock_monotonic_microseconds();
	for (; exchange->stage < STAGE_COUNT && stages[exchange->stage].phase <= last; exchange->stage++) {
		const struct stage *stage = &stages[exchange->stage];
		if (exchange->is_ended && stage->phase != PHASE_REPLY)
			continue;
		exchange->is_ended |= !stage->run(dispatcher, exchange);
		int64_t now = clock_monotonic_microseconds();
		metrics_stage(stage->name, (double)(now - stage_started) / 1e6);
		stage_started = now;
	}
}

static void identify(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	exchange->started = clock_monotonic_microseconds();
	exchange->services = dispatcher->services;
	exchange->request_id = request_id(exchange);
	exchange->locale = accept_locale(request_header(&exchange->request, "Accept-Language"));
	exchange->caller = (struct caller){.account_id = "", .session_id = "", .scopes = {"", "", "", ""}};
}

void dispatch_begin(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	identify(dispatcher, exchange);
	run_stages(dispatcher, exchange, PHASE_HEAD);
	if (!exchange->is_ended && exchange_has_receiver(exchange))
		run_stages(dispatcher, exchange, PHASE_BODY);
}

size_t dispatch_body_limit(const struct dispatcher *dispatcher, const struct exchange *exchange)
{
	return exchange->operation->body_limit ? exchange->operation->body_limit : dispatcher->body_limit;
}

void dispatch_finish(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	run_stages(dispatcher, exchange, PHASE_REPLY);
}

/* One request of its address, unless a stage has counted it; a proxy that did not come to say whose it is has nothing to do with it. */
static void count_rate(const struct dispatcher *dispatcher, struct exchange *exchange)
{
	const char *address = client_address(dispatcher, exchange);
	if (exchange->rate.limit > 0 || !dispatcher->address_rate || is_trusted_proxy(dispatcher, address))
		return;
	bool allowed =
		rate_limit_take(dispatcher->address_rate, address, 1, clock_monotonic_microseconds() / 1000000, &exchange->rate);
	(void)allowed; /* it has ended as it is */
}

void dispatch_refuse(const struct dispatcher *dispatcher, struct exchange *exchange, enum problem_code code)
{
	if (!exchange->request_id)
		identify(dispatcher, exchange);
	count_rate(dispatcher, exchange);
	exchange->reply = problem_reply_code(exchange, code);
	exchange->is_ended = true;
	dispatch_finish(dispatcher, exchange);
}
