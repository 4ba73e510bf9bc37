#include "db/owner.h"

#include "base/arena.h"
#include "db/rows.h"
#include "db/session.h"
#include "http/values.h"

int owner_run(const char *owner_url, struct arena *arena, const struct statement *statement, const struct values *values,
              struct db_rows *ret_rows, void (*say)(const char *line))
{
	struct session session __attribute__((cleanup(session_close))) = {0};
	if (!session_open(&session, owner_url, say))
		return -1;
	unsigned short *order = arena_array(arena, statement->parameter_count, sizeof *order);
	size_t count;
	const char *text = statement_text(arena, statement, statement_lines(statement, values), order, &count);
	const char **texts = arena_array(arena, count, sizeof *texts);
	for (size_t i = 0; i < count; i++)
		texts[i] = values_get(values, statement->parameters[order[i]]);

	PGresult *result = session_query(&session, statement->name, text, (int)count, texts);
	if (!result)
		return -1;
	*ret_rows = rows_create(arena, result);
	return 0;
}
