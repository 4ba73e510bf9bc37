/*
 * From SQLSTATE to problem. 23505 → 409, 23503 → 422 (409 when a delete made
 * it), 23502, 23514, class 22 → 422, 42501 → 403, 40001, 40P01 and 26000 → 503
 * after retries, 55P03, 57014, classes 53 and 08, 25006, 57P0x and no SQLSTATE
 * at all → 503, else 500. An exclusion (23P01) is 409: the problem that it
 * or its rule names, if there is one ("phases_overlap").
 *
 * Class SD is our own: RAISE EXCEPTION USING ERRCODE = 'SD000', MESSAGE = the
 * problem's code, DETAIL = its params as a JSON object, or nothing.
 *
 * A constraint is named field__rule (table__field__rule for what makes an
 * index): "ends_on__before_start". Its problem has one finding, with pointer
 * /ends_on and code before_start.
 */
#ifndef SCIDAY_DB_ERROR_H
#define SCIDAY_DB_ERROR_H

struct arena;
struct problem;

struct db_diagnostics {
	const char *sqlstate; /* NULL: the connection was lost */
	const char *message;
	const char *detail;
	const char *constraint; /* NULL if none */
	const char *column;
};

/* The problem for what the server said; `cause` has its SQLSTATE and message (not DETAIL, which shows rows), for the log alone. */
struct problem *db_problem(struct arena *arena, const struct db_diagnostics *diagnostics);

#endif
