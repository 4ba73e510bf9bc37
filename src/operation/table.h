/*
 * Lists and reports as files: CSV, streamed in memory that does not grow, and XLSX, from a temporary file. The columns are
 * the operation's (tools/generate/columns.py); a handler with sheets or columns of its own uses the second half.
 */
#ifndef SCIDAY_OPERATION_TABLE_H
#define SCIDAY_OPERATION_TABLE_H

#include <stdbool.h>

#include "export/wording.h"
#include "export/xlsx.h"
#include "http/exchange.h"
#include "http/reply.h"

struct json_t;
struct problem;

/* The whole list as FORMAT_CSV or FORMAT_XLSX. */
struct reply table_list(struct exchange *exchange);

/* The reading's rows: as CSV its first table, as XLSX each in a sheet. */
struct reply table_report(struct exchange *exchange);

/* How this exchange wants its tables put, by `headings`, in a language, with the labels of its campaign. */
struct problem *table_wording(struct exchange *exchange, enum locale locale, struct wording *ret_wording)
	__attribute__((warn_unused_result));

/* The rows of one table of an answer as CSV. */
struct reply table_csv(struct exchange *exchange, struct wording *wording, const struct table *table,
                       const struct json_t *answer);

/* A workbook that a handler has written, finished. NULL, as xlsx_create leaves it, is a problem. */
struct reply table_workbook(struct exchange *exchange, const struct wording *wording, struct xlsx *xlsx);

/* Whether names of files and sheets are English: always for programs, whose tables are the same in every language. */
bool table_is_english(const struct exchange *exchange);

/* Content-Disposition with what the answer is called, its campaign and the day: "活动列表-2021-2021-05-12.csv". */
void table_name_file(struct exchange *exchange, struct reply *reply);

#endif
