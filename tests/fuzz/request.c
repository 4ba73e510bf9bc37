/*
 * Whole requests, up to the operation that they ask for (server/dispatch.h). The input is one as it goes over the wire:
 * "METHOD path?query", a line for each header, an empty one, and the body. Who sends "Bearer token" is somebody.
 */
#include <string.h>
#include <strings.h>

#include "auth/caller_cache.h"
#include "base/log.h"
#include "exchange.h"
#include "keyring.h"
#include "operation/services.h"
#include "server/dispatch.h"

#define HEADERS_MAXIMUM 32
#define THE_YEAR_2100 4102444800LL /* a token is remembered for a minute, and a fuzzer runs for hours */

static struct services services;

static void set_up(void)
{
	static struct arena *made;
	static const struct caller caller = {
		.authenticated = true,
		.account_id = "0196b1d4-7c00-7000-8000-0000000000a1",
		.session_id = "0196b1d4-7c00-7000-8000-0000000000b1",
		.roles = ROLE_SUBMITTER | ROLE_REVIEWER | ROLE_OBSERVER | ROLE_ADMINISTRATOR,
		.scopes = {"{}", "{}", "{}", "{}"},
	};
	const char *kid, *pem;
	made = arena_create();
	services.keyring = fuzz_keyring(made, &kid, &pem);
	services.caller_cache = caller_cache_create(4);
	caller_cache_keep(services.caller_cache, "token", THE_YEAR_2100, THE_YEAR_2100 + 900,
	                  caller_cache_generation(services.caller_cache), &caller);
	log_set_level(LOG_ERROR);
}

static const struct header *read_headers(struct arena *arena, const uint8_t **bytes, size_t *size, size_t *ret_count)
{
	struct header *headers = arena_array(arena, HEADERS_MAXIMUM, sizeof *headers);
	size_t count = 0;
	while (*size > 0 && count < HEADERS_MAXIMUM) {
		char *value = fuzz_line(arena, bytes, size), *name = strsep(&value, ":");
		if (!*name)
			break;
		if (value)
			headers[count++] = (struct header){name, value + strspn(value, " \t")};
	}
	*ret_count = count;
	return headers;
}

/* What is sent in a header is one line, whatever of the request's stands in it. */
static void check_headers(const struct reply *reply)
{
	bool has_id = false;
	for (size_t i = 0; i < reply->header_count; i++) {
		const struct header *header = &reply->headers[i];
		for (const char *at = header->value; *at; at++)
			HOLDS((unsigned char)*at >= ' ' && *at != 0x7F);
		has_id = has_id || strcmp(header->name, "X-Request-Id") == 0;
	}
	HOLDS(has_id);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	if (!services.keyring)
		set_up();
	struct exchange *exchange = fuzz_exchange(arena, NULL);
	struct request *request = &exchange->request;
	char *rest = fuzz_line(arena, &bytes, &size), *method = strsep(&rest, " "), *path = strsep(&rest, "?");
	if (!path || *path != '/')
		return 0;
	request->method = method_parse(method);
	request->path = path;
	request->query = rest;
	request->headers = read_headers(arena, &bytes, &size, &request->header_count);
	request->body = (const char *)bytes;
	request->body_length = size;

	static const char *const origins[] = {"https://example.cn", NULL}, *const proxies[] = {"127.0.0.1", NULL};
	static const struct dispatcher dispatcher = {
		.services = &services, .cors = {origins}, .body_limit = 64 * 1024, .trusted_proxies = proxies};
	const struct reply *reply = &exchange->reply;
	dispatch_begin(&dispatcher, exchange);
	if (!exchange->is_ended)
		exchange->reply = reply_json(200, "{}", 2);
	exchange->is_ended = true;
	dispatch_finish(&dispatcher, exchange);
	check_headers(reply);
	if (reply->status >= 400)
		fuzz_check_refusal(arena, reply);
	else
		HOLDS(reply->status == 200 || reply->status == 204 || reply->status == 304);
	HOLDS(reply->status != 405 || reply_has_header(reply, "Allow"));
	return 0;
}
