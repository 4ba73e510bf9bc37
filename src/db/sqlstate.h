/*
 * The SQLSTATEs that this module tells apart (PostgreSQL 15, Appendix A).
 */
#ifndef SCIDAY_DB_SQLSTATE_H
#define SCIDAY_DB_SQLSTATE_H

#include <stdbool.h>
#include <string.h>

#define SQLSTATE_FEATURE_NOT_SUPPORTED "0A000" /* among others: "cached plan must not change result type" */
#define SQLSTATE_READ_ONLY_TRANSACTION "25006"
#define SQLSTATE_INVALID_STATEMENT_NAME "26000"
#define SQLSTATE_RESTRICT_VIOLATION "23001"
#define SQLSTATE_NOT_NULL_VIOLATION "23502"
#define SQLSTATE_FOREIGN_KEY_VIOLATION "23503"
#define SQLSTATE_UNIQUE_VIOLATION "23505"
#define SQLSTATE_CHECK_VIOLATION "23514"
#define SQLSTATE_EXCLUSION_VIOLATION "23P01"
#define SQLSTATE_SERIALIZATION_FAILURE "40001"
#define SQLSTATE_DEADLOCK_DETECTED "40P01"
#define SQLSTATE_INSUFFICIENT_PRIVILEGE "42501"
#define SQLSTATE_UNDEFINED_TABLE "42P01"
#define SQLSTATE_LOCK_NOT_AVAILABLE "55P03"
#define SQLSTATE_QUERY_CANCELED "57014"

#define SQLCLASS_CONNECTION "08"
#define SQLCLASS_DATA "22"
#define SQLCLASS_INTEGRITY "23"
#define SQLCLASS_RESOURCES "53"
#define SQLCLASS_INTERVENTION "57P0" /* shutdown, crash, starting up, database dropped, idle too long */
#define SQLCLASS_OURS "SD"

/* NULL is no SQLSTATE. */
static inline bool sqlstate_is(const char *sqlstate, const char *code)
{
	return sqlstate && strcmp(sqlstate, code) == 0;
}

static inline bool sqlstate_begins(const char *sqlstate, const char *class)
{
	return sqlstate && strncmp(sqlstate, class, strlen(class)) == 0;
}

#endif
