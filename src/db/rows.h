/*
 * A result of libpq as rows.
 */
#ifndef SCIDAY_DB_ROWS_H
#define SCIDAY_DB_ROWS_H

#include <libpq-fe.h>

#include "db/db.h"

/* The rows point into the result, which is freed with the arena. */
struct db_rows rows_create(struct arena *arena, PGresult *result);

#endif
