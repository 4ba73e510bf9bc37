/*
 * Named statements, as the generator makes them from sql/queries/. A line that
 * ends in "--? condition" is there only when its conditions hold, so one
 * statement has several texts; which lines are in is a mask.
 */
#ifndef SCIDAY_DB_STATEMENT_H
#define SCIDAY_DB_STATEMENT_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct values;

/* Text that stands between parameters. `parameter` follows the text, or is −1. */
struct statement_piece {
	const char *text;
	short parameter; /* index into parameters */
	short line;      /* index into lines, or −1: always there */
};

/* Holds when the named value is set (not null), or, with `equals`, when it is this. */
struct statement_condition {
	const char *name;
	const char *equals; /* NULL: any value */
};

struct statement_line {
	const struct statement_condition *conditions; /* all must hold */
	size_t condition_count;
};

struct statement {
	const char *name;
	const char *const *parameters; /* names, without ":" */
	size_t parameter_count;
	const struct statement_piece *pieces;
	size_t piece_count;
	const struct statement_line *lines; /* the optional ones, at most 64 */
	size_t line_count;
};

/* Every statement there is, for the test that prepares them all. */
extern const struct statement *const statement_list[];
extern const size_t statement_list_count;

/* Bit i says whether optional line i is in, given these values. */
uint64_t statement_lines(const struct statement *statement, const struct values *values);

/*
 * The SQL of the variant, parameters numbered $1… in the order in which they
 * first appear; ret_order[k] is the index into statement->parameters of $k+1.
 * ret_order has room for parameter_count. In the arena.
 */
const char *statement_text(struct arena *arena, const struct statement *statement, uint64_t lines, unsigned short *ret_order,
                           size_t *ret_count);

#endif
