/*
 * A virus scanner beside us: clamd's INSTREAM (clamd(8)). What it is sent goes
 * to it in pieces; what it answers is believed, and anything else is not a yes.
 */
#ifndef SCIDAY_INSPECT_CLAMD_H
#define SCIDAY_INSPECT_CLAMD_H

#include <stdbool.h>
#include <stddef.h>

struct clamd;

/* `address` is host:port, or the path of a socket. NULL: it is away. */
struct clamd *clamd_open(const char *address);

/* False: it does not take them, and the answer says why, if there is one. */
bool clamd_send(struct clamd *clamd, const void *bytes, size_t length);

enum clamd_answer {
	CLAMD_CLEAN,
	CLAMD_INFECTED,
	CLAMD_REFUSED, /* an answer that says neither: the file is too large for it, or it could not scan it */
	CLAMD_AWAY,    /* no answer */
};

/* Ends the stream and waits for the answer, for a minute. */
enum clamd_answer clamd_finish(struct clamd *clamd);

/* Closes it, whatever it was doing. NULL is allowed. */
void clamd_close(struct clamd *clamd);

#endif
