/*
 * The reading of one thing, as the reply that carries it: its body passed on as
 * PostgreSQL shaped it, its ETag from its version and its bytes.
 */
#ifndef SCIDAY_RESOURCES_ANSWER_H
#define SCIDAY_RESOURCES_ANSWER_H

#include "db/db.h"
#include "http/exchange.h"
#include "http/reply.h"

/* The first row's `body` as JSON with its ETag; there must be one row. */
struct reply answer_reply(struct exchange *exchange, unsigned status, const struct db_rows *rows);

/* "version-digest" of the first row, in the arena. */
const char *answer_etag(struct arena *arena, const struct db_rows *rows);

/* The address of what a create makes: the path of its answer's reading, filled from the exchange's values. */
const char *answer_location(const struct exchange *exchange);

#endif
