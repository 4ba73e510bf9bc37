/*
 * Many things at once: a batch (batch.h) that is taken whole or not at all, and the same columns out again.
 */
#ifndef SCIDAY_OPERATION_BULK_H
#define SCIDAY_OPERATION_BULK_H

#include "http/exchange.h"
#include "http/reply.h"

struct statement;

/* Hands the items of the body to the statement, which takes all of them or refuses them with what is wrong in each. */
struct reply bulk_import(struct exchange *exchange, const struct statement *statement);

/* The statement's rows as the CSV that an import takes, called `name`. */
struct reply bulk_export(struct exchange *exchange, const struct statement *statement, const char *name);

#endif
