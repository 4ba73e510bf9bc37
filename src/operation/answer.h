/*
 * Replies: the reading of one thing, its body passed on as PostgreSQL shaped it and its ETag from its version and
 * its bytes; and a whole text that was made of what was read.
 */
#ifndef SCIDAY_OPERATION_ANSWER_H
#define SCIDAY_OPERATION_ANSWER_H

#include "db/db.h"
#include "http/exchange.h"
#include "http/reply.h"

/* The first row's `body` as JSON with its ETag; there must be one row. */
struct reply answer_reply(struct exchange *exchange, unsigned status, const struct db_rows *rows);

/*
 * A whole text as the answer, of a media type of the operation's: a list, a report, the contract. Gzip is allowed, and its ETag
 * is weak for that (RFC 9110, section 8.8.1). The second puts it into a reply that is there.
 */
struct reply answer_text(struct exchange *exchange, const char *media_type, const char *text, size_t length);
void answer_set_text(struct exchange *exchange, struct reply *reply, const char *text, size_t length);

/* "version-digest" of the first row, in the arena. */
const char *answer_etag(struct arena *arena, const struct db_rows *rows);

/*
 * What the answer's reading is told: the exchange's values, and beside or instead of them those that the contract's
 * link names. (The answer to a copy has the new campaign's code for campaign_code, and the copy itself the old one's.)
 */
const struct values *answer_values(struct exchange *exchange);

/* The operation's path with its parameters filled in from the values, in the arena. */
const char *answer_path(struct arena *arena, const struct operation *operation, const struct values *values);

#endif
