/*
 * A request as the library hands it over, piece by piece, until it is answered or gone. Nothing of it is kept that its
 * operation does not take, and whatever way it ends it is counted, logged and freed.
 */
#ifndef SCIDAY_SERVER_INCOMING_H
#define SCIDAY_SERVER_INCOMING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include <microhttpd.h>

#include "server/dispatch.h"

/* Where the requests of one listener go. */
struct reception {
	const struct dispatcher *dispatcher; /* NULL: they are answered without the stages, and not counted */
	atomic_uint in_flight;               /* requests whole, or with a receiver, whose answer is not yet written */
	atomic_bool is_stopping;             /* every answer is its connection's last */
};

struct peer;

/* A request of which the headers are here. */
struct incoming {
	struct peer *peer;
	struct MHD_Connection *connection;
	struct arena *arena; /* of the exchange and the reply */
	struct exchange *exchange;
	bool has_begun; /* the stages that need no body */
	char *body;
	size_t body_room;
	unsigned long long received; /* bytes of the body, kept or let go */
	bool is_in_flight;
	bool is_due; /* the exchange's reply is what goes out when it is next answered */
};

/* What the library is to call: when a connection begins and ends (with the reception), when a request's first line is here, and when it has ended. */
void incoming_connection(void *reception, struct MHD_Connection *connection, void **peer,
                         enum MHD_ConnectionNotificationCode code);
void *incoming_named(void *context, const char *target, struct MHD_Connection *connection);
void incoming_ended(void *context, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode code);

/* From preempted.c: the headers of a request are here; bytes of its body; it has ended, and is freed. */
struct incoming *incoming_create(struct MHD_Connection *connection);
void incoming_read(struct incoming *incoming, const char *bytes, size_t length);
void incoming_destroy(struct incoming *incoming);

/* From preempted.c: the answer that Ulfius or the library gives; one that is the library's own becomes a problem. */
enum MHD_Result incoming_answer(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response);

/*
 * The request of this thread, now that it is here whole: a connection has a thread of its own. Its stages have begun, if its
 * listener has them; the reply that is then put into it is what goes out instead of the one that Ulfius makes.
 */
struct exchange *incoming_complete(void);

#endif
