#include "export/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* Room for one more; the list moves when it grows. */
static void *grown(struct arena *arena, void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return list;
	*room = *room ? 2 * *room : 8;
	void *moved = arena_array(arena, *room, size);
	if (count)
		memcpy(moved, list, count * size);
	return moved;
}

struct form *form_create(struct arena *arena)
{
	struct form *form = arena_alloc(arena, sizeof *form);
	form->arena = arena;
	return form;
}

struct form_part *form_add_part(struct form *form, const char *name)
{
	form->parts = grown(form->arena, form->parts, form->part_count, &form->part_room, sizeof *form->parts);
	struct form_part *part = &form->parts[form->part_count++];
	*part = (struct form_part){.name = name};
	return part;
}

struct form_block *form_add(struct form *form, enum form_block_kind kind, const char *text)
{
	struct form_part *part = &form->parts[form->part_count - 1];
	part->blocks = grown(form->arena, part->blocks, part->block_count, &part->block_room, sizeof *part->blocks);
	struct form_block *block = &part->blocks[part->block_count++];
	*block = (struct form_block){.kind = kind, .text = text};
	return block;
}

struct form_line *form_add_line(struct form *form, struct form_block *row)
{
	row->lines = grown(form->arena, row->lines, row->line_count, &row->line_room, sizeof *row->lines);
	struct form_line *line = &row->lines[row->line_count++];
	*line = (struct form_line){0};
	return line;
}

void form_add_cell(struct form_line *line, const char *text, unsigned share, bool is_label)
{
	if (line->count == FORM_CELLS)
		abort(); /* lines are laid out in our own code, whatever is in them */
	line->cells[line->count++] = (struct form_cell){.text = text ? text : "", .share = share, .is_label = is_label};
}

void form_add_row(struct form *form, const char *label, const char *text)
{
	form_add_cell(form_add_line(form, form_add(form, FORM_ROW, label)), text, FORM_SHARES, false);
}
