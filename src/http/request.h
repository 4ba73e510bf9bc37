/*
 * A request as it came over the wire, free of the server library. Nothing is
 * decoded or judged here: that is done once, by the stages of dispatch.
 */
#ifndef SCIDAY_HTTP_REQUEST_H
#define SCIDAY_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_OPTIONS, METHOD_OTHER };

struct header {
	const char *name;
	const char *value;
};

struct request {
	enum method method;
	const char *path;  /* still percent-encoded but for what needs no encoding, without the query */
	const char *query; /* raw, without "?"; NULL if there is none */
	const struct header *headers;
	size_t header_count;
	const char *body;
	size_t body_length;
	bool has_body;    /* at least a byte of it came; `body` is NULL if it went to a receiver, or is not wanted */
	const char *peer; /* the address of the other end of the connection */
};

/* The value of the first header of this name (compared without case, RFC 9110, section 5.1), or NULL. */
const char *request_header(const struct request *request, const char *name);

/* "GET" and so on, and back; an unknown name is METHOD_OTHER. */
const char *method_name(enum method method);
enum method method_parse(const char *name);

#endif
