/*
 * An answer on its way out. A handler fills status, body and what is special;
 * the edge adds every header that all answers share.
 */
#ifndef SCIDAY_HTTP_REPLY_H
#define SCIDAY_HTTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/request.h"

#define REPLY_HEADERS 24
#define REPLY_LENGTH_UNKNOWN SIZE_MAX /* of a stream that tells its end itself (RFC 9112, section 7.1) */

/* A body that is read piece by piece while it is written out, so that it is never whole in memory. */
struct reply_stream {
	/*
	 * Bytes of the body from `offset` on, at least one and at most `room`; 0: it has ended, which only a body of
	 * unknown length may; −1: it cannot go on, and the client is cut off.
	 */
	long (*read)(void *context, unsigned long long offset, char *buffer, size_t room);
	void *context; /* the exchange's arena, which lives until the last byte is written */
	bool is_made;  /* all of it is there already, in a file: to read it is no work */
};

struct reply {
	unsigned status;
	const char *media_type; /* NULL: no body */
	const char *body;       /* the exchange's arena, or static */
	size_t length;
	bool is_shared;   /* the body is the server's memory's, which holds it until it is sent */
	const char *gzip; /* the same body compressed, where it is kept so; else NULL */
	size_t gzip_length;
	const struct reply_stream *stream; /* instead of `body`, of `length` bytes; NULL: none */
	const char *etag;                  /* with its quotes; NULL: none */
	const char *location;              /* NULL: none */
	bool compressible;                 /* a list, a report, the contract: gzip allowed, its ETag weak (design: contract.md) */
	bool no_store;                     /* tokens and secrets */
	struct header headers[REPLY_HEADERS];
	size_t header_count;
};

/* A JSON answer. `body` is kept, not copied. */
struct reply reply_json(unsigned status, const char *body, size_t length);

/* No content: 204 or 304. */
struct reply reply_empty(unsigned status);

/* Adds a header; both strings are kept, not copied. More than REPLY_HEADERS ends the process. */
void reply_header(struct reply *reply, const char *name, const char *value);

/* Whether a header of exactly this name was added. */
bool reply_has_header(const struct reply *reply, const char *name);

#endif
