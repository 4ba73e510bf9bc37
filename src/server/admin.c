#include "server/admin.h"

#include <string.h>

#include "auth/password.h"
#include "base/buffer.h"
#include "base/gate.h"
#include "base/metrics.h"
#include "db/db.h"
#include "http/problem.h"
#include "operation/services.h"
#include "server/memory.h"

static struct reply text_reply(unsigned status, const char *text, size_t length)
{
	struct reply reply = {.status = status, .body = text, .length = length};
	reply_header(&reply, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
	return reply;
}

static struct reply ready_reply(struct exchange *exchange, bool stopping)
{
	if (stopping)
		return text_reply(503, "stopping\n", strlen("stopping\n"));
	struct problem *problem = db_check(exchange->services->db, exchange->arena);
	if (!problem)
		return text_reply(200, "ready\n", strlen("ready\n"));
	struct buffer text = buffer_create(exchange->arena);
	buffer_printf(&text, "not ready: %s\n", problem->cause ? problem->cause : problem_code_name(problem->code));
	return text_reply(503, text.data, text.length);
}

static void write_pool(struct buffer *text, const char *pool, struct db_figures figures)
{
	buffer_printf(text, "sciday_database_connections{pool=\"%s\",state=\"open\"} %u\n", pool, figures.open);
	buffer_printf(text, "sciday_database_connections{pool=\"%s\",state=\"busy\"} %u\n", pool, figures.busy);
	buffer_printf(text, "sciday_database_waiting{pool=\"%s\"} %u\n", pool, figures.waiting);
	buffer_printf(text, "sciday_database_units_total{pool=\"%s\"} %llu\n", pool, figures.units);
	buffer_printf(text, "sciday_database_failures_total{pool=\"%s\"} %llu\n", pool, figures.failures);
	buffer_printf(text, "sciday_database_reconnects_total{pool=\"%s\"} %llu\n", pool, figures.reconnects);
	buffer_printf(text, "sciday_database_timeouts_total{pool=\"%s\"} %llu\n", pool, figures.timeouts);
}

static void write_gate(struct buffer *text, const char *gate, struct gate_figures figures)
{
	buffer_printf(text, "sciday_slots_taken{gate=\"%s\"} %u\n", gate, figures.inside);
	buffer_printf(text, "sciday_slots_waiting{gate=\"%s\"} %u\n", gate, figures.waiting);
	buffer_printf(text, "sciday_slots_turned_away_total{gate=\"%s\"} %llu\n", gate, figures.turned_away);
}

static void write_memory(struct buffer *text, struct memory_figures figures)
{
	buffer_printf(text, "sciday_memory_replies %zu\n", figures.replies);
	buffer_printf(text, "sciday_memory_bytes %zu\n", figures.bytes);
	buffer_printf(text, "sciday_memory_waiting %u\n", figures.waiting);
	buffer_printf(text, "sciday_memory_asked_total{outcome=\"found\"} %llu\n", figures.found);
	buffer_printf(text, "sciday_memory_asked_total{outcome=\"missed\"} %llu\n", figures.missed);
}

static struct reply metrics_reply(struct exchange *exchange)
{
	struct buffer text = buffer_create(exchange->arena);
	metrics_write(&text);
	write_pool(&text, "read", db_figures(exchange->services->db, DB_READ));
	write_pool(&text, "change", db_figures(exchange->services->db, DB_CHANGE));
	write_pool(&text, "report", db_figures(exchange->services->db, DB_REPORT));
	write_pool(&text, "slow_read", db_figures(exchange->services->db, DB_SLOW_READ));
	write_pool(&text, "slow_change", db_figures(exchange->services->db, DB_SLOW_CHANGE));
	write_gate(&text, "report", gate_figures(exchange->services->slots));
	write_gate(&text, "inspection", gate_figures(exchange->services->inspections));
	write_gate(&text, "password", password_figures());
	if (exchange->services->memory)
		write_memory(&text, memory_figures(exchange->services->memory));
	return text_reply(200, text.data, text.length);
}

struct reply admin_reply(struct exchange *exchange, bool stopping)
{
	const char *path = exchange->request.path;
	if (strcmp(path, "/livez") == 0)
		return text_reply(200, "alive\n", strlen("alive\n"));
	if (strcmp(path, "/readyz") == 0)
		return ready_reply(exchange, stopping);
	if (strcmp(path, "/metrics") == 0)
		return metrics_reply(exchange);
	return text_reply(404, "/livez, /readyz or /metrics\n", strlen("/livez, /readyz or /metrics\n"));
}
