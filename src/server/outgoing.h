/*
 * A reply as the library is to send it: nothing of it is copied that lasts until then.
 */
#ifndef SCIDAY_SERVER_OUTGOING_H
#define SCIDAY_SERVER_OUTGOING_H

#include <stdbool.h>

#include <microhttpd.h>

struct exchange;

struct sending {
	bool is_copied; /* the exchange ends before its last byte is sent; else what the body is made of lasts until then */
	bool is_last;   /* the connection is closed after it */
};

/* Gives the exchange's reply to the library, as the answer to what the connection has asked. */
enum MHD_Result outgoing_send(struct MHD_Connection *connection, const struct exchange *exchange, struct sending sending);

#endif
