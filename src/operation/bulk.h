/*
 * Many things at once: a batch (batch.h) that is taken whole or not at all, and the same columns out again.
 */
#ifndef SCIDAY_OPERATION_BULK_H
#define SCIDAY_OPERATION_BULK_H

#include <stdbool.h>

#include "http/exchange.h"
#include "http/reply.h"

struct batch;
struct problem;
struct statement;

/* How the items of a resource are taken. */
struct bulk {
	const struct statement *statement; /* takes all of :items or refuses them, with what is wrong in each */
	/*
	 * The items as the statement takes them, the exchange's; in a dry run as far as it looks at them. NULL, or what is wrong with
	 * them. Without it, they are handed over as they came.
	 */
	struct problem *(*prepare)(const struct batch *batch, bool is_dry_run, struct json_t **ret_items);
	/* What follows when all have been taken, of which the answer, JSON, tells. */
	void (*taken)(struct exchange *exchange, const char *answer);
};

struct reply bulk_import(struct exchange *exchange, const struct bulk *bulk);

/* The statement's rows as the CSV that an import takes, called `name`. */
struct reply bulk_export(struct exchange *exchange, const struct statement *statement, const char *name);

#endif
