/*
 * The edge: the only module that knows Ulfius. It turns what comes over the
 * wire into an exchange, lets dispatch make the reply, and writes it out.
 */
#ifndef SCIDAY_SERVER_SERVER_H
#define SCIDAY_SERVER_SERVER_H

#include "server/dispatch.h"

struct server_settings {
	const char *address; /* an IPv4 or IPv6 address */
	unsigned short port; /* 0: a free one */
	const char *admin_address;
	unsigned short admin_port;
	unsigned connection_limit;
	unsigned connection_timeout; /* seconds of inactivity */
	unsigned shutdown_seconds;   /* how long what has begun may take to end */
};

struct server;

/* Listens and answers from now on. The settings and the dispatcher must outlive the server.
 * NULL after say() has said what is wrong. */
struct server *server_start(const struct server_settings *settings, const struct dispatcher *dispatcher,
                            void (*say)(const char *line));

/* The ports really listened on. */
unsigned short server_port(const struct server *server);
unsigned short server_admin_port(const struct server *server);

/* Takes no more connections, lets what has begun end (bounded), then stops and frees. */
void server_stop(struct server *server);

#endif
