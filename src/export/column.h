/*
 * The columns of a table, as the generator makes them from the schema of an answer's rows (tools/generate/columns.py): one
 * definition for JSON, CSV and XLSX. A handler whose columns depend on the data may make its own.
 */
#ifndef SCIDAY_EXPORT_COLUMN_H
#define SCIDAY_EXPORT_COLUMN_H

#include <stddef.h>

enum column_type {
	COLUMN_TEXT,
	COLUMN_ID, /* for programs: left out where a table is for people */
	COLUMN_INTEGER,
	COLUMN_NUMBER,
	COLUMN_RATE, /* a number from 0 to 1, shown as a percentage */
	COLUMN_BOOLEAN,
	COLUMN_DATE,    /* "2021-05-12" */
	COLUMN_INSTANT, /* "2021-05-12T16:00:00Z" */
	COLUMN_LIST,    /* an array: what its items say, joined */
	COLUMN_OBJECT,  /* any JSON, as its text */
};

struct column {
	const char *
		path; /* the members that lead to the value, "organization.code", and of an array an index, "cells.0.count"; "": the value itself */
	enum column_type type;
	const char *vocabulary;     /* whose label a code has; NULL: it is no code */
	const char *zh, *en;        /* the heading */
	const struct column *parts; /* of COLUMN_LIST: what each item says */
	size_t part_count;
};

/* An array of rows in an answer, or the only row. */
struct table {
	const char *rows;    /* the answer's member that it is */
	const char *zh, *en; /* its heading */
	const struct column *columns;
	size_t column_count;
	const char
		*each; /* the member of a row whose items are the rows, each in its place, beside the row's others; NULL: none */
};

#endif
