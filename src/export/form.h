/*
 * A form as paper knows it, described once and rendered as PDF and as DOCX: parts, each
 * beginning on a page of its own with a footer of its own, and each a list of blocks in reading
 * order. Nothing here knows what a form is about, and no renderer changes its words.
 */
#ifndef SCIDAY_EXPORT_FORM_H
#define SCIDAY_EXPORT_FORM_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

#define FORM_CELLS 6   /* of one line, at most */
#define FORM_SHARES 12 /* what the shares of a line's cells add up to */

enum form_block_kind {
	FORM_SUPERTITLE, /* centred, above the title */
	FORM_TITLE,      /* centred and large */
	FORM_PAIR,       /* `text` at the left, `right` at the right of one line, above a table */
	FORM_ROW,        /* of a table: rows that follow each other are one table */
	FORM_HEADING,    /* stays with what follows */
	FORM_PARAGRAPH,  /* its first line indented by two characters */
	FORM_NOTE,       /* small */
	FORM_CONTENTS,   /* every part after this one, with its page */
};

/* A cell; its text wraps, and a newline in it begins a new paragraph. */
struct form_cell {
	const char *text;
	unsigned share; /* of the line's width */
	bool is_label;  /* bold and centred */
};

/* A line of a row: cells side by side. It breaks over pages where they are higher than what is left. */
struct form_line {
	struct form_cell cells[FORM_CELLS];
	size_t count;
};

struct form_block {
	enum form_block_kind kind;
	const char *text;  /* of a row: the label at its left, beside all of its lines */
	const char *right; /* of a pair */
	struct form_line *lines;
	size_t line_count, line_room;
};

struct form_part {
	const char *name;   /* in the table of contents and the outline */
	const char *detail; /* smaller, beside the name; NULL: none */
	const char *footer; /* which submission it is */
	const char *digest; /* of its content, short enough for the footer; NULL: none */
	struct form_block *blocks;
	size_t block_count, block_room;
};

struct form {
	struct arena *arena;
	const char *title;
	const char *author;
	const char *subject;
	long long written_at; /* seconds since the epoch: the dates inside the files, so that equal content is equal bytes */
	struct form_part *parts;
	size_t part_count, part_room;
};

/* An empty form, in the arena, as is all that is added to it; strings are kept, not copied. */
struct form *form_create(struct arena *arena);

/* Each pointer is good until the next of its kind is added. */
struct form_part *form_add_part(struct form *form, const char *name);
struct form_block *form_add(struct form *form, enum form_block_kind kind, const char *text);
struct form_line *form_add_line(struct form *form, struct form_block *row);

/* Adds a cell to the line; NULL is an empty text. More than FORM_CELLS ends the process. */
void form_add_cell(struct form_line *line, const char *text, unsigned share, bool is_label);

/* A row with one line of one cell. */
void form_add_row(struct form *form, const char *label, const char *text);

#endif
