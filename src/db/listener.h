/*
 * One connection that only listens (LISTEN, NOTIFY), with a thread of its own.
 * It needs a session: a pooler in transaction mode does not pass notices on.
 */
#ifndef SCIDAY_DB_LISTENER_H
#define SCIDAY_DB_LISTENER_H

#include <stdbool.h>

struct listener;
struct db_notices;

/* Copies the URL; nothing runs yet. The notices are kept. */
struct listener *listener_create(const char *url, const struct db_notices *notices);

/* Ends the thread, if there is one, and waits for it: a notice that is being handled is finished. */
void listener_destroy(struct listener *listener);

/* As db_listen says. Once for a listener. */
void listener_start(struct listener *listener);

/* Whether it is connected, so that every notice comes. */
bool listener_attends(struct listener *listener);

#endif
