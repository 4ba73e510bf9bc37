/*
 * The head of a request, from the library's words into ours: target, headers, and who
 * sent it. Judges only whether it means one thing to everybody who reads it.
 */
#ifndef SCIDAY_SERVER_HEAD_H
#define SCIDAY_SERVER_HEAD_H

#include <stdbool.h>

#include <netinet/in.h>

#include "http/request.h"

struct MHD_Connection;
struct _u_request;
struct arena;

#define PEER_SIZE (INET6_ADDRSTRLEN + sizeof "/64")

/*
 * The address of the other end as text. Of an IPv6 address the first 64 bits are the part that belongs to one subscriber, and
 * so the right thing to count by.
 */
void head_peer(struct MHD_Connection *connection, char ret_peer[PEER_SIZE]);

/*
 * As much of it as is here; `from` is NULL before the first line is. Headers are the library's until the request has ended,
 * and `peer` is kept.
 */
void head_read(struct arena *arena, struct MHD_Connection *connection, const struct _u_request *from, const char *peer,
               struct request *ret_request);

/*
 * False for what libmicrohttpd would take and a proxy in front may read otherwise: names and values that are none, no
 * host or two, and a body with two lengths or a coding of its own (RFC 9112, sections 3.2, 5 and 6.3). `version` is
 * "HTTP/1.1" or "HTTP/1.0".
 */
bool head_is_sound(const struct request *request, const char *version);

#endif
