/*
 * One connection that only listens (LISTEN, NOTIFY), with a thread of its own.
 * It needs a session: a pooler in transaction mode does not pass notices on.
 */
#ifndef SCIDAY_DB_SUBSCRIPTION_H
#define SCIDAY_DB_SUBSCRIPTION_H

#include <stdbool.h>

struct subscription;
struct db_notices;

/* Copies the URL; nothing runs yet. The notices are kept. */
struct subscription *subscription_create(const char *url, const struct db_notices *notices);

/* Ends the thread, if there is one, and waits for it: a notice that is being handled is finished. */
void subscription_destroy(struct subscription *subscription);

/* As db_listen says. Once for a subscription. */
void subscription_start(struct subscription *subscription);

/* Whether it is connected, so that every notice comes. */
bool subscription_attends(struct subscription *subscription);

#endif
