#include "db/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "db/sqlstate.h"
#include "http/problem.h"

#define RETRY_SECONDS 1

/* A constraint's name, taken apart: [table__]field__rule. Both NULL if it is not named so. */
struct named_rule {
	const char *field;
	const char *rule;
};

static struct named_rule rule_of(struct arena *arena, const char *constraint)
{
	const char *separator = constraint ? strstr(constraint, "__") : NULL;
	if (!separator)
		return (struct named_rule){0};
	const char *field = constraint;
	const char *second = strstr(separator + 2, "__");
	if (second) {
		field = separator + 2;
		separator = second;
	}
	return (struct named_rule){
		.field = arena_strndup(arena, field, (size_t)(separator - field)),
		.rule = separator + 2,
	};
}

static struct problem *field_problem(struct arena *arena, enum problem_code code, const char *field, const char *finding)
{
	struct problem *problem = problem_create(arena, code);
	if (field)
		problem_find(problem, arena_printf(arena, "/%s", field), NULL, finding, NULL);
	return problem;
}

static struct problem *constraint_problem(struct arena *arena, enum problem_code code, const char *constraint)
{
	struct named_rule named = rule_of(arena, constraint);
	return field_problem(arena, code, named.field, named.rule);
}

/*
 * The same SQLSTATE stands for a reference to what is not there, and for taking away what is
 * referred to. Only the message tells them apart: the second names two tables beside the
 * constraint, in English and in Chinese, the first one.
 */
static bool is_still_referred_to(const struct db_diagnostics *diagnostics)
{
	size_t quotes = 0;
	for (const char *at = diagnostics->message; at && (at = strchr(at, '"')) != NULL; at++)
		quotes++;
	return quotes >= 6;
}

static struct problem *integrity_problem(struct arena *arena, const struct db_diagnostics *diagnostics)
{
	const char *sqlstate = diagnostics->sqlstate;
	if (sqlstate_is(sqlstate, SQLSTATE_UNIQUE_VIOLATION))
		return constraint_problem(arena, PROBLEM_already_exists, diagnostics->constraint);
	if (sqlstate_is(sqlstate, SQLSTATE_NOT_NULL_VIOLATION))
		return field_problem(arena, PROBLEM_validation_failed, diagnostics->column, "required");
	if (sqlstate_is(sqlstate, SQLSTATE_CHECK_VIOLATION))
		return constraint_problem(arena, PROBLEM_validation_failed, diagnostics->constraint);
	if (sqlstate_is(sqlstate, SQLSTATE_RESTRICT_VIOLATION))
		return problem_create(arena, PROBLEM_in_use);
	if (sqlstate_is(sqlstate, SQLSTATE_FOREIGN_KEY_VIOLATION)) {
		if (is_still_referred_to(diagnostics))
			return problem_create(arena, PROBLEM_in_use);
		return constraint_problem(arena, PROBLEM_validation_failed, diagnostics->constraint);
	}
	if (sqlstate_is(sqlstate, SQLSTATE_EXCLUSION_VIOLATION)) {
		struct named_rule named = rule_of(arena, diagnostics->constraint);
		const char *name = named.rule ? named.rule : diagnostics->constraint;
		enum problem_code code = name ? problem_code_parse(name) : PROBLEM_internal;
		return code == PROBLEM_internal ? field_problem(arena, PROBLEM_already_exists, named.field, named.rule)
		                                : problem_create(arena, code);
	}
	return problem_create(arena, PROBLEM_internal);
}

static bool is_unavailable(const char *sqlstate)
{
	static const char *const states[] = {
		SQLSTATE_SERIALIZATION_FAILURE,
		SQLSTATE_DEADLOCK_DETECTED,
		SQLSTATE_LOCK_NOT_AVAILABLE,
		SQLSTATE_QUERY_CANCELED,
		SQLSTATE_READ_ONLY_TRANSACTION,
		SQLSTATE_INVALID_STATEMENT_NAME,
		SQLCLASS_CONNECTION,
		SQLCLASS_RESOURCES,
		SQLCLASS_INTERVENTION,
	};
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		if (sqlstate_begins(sqlstate, states[i]))
			return true;
	}
	return false;
}

static struct problem *unavailable(struct arena *arena)
{
	struct problem *problem = problem_create(arena, PROBLEM_unavailable);
	problem->retry_after = RETRY_SECONDS;
	return problem;
}

static struct problem *classify(struct arena *arena, const struct db_diagnostics *diagnostics)
{
	const char *sqlstate = diagnostics->sqlstate;
	if (!sqlstate || is_unavailable(sqlstate))
		return unavailable(arena);
	if (sqlstate_begins(sqlstate, SQLCLASS_OURS))
		return problem_create_from(arena, diagnostics->message, diagnostics->detail);
	if (sqlstate_begins(sqlstate, SQLCLASS_INTEGRITY))
		return integrity_problem(arena, diagnostics);
	if (sqlstate_begins(sqlstate, SQLCLASS_DATA))
		return problem_create(arena, PROBLEM_validation_failed);
	if (sqlstate_is(sqlstate, SQLSTATE_INSUFFICIENT_PRIVILEGE))
		return problem_create(arena, PROBLEM_forbidden);
	return problem_create(arena, PROBLEM_internal);
}

/* For the log. DETAIL is left out: it shows the row, which may be a person's data. */
static const char *cause_of(struct arena *arena, const struct db_diagnostics *diagnostics)
{
	const char *message = diagnostics->message ? diagnostics->message : "no message";
	return diagnostics->sqlstate ? arena_printf(arena, "%s %s", diagnostics->sqlstate, message)
	                             : arena_strdup(arena, message);
}

struct problem *db_problem(struct arena *arena, const struct db_diagnostics *diagnostics)
{
	struct problem *problem = classify(arena, diagnostics);
	problem->sqlstate = arena_strdup(arena, diagnostics->sqlstate);
	problem->cause = cause_of(arena, diagnostics);
	return problem;
}
