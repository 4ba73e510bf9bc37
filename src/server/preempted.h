/*
 * Five functions of libmicrohttpd's that this program defines itself, so that the library and Ulfius call these
 * (a program's symbols go before its libraries'). What they are asked they pass on to incoming.c.
 *
 * Ulfius hands a body over only when it is whole, or takes a form apart by three of them, which do not tell one that was
 * cut from a whole one: in their place a "form reader" is a request whose headers are here, and reads its bytes as they
 * come. By the fourth, MHD_queue_response, libmicrohttpd answers by itself what is not HTTP enough for it: such an answer
 * becomes a problem like all others. An access handler of our own would end three of them, and Ulfius with them, but not
 * the fourth, for which the library has no option. By the fifth Ulfius copies every header, parameter and cookie into maps that
 * nobody here reads: it is told of none.
 */
#ifndef SCIDAY_SERVER_PREEMPTED_H
#define SCIDAY_SERVER_PREEMPTED_H

#include <stdbool.h>

#include <microhttpd.h>

/* The library's own; the headers are as many as are told of, or as there are where there is nobody to tell. */
enum MHD_Result library_queue_response(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response);
int library_get_headers(struct MHD_Connection *connection, MHD_KeyValueIterator iterate, void *context);

/*
 * Whether what calls the library is led here, of which the first of the three tells; of a program whose symbols were hidden
 * when it was linked it is not.
 */
bool preempted_are_found(void);

/* Whether the library's own answers are led here; of one that was linked with -Bsymbolic-functions they are not. */
bool preempted_are_called(void);

#endif
