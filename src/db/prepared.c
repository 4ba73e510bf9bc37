#include "db/prepared.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"

static size_t first_slot(const struct statement *statement, uint64_t lines)
{
	uint64_t hash = ((uint64_t)(uintptr_t)statement >> 4) ^ (lines * UINT64_C(0x9E3779B97F4A7C15));
	hash *= UINT64_C(0xFF51AFD7ED558CCD);
	return (size_t)(hash >> 32) % PREPARED_SLOTS;
}

static void prepared_fill(struct prepared_set *set, struct prepared *prepared, const struct statement *statement, uint64_t lines)
{
	if (!set->arena)
		set->arena = arena_create();
	*prepared = (struct prepared){.statement = statement, .lines = lines};
	snprintf(prepared->name, sizeof prepared->name, "%.48s_%u", statement->name, ++set->last_number);
	prepared->order = arena_array(set->arena, statement->parameter_count, sizeof *prepared->order);
	prepared->text = statement_text(set->arena, statement, lines, prepared->order, &prepared->count);
	set->count++;
}

struct prepared *prepared_find(struct prepared_set *set, const struct statement *statement, uint64_t lines)
{
	for (size_t slot = first_slot(statement, lines);; slot = (slot + 1) % PREPARED_SLOTS) {
		struct prepared *prepared = &set->slots[slot];
		if (!prepared->statement && prepared_is_full(set))
			return NULL;
		if (!prepared->statement)
			prepared_fill(set, prepared, statement, lines);
		if (prepared->statement == statement && prepared->lines == lines)
			return prepared;
	}
}

bool prepared_is_full(const struct prepared_set *set)
{
	return set->count == PREPARED_MAXIMUM;
}

void prepared_clear(struct prepared_set *set)
{
	arena_destroy(set->arena);
	set->arena = NULL;
	memset(set->slots, 0, sizeof set->slots);
	set->count = 0;
}
