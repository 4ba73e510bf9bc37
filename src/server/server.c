#include "server/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ulfius.h>

#include "base/arena.h"
#include "base/log.h"
#include "contract/contract.h"
#include "server/admin.h"
#include "server/incoming.h"
#include "server/preempted.h"

#define THREAD_STACK (1024 * 1024) /* bytes: JSON at Jansson's own nesting bound ran over 256 KiB */
#define LISTEN_BACKLOG 1024
#define CONNECTION_MEMORY (21 * 1024) /* bytes: headers longer than this get the library's 414 or 431 */
#define ADMIN_CONNECTIONS 16
#define OPTION_COUNT 12

/* One address listened on. */
struct listener {
	struct _u_instance instance;
	struct reception reception;
	bool is_started;
};

struct server {
	struct listener api;
	struct listener admin;
	const struct dispatcher *dispatcher;
	unsigned shutdown_seconds;
};

/* Where no descriptor is left to accept with, libmicrohttpd asks again at once, and for ever: it waits here. */
static void pause_accepting(const char *format)
{
	static const char failure[] = "Error accepting connection";
	static const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
	if (strncmp(format, failure, sizeof failure - 1) == 0)
		nanosleep(&pause, NULL);
}

static void log_library(void *context, const char *format, va_list arguments)
{
	(void)context;
	pause_accepting(format);
	char line[512];
	vsnprintf(line, sizeof line, format, arguments);
	line[strcspn(line, "\n")] = '\0';
	log_line(LOG_DEBUG, "http", LOG_S("message", line));
}

static int answer_api(const struct _u_request *from, struct _u_response *to, void *context)
{
	(void)from, (void)to;
	const struct server *server = context;
	dispatch_finish(server->dispatcher, incoming_complete());
	return U_CALLBACK_COMPLETE;
}

static int answer_admin(const struct _u_request *from, struct _u_response *to, void *context)
{
	(void)from, (void)to;
	const struct server *server = context;
	struct exchange *exchange = incoming_complete();
	exchange->services = server->dispatcher->services;
	exchange->reply = admin_reply(exchange, atomic_load(&server->api.reception.is_stopping));
	return U_CALLBACK_COMPLETE;
}

/* What a listener is to listen on, and who answers there. */
struct listening {
	const char *address;
	unsigned short port;
	unsigned connections;                /* at once */
	unsigned timeout;                    /* seconds */
	const struct dispatcher *dispatcher; /* as struct reception says */
	int (*answer)(const struct _u_request *request, struct _u_response *response, void *server);
	struct server *server;
};

static bool resolve(const char *address, unsigned short port, struct sockaddr_storage *ret_address)
{
	char service[8];
	snprintf(service, sizeof service, "%hu", port);
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	if (getaddrinfo(address, service, &hints, &found) != 0)
		return false;
	memcpy(ret_address, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return true;
}

static void complain(void (*say)(const char *line), const struct listening *listening)
{
	char line[256];
	snprintf(line, sizeof line, "cannot listen on %s:%hu: %s", listening->address, listening->port, strerror(errno));
	say(line);
}

/*
 * The library's own start ignores bind_address and timeout, waits with select(2), and logs the URL as
 * a format: everything is said by options instead.
 */
static bool listener_start(struct listener *listener, const struct listening *listening, void (*say)(const char *line))
{
	struct sockaddr_storage address;
	if (!resolve(listening->address, listening->port, &address)) {
		errno = EADDRNOTAVAIL;
		complain(say, listening);
		return false;
	}
	/* The library wants a port above 0 of its own, and does not use it. */
	if (ulfius_init_instance(&listener->instance, listening->port ? listening->port : 1, NULL, NULL) != U_OK) {
		say("cannot start the HTTP library");
		return false;
	}
	listener->instance.check_utf8 = 0;         /* it drops headers silently; dispatch refuses bad text and says so */
	listener->instance.max_post_body_size = 1; /* incoming.c keeps bodies, and 0 is no bound */
	ulfius_set_default_endpoint(&listener->instance, listening->answer, listening->server);
	listener->reception.dispatcher = listening->dispatcher;

	unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ERROR_LOG;
	if (address.ss_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	struct MHD_OptionItem options[OPTION_COUNT] = {
		{MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)log_library, NULL},
		{MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)incoming_connection, &listener->reception},
		{MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)incoming_named, NULL},
		{MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)incoming_ended, NULL},
		{MHD_OPTION_SOCK_ADDR, 0, &address},
		{MHD_OPTION_CONNECTION_LIMIT, (intptr_t)listening->connections, NULL},
		{MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)listening->timeout, NULL},
		{MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
		{MHD_OPTION_LISTEN_BACKLOG_SIZE, LISTEN_BACKLOG, NULL},
		{MHD_OPTION_THREAD_STACK_SIZE, THREAD_STACK, NULL},
		{MHD_OPTION_END, 0, NULL},
	};
	errno = 0;
	if (ulfius_start_framework_with_mhd_options(&listener->instance, flags, options) != U_OK) {
		complain(say, listening);
		ulfius_clean_instance(&listener->instance);
		return false;
	}
	listener->is_started = true;
	return true;
}

static void listener_stop(struct listener *listener)
{
	if (!listener->is_started)
		return;
	ulfius_stop_framework(&listener->instance);
	ulfius_clean_instance(&listener->instance);
	listener->is_started = false;
}

/* Asked of the socket: the library answers with the port that it was told. */
static unsigned short listener_port(const struct listener *listener)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(listener->instance.mhd_daemon, MHD_DAEMON_INFO_LISTEN_FD);
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} address = {.in6 = {0}};
	socklen_t length = sizeof address;
	if (!info || getsockname(info->listen_fd, &address.any, &length) != 0)
		return 0;
	return ntohs(address.any.sa_family == AF_INET6 ? address.in6.sin6_port : address.in.sin_port);
}

/* Without the first no request can be read; without the second some are refused in the library's words, as they are on Ubuntu. */
static bool check_library(void (*say)(const char *line))
{
	if (!preempted_are_found()) {
		say("this program was linked so that the HTTP library does not find the functions by which it reads bodies");
		return false;
	}
	if (!preempted_are_called())
		log_line(LOG_WARNING, "library_answers",
		         LOG_S("cause",
		               "libmicrohttpd does not call MHD_queue_response by its name: what is not HTTP it refuses itself"));
	return true;
}

struct server *server_start(const struct server_settings *settings, const struct dispatcher *dispatcher,
                            void (*say)(const char *line))
{
	if (!check_library(say))
		return NULL;
	struct server *server = calloc(1, sizeof *server);
	if (!server)
		abort(); /* only memory can have run out */
	server->dispatcher = dispatcher;
	server->shutdown_seconds = settings->shutdown_seconds;
	const struct listening api = {
		.address = settings->address,
		.port = settings->port,
		.connections = settings->connection_limit,
		.timeout = settings->connection_timeout,
		.dispatcher = dispatcher,
		.answer = answer_api,
		.server = server,
	};
	const struct listening admin = {
		.address = settings->admin_address,
		.port = settings->admin_port,
		.connections = ADMIN_CONNECTIONS,
		.timeout = settings->connection_timeout,
		.answer = answer_admin,
		.server = server,
	};
	if (!listener_start(&server->api, &api, say) || !listener_start(&server->admin, &admin, say)) {
		listener_stop(&server->api);
		free(server);
		return NULL;
	}
	return server;
}

unsigned short server_port(const struct server *server)
{
	return listener_port(&server->api);
}

unsigned short server_admin_port(const struct server *server)
{
	return listener_port(&server->admin);
}

void server_stop(struct server *server)
{
	atomic_store(&server->api.reception.is_stopping, true);
	MHD_socket socket = MHD_quiesce_daemon(server->api.instance.mhd_daemon);
	if (socket != MHD_INVALID_SOCKET)
		close(socket);
	struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
	for (unsigned waited = 0; atomic_load(&server->api.reception.in_flight) > 0 && waited < server->shutdown_seconds * 100;
	     waited++)
		nanosleep(&pause, NULL);
	listener_stop(&server->api);
	listener_stop(&server->admin);
	free(server);
}
