/*
 * A document on its way in, from the socket to the database; it is never whole in memory.
 *
 *   server/incoming.c      the headers are here: the stages before the work run (server/dispatch.c), and if none refuses, the
 *                          operation's receiver begins (operation/receiver.h; resources/documents.c leads it here)
 *   upload_begin           asks the database whether the caller may attach a document to this, and has a place made for it
 *   upload_read            a stretch of the body, as it was read from the socket, goes through http/multipart.c, which knows
 *                          the form's parts; the file's bytes are digested, gathered to pieces, and each is kept in a row
 *   server/dispatch.c      the body has ended: the remaining stages run, and as the work the receiver's end
 *   upload_finish          judges the fields, and shows the pieces to the inspector (inspect/inspector.h), another process
 *   resources/documents.c  makes the row of the document, with its answer and its pieces, in one unit; then upload_done
 *
 * Whatever ends otherwise, by a refusal or a lost connection, leaves nothing.
 */
#ifndef SCIDAY_DOCUMENT_UPLOAD_H
#define SCIDAY_DOCUMENT_UPLOAD_H

#include <stddef.h>

#include "http/exchange.h"

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
