#include "db/statement.h"

#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"
#include "http/values.h"

static bool condition_holds(const struct statement_condition *condition, const struct values *values)
{
	const char *value = values_get(values, condition->name);
	if (!value)
		return false;
	return !condition->equals || strcmp(value, condition->equals) == 0;
}

static bool line_holds(const struct statement_line *line, const struct values *values)
{
	for (size_t i = 0; i < line->condition_count; i++) {
		if (!condition_holds(&line->conditions[i], values))
			return false;
	}
	return true;
}

uint64_t statement_lines(const struct statement *statement, const struct values *values)
{
	uint64_t lines = 0;
	for (size_t i = 0; i < statement->line_count; i++) {
		if (line_holds(&statement->lines[i], values))
			lines |= UINT64_C(1) << i;
	}
	return lines;
}

/* The number of this parameter in the text, counting from 1; a new one goes to the end of the order. */
static size_t parameter_number(unsigned short parameter, unsigned short *order, size_t *count)
{
	for (size_t i = 0; i < *count; i++) {
		if (order[i] == parameter)
			return i + 1;
	}
	order[(*count)++] = parameter;
	return *count;
}

const char *statement_text(struct arena *arena, const struct statement *statement, uint64_t lines, unsigned short *ret_order,
                           size_t *ret_count)
{
	struct buffer text = buffer_create(arena);
	size_t count = 0;
	for (size_t i = 0; i < statement->piece_count; i++) {
		const struct statement_piece *piece = &statement->pieces[i];
		if (piece->line >= 0 && !(lines >> piece->line & 1))
			continue;
		buffer_append_string(&text, piece->text);
		if (piece->parameter >= 0)
			buffer_printf(&text, "$%zu", parameter_number((unsigned short)piece->parameter, ret_order, &count));
	}
	*ret_count = count;
	return text.data;
}
