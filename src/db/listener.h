/*
 * One connection that only listens (LISTEN, NOTIFY), with a thread of its own.
 * It needs a session: a pooler in transaction mode does not pass notices on.
 */
#ifndef SCIDAY_DB_LISTENER_H
#define SCIDAY_DB_LISTENER_H

struct listener;

/* Copies the URL; nothing runs yet. */
struct listener *listener_create(const char *url);

/* Ends the thread, if there is one, and waits for it: a notice that is being handled is finished. */
void listener_destroy(struct listener *listener);

/* As db_listen says. Once for a listener. */
void listener_start(struct listener *listener, const char *const *channels,
                    void (*notice)(void *context, const char *channel, const char *payload), void *context);

#endif
