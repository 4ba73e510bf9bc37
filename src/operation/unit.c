#include "operation/unit.h"

#include <stdlib.h>
#include <string.h>

#include "operation/identity.h"
#include "operation/services.h"

static enum db_purpose purpose_of(const struct exchange *exchange, enum unit_kind kind)
{
	if (kind != UNIT_READ)
		return DB_CHANGE;
	return exchange->is_dear ? DB_REPORT : DB_READ;
}

struct problem *unit_run(const struct exchange *exchange, enum unit_kind kind, struct arena *arena, const struct db_step *steps,
                         size_t step_count, struct db_rows *ret_rows)
{
	if (step_count > UNIT_STEPS)
		abort(); /* the steps of each unit are written out in our own code */
	struct values identity;
	struct db_step all[1 + UNIT_STEPS] = {
		kind == UNIT_CHANGE ? identity_afresh(exchange, arena, &identity) : identity_cached(exchange, &identity),
	};
	struct db_rows rows[1 + UNIT_STEPS];
	memcpy(all + 1, steps, step_count * sizeof *steps);
	struct problem *problem = db_run(exchange->services->db, purpose_of(exchange, kind), arena, all, 1 + step_count, rows);
	if (!problem)
		memcpy(ret_rows, rows + 1, step_count * sizeof *rows);
	return problem;
}
