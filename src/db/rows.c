#include "db/rows.h"

#include <string.h>

#include "base/arena.h"

static void release_result(void *result)
{
	PQclear(result);
}

struct db_rows rows_create(struct arena *arena, PGresult *result)
{
	arena_defer(arena, release_result, result);
	int row_count = PQntuples(result);
	int column_count = PQnfields(result);
	const char **names = arena_array(arena, (size_t)column_count, sizeof *names);
	for (int column = 0; column < column_count; column++)
		names[column] = PQfname(result, column);

	const char **fields = arena_array(arena, (size_t)row_count * (size_t)column_count, sizeof *fields);
	const char **field = fields;
	for (int row = 0; row < row_count; row++) {
		for (int column = 0; column < column_count; column++)
			*field++ = PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
	}
	return (struct db_rows){
		.rows = (size_t)row_count,
		.columns = (size_t)column_count,
		.names = names,
		.fields = fields,
	};
}

const char *db_field(const struct db_rows *rows, size_t row, const char *column)
{
	if (row >= rows->rows)
		return NULL;
	for (size_t i = 0; i < rows->columns; i++) {
		if (strcmp(rows->names[i], column) == 0)
			return rows->fields[row * rows->columns + i];
	}
	return NULL;
}
