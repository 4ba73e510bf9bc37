/*
 * Lists, by keyset: one page as JSON, or the whole, page after page, for a file. A page's memory goes with the page.
 */
#ifndef SCIDAY_OPERATION_LIST_H
#define SCIDAY_OPERATION_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "db/db.h"
#include "http/exchange.h"
#include "http/reply.h"

#define LIST_SORT_COLUMNS 8 /* that a list's order goes by; the generators refuse more */

struct problem;

/* The page that `cursor` and `limit` ask for. */
struct reply list_page(struct exchange *exchange);

/* All of a list, or as much as `limit` says, from `cursor` on. */
struct list_walk {
	const struct exchange *exchange;
	struct values values; /* the exchange's, with where the page is and how long */
	const char *sort[LIST_SORT_COLUMNS];
	size_t sort_count;
	size_t left;         /* rows that are still asked for */
	struct db_rows rows; /* of the present page */
	bool is_last;        /* there is no page after it */
	struct arena *page;  /* its memory, unless it is the first, whose rows are the exchange's */
};

/*
 * The first page, and beside it the rows of another statement in the same unit. The walk is the exchange's arena's, which
 * also ends it. Not found where what the list is under is not there.
 */
struct problem *list_walk_begin(struct exchange *exchange, const struct statement *beside, struct list_walk **ret_walk,
                                struct db_rows *ret_beside) __attribute__((warn_unused_result));

/* Goes on to the next page; the rows of the one before are gone. Only while !is_last; it may be empty. */
struct problem *list_walk_next(struct list_walk *walk) __attribute__((warn_unused_result));

#endif
