#include "operation/reading.h"

#include <string.h>

#include "contract/contract.h"
#include "operation/identity.h"
#include "operation/services.h"

struct problem *reading_unit(struct exchange *exchange, const struct statement *const *statements, size_t count,
                             struct db_rows *ret_rows)
{
	struct identity identity;
	struct db_step steps[1 + READING_STATEMENTS] = {identity_cached(exchange, &identity)};
	struct db_rows rows[1 + READING_STATEMENTS];
	for (size_t i = 0; i < count; i++)
		steps[i + 1] = (struct db_step){.statement = statements[i], .values = &exchange->values};
	enum db_purpose purpose = exchange->is_dear ? DB_REPORT : DB_READ;
	struct problem *problem = db_run(exchange->services->db, purpose, exchange->arena, steps, count + 1, rows);
	if (!problem)
		memcpy(ret_rows, rows + 1, count * sizeof *rows);
	return problem;
}

struct problem *reading_rows(struct exchange *exchange, const struct statement *statement, struct db_rows *ret_rows)
{
	return reading_unit(exchange, &statement, 1, ret_rows);
}

struct problem *reading_parent(struct exchange *exchange, bool *ret_exists)
{
	*ret_exists = true;
	const struct operation *parent = exchange->operation->parent;
	if (!parent || !parent->statement)
		return NULL;
	struct db_rows rows;
	struct problem *problem = reading_rows(exchange, parent->statement, &rows);
	if (!problem)
		*ret_exists = rows.rows > 0;
	return problem;
}
