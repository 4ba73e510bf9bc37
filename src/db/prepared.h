/*
 * Which variants of which statements one connection has prepared. The server
 * keeps a plan for each, so their number is bounded: callers choose the
 * optional lines. Each connection has a set of its own and no lock.
 */
#ifndef SCIDAY_DB_PREPARED_H
#define SCIDAY_DB_PREPARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/statement.h"

#define PREPARED_MAXIMUM 256
#define PREPARED_SLOTS (2 * PREPARED_MAXIMUM) /* half empty, so that a search ends soon */
#define PREPARED_NAME_SIZE 64                 /* PostgreSQL cuts names at 63 bytes */

struct prepared {
	const struct statement *statement; /* NULL: an empty slot */
	uint64_t lines;
	char name[PREPARED_NAME_SIZE];
	const char *text;
	unsigned short *order; /* as statement_text gives it */
	size_t count;
	bool is_sent; /* the server has it, or will have read it by the time it reads what is sent next */
};

struct prepared_set {
	struct arena *arena; /* of the texts and orders; NULL while the set is empty */
	struct prepared slots[PREPARED_SLOTS];
	size_t count;
	unsigned last_number; /* never used twice on one connection, so that names cannot clash */
};

/* The variant's entry, made if it is new; NULL if the set is full. */
struct prepared *prepared_find(struct prepared_set *set, const struct statement *statement, uint64_t lines);

bool prepared_is_full(const struct prepared_set *set);

/* Forgets all. */
void prepared_clear(struct prepared_set *set);

#endif
