/*
 * A document on its way in. Who may attach one is asked before its first byte is
 * kept; its bytes go to the database piece by piece, and become a document in the
 * same unit as its answer. Whatever ends otherwise leaves nothing.
 */
#ifndef SCIDAY_DOCUMENT_UPLOAD_H
#define SCIDAY_DOCUMENT_UPLOAD_H

#include <stddef.h>

#include "http/exchange.h"
#include "http/multipart.h"

struct problem;

/*
 * As a receiver begins (operation/receiver.h). It ends with the exchange's arena; what of it is in the database by then and no
 * document's, goes.
 */
void upload_begin(struct exchange *exchange);

/* The body's next bytes. After the first thing that is wrong they are let go. */
void upload_read(struct exchange *exchange, const char *bytes, size_t length);

/* A document whole, known and acceptable. */
struct uploaded {
	const char *upload_id;
	const char *owner; /* {"plan_id": "…"} */
	const char *kind;
	const char *name;
	const char *media_type;
	const char *sha256;
	unsigned long long size;
};

/* After the last byte: what came, or what is wrong with it, all at once. */
struct problem *upload_finish(struct exchange *exchange, struct uploaded *ret_uploaded) __attribute__((warn_unused_result));

/* It has become a document: nothing is left to be let go. */
void upload_done(struct exchange *exchange);

#endif
