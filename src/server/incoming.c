#include "server/incoming.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include <ulfius.h>

#include "base/arena.h"
#include "contract/contract.h"
#include "http/problem.h"
#include "operation/receiver.h"
#include "server/head.h"
#include "server/outgoing.h"
#include "server/preempted.h"
#include "server/stages.h"

#define BODY_FIRST ((size_t)4096) /* bytes kept at first of a body that grows */

/* A client's connection. */
struct peer {
	struct reception *reception;
	char address[PEER_SIZE];
	struct connection_info_struct *request; /* Ulfius' own, of the request that has begun and not ended; or NULL */
	struct incoming *incoming;              /* the same, once its headers are here */
	bool has_asked;                         /* a request has begun, or what came was refused */
	bool is_answered;                       /* the request that has begun, or what came instead of one */
};

static _Thread_local struct incoming *current;

static struct peer *peer_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static struct exchange *create_exchange(struct arena *arena, struct MHD_Connection *connection, const struct _u_request *from)
{
	struct exchange *exchange = arena_alloc(arena, sizeof *exchange);
	exchange->arena = arena;
	head_read(arena, connection, from, peer_of(connection)->address, &exchange->request);
	return exchange;
}

/* How it ends when it does not come to be answered */

/* What the library refuses by itself is not HTTP enough, or does not fit into its memory; its 500 is a chunk's first line that does not. */
static enum problem_code problem_of(unsigned status)
{
	switch (status) {
	case MHD_HTTP_CONTENT_TOO_LARGE:
		return PROBLEM_body_too_large;
	case MHD_HTTP_URI_TOO_LONG:
		return PROBLEM_address_too_long;
	case MHD_HTTP_INTERNAL_SERVER_ERROR:
	case MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE:
		return PROBLEM_header_too_large;
	case MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED:
		return PROBLEM_http_version_not_supported;
	default:
		return PROBLEM_malformed_request;
	}
}

/* Logs and counts what ends here, in the exchange that it has come to. */
static const struct exchange *end(struct MHD_Connection *connection, struct arena *arena, enum problem_code code)
{
	struct peer *peer = peer_of(connection);
	struct exchange *exchange = peer->incoming ? peer->incoming->exchange : NULL;
	if (!exchange)
		exchange = create_exchange(arena, connection, peer->request ? peer->request->request : NULL);
	peer->has_asked = peer->is_answered = true;
	dispatch_refuse(peer->reception->dispatcher, exchange, code);
	return exchange;
}

/* Hangs up, for where the next request would begin is not known. */
static enum MHD_Result refuse(struct MHD_Connection *connection, enum problem_code code)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const struct exchange *exchange = end(connection, arena, code);
	return outgoing_send(connection, exchange, (struct sending){.is_copied = true, .is_last = true});
}

static void let_go(struct incoming *incoming)
{
	arena_destroy(incoming->arena);
	free(incoming->body);
	incoming->arena = NULL;
	incoming->exchange = NULL;
	incoming->body = NULL;
}

/* All that the request held is let go before its client can read a byte, unless the answer is made of it still. */
static enum MHD_Result answer(struct incoming *incoming, bool is_last)
{
	const struct reply *reply = &incoming->exchange->reply;
	bool is_copied = !reply->stream && !reply->is_shared;
	incoming->is_due = false;
	incoming->peer->is_answered = true;
	enum MHD_Result result = outgoing_send(incoming->connection, incoming->exchange,
	                                       (struct sending){.is_copied = is_copied, .is_last = is_last});
	if (is_copied)
		let_go(incoming);
	return result;
}

enum MHD_Result incoming_answer(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
	const struct peer *peer = peer_of(connection);
	if (peer->incoming && peer->incoming->is_due)
		return answer(peer->incoming, atomic_load(&peer->reception->is_stopping));
	if (peer->is_answered || !peer->reception->dispatcher)
		return library_queue_response(connection, status, response);
	return refuse(connection, problem_of(status));
}

static void cut_off(struct MHD_Connection *connection, enum problem_code code)
{
	if (!peer_of(connection)->reception->dispatcher)
		return;
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	end(connection, arena, code);
}

/* The way of a request */

void incoming_connection(void *reception, struct MHD_Connection *connection, void **peer,
                         enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		struct peer *made = calloc(1, sizeof *made);
		if (!made)
			abort(); /* only memory can have run out */
		made->reception = reception;
		head_peer(connection, made->address);
		*peer = made;
		return;
	}
	struct peer *leaving = *peer;
	/* After a second fault in one request the library says nothing of its end. */
	if (leaving->request)
		incoming_ended(NULL, connection, (void **)&leaving->request, MHD_REQUEST_TERMINATED_WITH_ERROR);
	if (!leaving->has_asked)
		cut_off(connection, PROBLEM_client_gone);
	free(leaving);
}

/*
 * The first line is here. Ulfius keeps a copy of the target; libmicrohttpd would keep each of the query's parameters
 * beside it, and have no room for a few hundred, so it is not shown them: our own parser reads the copy. And what is
 * said to be a form is passed on by Ulfius piece by piece, where it would keep anything else whole, as much of it as the
 * largest body of any operation: so everything is said to be one. Our own reading of the headers does not see it.
 */
void *incoming_named(void *context, const char *target, struct MHD_Connection *connection)
{
	(void)context;
	struct peer *peer = peer_of(connection);
	peer->has_asked = true;
	peer->is_answered = false;
	peer->request = ulfius_uri_logger(NULL, target);
	if (!peer->request || u_map_put(peer->request->request->map_header, "Content-Type", "multipart/form-data") != U_OK)
		abort(); /* only memory can have run out */
	char *query = strchr(target, '?');
	if (query && query[1])
		query[1] = '\0';
	return peer->request;
}

void incoming_ended(void *context, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode code)
{
	struct peer *peer = peer_of(connection);
	if (!peer->is_answered)
		cut_off(connection,
		        code == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED ? PROBLEM_request_timeout : PROBLEM_client_gone);
	void *ended = *request;
	peer->request = NULL;
	peer->is_answered = false;
	mhd_request_completed(context, connection, &ended, code);
	*request = NULL;
}

static void count_in(struct incoming *incoming)
{
	if (incoming->is_in_flight)
		return;
	incoming->is_in_flight = true;
	atomic_fetch_add(&incoming->peer->reception->in_flight, 1);
}

static void begin(struct incoming *incoming)
{
	struct exchange *exchange = incoming->exchange;
	incoming->has_begun = true;
	dispatch_begin(incoming->peer->reception->dispatcher, exchange);
	if (exchange->is_ended || !exchange_has_receiver(exchange))
		return;
	count_in(incoming);
	exchange->operation->receiver->begin(exchange);
}

static struct exchange *complete(struct incoming *incoming)
{
	count_in(incoming);
	if (incoming->peer->reception->dispatcher && !incoming->has_begun)
		begin(incoming);
	incoming->is_due = true;
	return incoming->exchange;
}

/* What is no sound request, or is not wanted by who waits to be told so, is answered at once. */
static void look_at_headers(struct incoming *incoming, const char *version)
{
	struct request *request = &incoming->exchange->request;
	if (!head_is_sound(request, version)) {
		refuse(incoming->connection, PROBLEM_malformed_request);
		return;
	}
	const char *expect = request_header(request, "Expect");
	if (!expect || strcasecmp(expect, "100-continue") != 0)
		return;
	request->has_body = true;
	begin(incoming);
	if (!incoming->exchange->is_ended)
		return;
	dispatch_finish(incoming->peer->reception->dispatcher, complete(incoming));
	answer(incoming, true);
}

struct incoming *incoming_create(struct MHD_Connection *connection)
{
	struct peer *peer = peer_of(connection);
	const struct _u_request *from = peer->request->request;
	struct incoming *incoming = calloc(1, sizeof *incoming);
	if (!incoming)
		abort(); /* only memory can have run out */
	incoming->peer = peer;
	incoming->connection = connection;
	incoming->arena = arena_create();
	incoming->exchange = create_exchange(incoming->arena, connection, from);
	current = peer->incoming = incoming;
	if (peer->reception->dispatcher)
		look_at_headers(incoming, from->http_protocol);
	return incoming;
}

/* Keeps what the operation takes, and one byte more, which tells that it was too much. */
static void keep(struct incoming *incoming, const char *bytes, size_t length)
{
	struct request *request = &incoming->exchange->request;
	size_t limit = dispatch_body_limit(incoming->peer->reception->dispatcher, incoming->exchange) + 1;
	size_t room = limit - request->body_length;
	size_t count = length < room ? length : room;
	size_t needed = request->body_length + count;
	while (incoming->body_room < needed) {
		size_t wider = incoming->body_room ? 2 * incoming->body_room : BODY_FIRST;
		incoming->body_room = wider < limit ? wider : limit;
		incoming->body = realloc(incoming->body, incoming->body_room);
		if (!incoming->body)
			abort(); /* only memory can have run out */
	}
	memcpy(incoming->body + request->body_length, bytes, count);
	request->body = incoming->body;
	request->body_length = needed;
}

static void hang_up(struct MHD_Connection *connection)
{
	shutdown(MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd, SHUT_RDWR);
}

void incoming_read(struct incoming *incoming, const char *bytes, size_t length)
{
	const struct dispatcher *dispatcher = incoming->peer->reception->dispatcher;
	struct exchange *exchange = incoming->exchange;
	if (!dispatcher || incoming->peer->is_answered)
		return;
	exchange->request.has_body = true;
	if (!incoming->has_begun)
		begin(incoming);
	if (exchange->received)
		exchange->operation->receiver->read(exchange, bytes, length);
	else if (!exchange->is_ended && exchange->operation->media)
		keep(incoming, bytes, length);
	incoming->received += length;
	if (incoming->received > dispatcher->longest_body) {
		cut_off(incoming->connection, PROBLEM_body_too_large);
		hang_up(incoming->connection);
	}
}

struct exchange *incoming_complete(void)
{
	return complete(current);
}

void incoming_destroy(struct incoming *incoming)
{
	if (incoming->is_in_flight)
		atomic_fetch_sub(&incoming->peer->reception->in_flight, 1);
	let_go(incoming);
	incoming->peer->incoming = current = NULL;
	free(incoming);
}
