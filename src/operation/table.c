#include "operation/table.h"

#include <jansson.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/arena_json.h"
#include "base/buffer.h"
#include "contract/contract.h"
#include "export/csv.h"
#include "http/disposition.h"
#include "http/problem.h"
#include "operation/answer.h"
#include "operation/list.h"
#include "operation/reading.h"
#include "operation/unit.h"
#include "statements.h"

static bool is_set(const struct exchange *exchange, const char *name, const char *value)
{
	const char *text = values_get(&exchange->values, name);
	return text && strcmp(text, value) == 0;
}

/* Words */

static struct wording make_wording(struct exchange *exchange, enum locale locale, const struct db_rows *rows)
{
	struct label *labels = arena_array(exchange->arena, rows->rows + 1, sizeof *labels);
	const char *language = locale == LOCALE_EN ? "en" : "zh";
	for (size_t i = 0; i < rows->rows; i++)
		labels[i] = (struct label){
			.vocabulary = db_field(rows, i, "vocabulary"),
			.code = db_field(rows, i, "code"),
			.text = db_field(rows, i, language),
		};
	return (struct wording){
		.arena = exchange->arena,
		.is_for_programs = is_set(exchange, "headings", "names"),
		.locale = locale,
		.labels = labels,
		.label_count = rows->rows,
	};
}

struct problem *table_wording(struct exchange *exchange, enum locale locale, struct wording *ret_wording)
{
	struct db_rows rows;
	struct problem *problem = reading_rows(exchange, &statement_table_labels, &rows);
	if (!problem)
		*ret_wording = make_wording(exchange, locale, &rows);
	return problem;
}

/* The reply */

bool table_is_english(const struct exchange *exchange)
{
	return exchange->locale == LOCALE_EN || is_set(exchange, "headings", "names");
}

void table_name_file(struct exchange *exchange, struct reply *reply)
{
	struct arena *arena = exchange->arena;
	const struct operation *operation = exchange->operation;
	struct wording here = {.arena = arena};
	time_t now = time(NULL);
	struct tm today;
	if (!wording_local(&here, NULL, now, &today))
		gmtime_r(&now, &today);
	char day[sizeof "2021-05-12" + 8];
	strftime(day, sizeof day, "%Y-%m-%d", &today);
	const char *title = table_is_english(exchange) ? operation->title_en : operation->title_zh;
	const char *campaign = values_get(&exchange->values, "campaign_code");
	const char *name = arena_printf(arena, "%s-%s%s%s.%s", title, campaign ? campaign : "", campaign ? "-" : "", day,
	                                format_name(exchange->format));
	reply_header(reply, "Content-Disposition", disposition_attachment(arena, name));
}

static void describe(struct exchange *exchange, const struct wording *wording, struct reply *reply)
{
	table_name_file(exchange, reply);
	if (!wording->is_for_programs)
		reply_language(reply, exchange->locale);
}

static struct reply stream_reply(struct exchange *exchange, const struct wording *wording, const char *media_type, size_t length,
                                 long (*read)(void *context, unsigned long long offset, char *buffer, size_t room), void *context)
{
	struct reply_stream *stream = arena_alloc(exchange->arena, sizeof *stream);
	*stream = (struct reply_stream){.read = read, .context = context, .is_made = length != REPLY_LENGTH_UNKNOWN};
	struct reply reply = {.status = 200, .media_type = media_type, .length = length, .stream = stream};
	describe(exchange, wording, &reply);
	return reply;
}

/* CSV */

static void begin_csv(struct exchange *exchange, const struct wording *wording, const struct table *table, struct buffer *text)
{
	if (is_set(exchange, "bom", "true"))
		buffer_append_string(text, CSV_MARK);
	csv_append_headings(text, wording, table->columns, table->column_count);
}

/* A list on its way out: the lines of the present page. */
struct csv_list {
	struct list_walk *walk;
	struct wording wording;
	const struct table *table;
	struct buffer text;
	size_t sent;
};

/* The first column of a list's rows is the item. */
static bool append_page(struct csv_list *list)
{
	const struct db_rows *rows = &list->walk->rows;
	for (size_t i = 0; i < rows->rows; i++) {
		json_t *row = json_loads(rows->fields[i * rows->columns], 0, NULL);
		if (!row)
			return false;
		csv_append_row(&list->text, &list->wording, list->table->columns, list->table->column_count, row);
		json_decref(row);
	}
	return true;
}

static long read_csv_list(void *context, unsigned long long offset, char *buffer, size_t room)
{
	(void)offset;
	struct csv_list *list = context;
	while (list->sent == list->text.length && !list->walk->is_last) {
		if (list_walk_next(list->walk))
			return -1;
		list->text = buffer_create(list->walk->page);
		list->sent = 0;
		if (!append_page(list))
			return -1;
	}
	size_t left = list->text.length - list->sent;
	size_t count = left < room ? left : room;
	memcpy(buffer, list->text.data + list->sent, count);
	list->sent += count;
	return (long)count;
}

static struct reply csv_list_reply(struct exchange *exchange, struct list_walk *walk, struct wording wording)
{
	struct csv_list *list = arena_alloc(exchange->arena, sizeof *list);
	*list = (struct csv_list){
		.walk = walk,
		.wording = wording,
		.table = exchange->operation->tables,
		.text = buffer_create(exchange->arena),
	};
	begin_csv(exchange, &wording, list->table, &list->text);
	if (!append_page(list))
		return problem_reply_code(exchange, PROBLEM_internal);
	return stream_reply(exchange, &list->wording, CSV_MEDIA_TYPE, REPLY_LENGTH_UNKNOWN, read_csv_list, list);
}

/* XLSX */

static struct reply workbook_failed(struct exchange *exchange)
{
	struct problem *problem = problem_create(exchange->arena, PROBLEM_unavailable);
	problem->cause = "a workbook could not be written to the folder of temporary files";
	return problem_reply(exchange, problem);
}

static long read_file(void *context, unsigned long long offset, char *buffer, size_t room)
{
	const struct xlsx_file *file = context;
	ssize_t count = pread(file->descriptor, buffer, room, (off_t)offset);
	return count > 0 ? (long)count : -1;
}

struct reply table_workbook(struct exchange *exchange, const struct wording *wording, struct xlsx *xlsx)
{
	struct xlsx_file *file = arena_alloc(exchange->arena, sizeof *file);
	if (!xlsx || !xlsx_finish(xlsx, file))
		return workbook_failed(exchange);
	return stream_reply(exchange, wording, format_media_type(FORMAT_XLSX), (size_t)file->size, read_file, file);
}

/* The name of a table's sheet: of the only one, what the answer is about. */
static const char *sheet_name(const struct exchange *exchange, const struct table *table)
{
	const struct operation *operation = exchange->operation;
	if (operation->table_count == 1)
		return table_is_english(exchange) ? operation->title_en : operation->title_zh;
	return table_is_english(exchange) ? table->en : table->zh;
}

static bool write_page(struct xlsx_sheet *sheet, const struct db_rows *rows)
{
	for (size_t i = 0; i < rows->rows; i++) {
		json_t *row = json_loads(rows->fields[i * rows->columns], 0, NULL);
		if (!row)
			return false;
		xlsx_write(sheet, row);
		json_decref(row);
	}
	return true;
}

static struct reply xlsx_list_reply(struct exchange *exchange, struct list_walk *walk, struct wording *wording)
{
	const struct table *table = exchange->operation->tables;
	struct xlsx *xlsx = xlsx_create(exchange->arena, wording);
	if (!xlsx)
		return workbook_failed(exchange);
	struct xlsx_sheet *sheet = xlsx_add_sheet(xlsx, sheet_name(exchange, table), table->columns, table->column_count);
	for (;;) {
		if (!write_page(sheet, &walk->rows))
			return problem_reply_code(exchange, PROBLEM_internal);
		if (walk->is_last)
			return table_workbook(exchange, wording, xlsx);
		struct problem *problem = list_walk_next(walk);
		if (problem)
			return problem_reply(exchange, problem);
	}
}

/* Lists and reports */

struct reply table_list(struct exchange *exchange)
{
	struct list_walk *walk;
	struct db_rows labels;
	struct problem *problem = list_walk_begin(exchange, &statement_table_labels, &walk, &labels);
	if (problem)
		return problem_reply(exchange, problem);
	struct wording wording = make_wording(exchange, exchange->locale, &labels);
	return exchange->format == FORMAT_CSV ? csv_list_reply(exchange, walk, wording)
	                                      : xlsx_list_reply(exchange, walk, &wording);
}

/* A row, or a row for each item of its member `each`, which the item then is. */
static void add_rows(json_t *rows, const struct table *table, json_t *row)
{
	if (!table->each) {
		json_array_append(rows, row);
		return;
	}
	size_t at;
	json_t *item;
	json_array_foreach(json_object_get(row, table->each), at, item)
	{
		json_t *copy = json_copy(row);
		json_object_set(copy, table->each, item);
		json_array_append_new(rows, copy);
	}
}

/* The rows of a table of the answer, which goes with the exchange. */
static json_t *table_rows(struct exchange *exchange, const struct table *table, const json_t *answer)
{
	json_t *rows = arena_json(exchange->arena, json_array());
	json_t *found = json_object_get(answer, table->rows), *row;
	if (json_is_object(found))
		add_rows(rows, table, found);
	size_t at;
	json_array_foreach(found, at, row) add_rows(rows, table, row);
	return rows;
}

struct reply table_csv(struct exchange *exchange, struct wording *wording, const struct table *table, const json_t *answer)
{
	struct buffer text = buffer_create(exchange->arena);
	begin_csv(exchange, wording, table, &text);
	json_t *rows = table_rows(exchange, table, answer);
	for (size_t i = 0; i < json_array_size(rows); i++)
		csv_append_row(&text, wording, table->columns, table->column_count, json_array_get(rows, i));
	struct reply reply = answer_text(exchange, CSV_MEDIA_TYPE, text.data, text.length);
	describe(exchange, wording, &reply);
	return reply;
}

/* CSV has one table: the first of several rows. */
static const struct table *main_table(const struct exchange *exchange, const json_t *answer)
{
	const struct operation *operation = exchange->operation;
	for (size_t i = 0; i < operation->table_count; i++)
		if (json_is_array(json_object_get(answer, operation->tables[i].rows)))
			return &operation->tables[i];
	return operation->tables;
}

static struct reply xlsx_answer(struct exchange *exchange, struct wording *wording, const json_t *answer)
{
	struct xlsx *xlsx = xlsx_create(exchange->arena, wording);
	for (size_t i = 0; xlsx && i < exchange->operation->table_count; i++) {
		const struct table *table = &exchange->operation->tables[i];
		struct xlsx_sheet *sheet = xlsx_add_sheet(xlsx, sheet_name(exchange, table), table->columns, table->column_count);
		json_t *rows = table_rows(exchange, table, answer);
		for (size_t j = 0; j < json_array_size(rows); j++)
			xlsx_write(sheet, json_array_get(rows, j));
	}
	return table_workbook(exchange, wording, xlsx);
}

/* The rows of an answer, JSON text in the shape of the operation's 200. */
static struct reply answer_tables(struct exchange *exchange, struct wording *wording, const char *answer)
{
	const json_t *json = arena_json_parse(exchange->arena, answer);
	if (!json)
		return problem_reply_code(exchange, PROBLEM_internal);
	return exchange->format == FORMAT_CSV ? table_csv(exchange, wording, main_table(exchange, json), json)
	                                      : xlsx_answer(exchange, wording, json);
}

struct reply table_report(struct exchange *exchange)
{
	const struct db_step steps[] = {{exchange->operation->statement, &exchange->values},
	                                {&statement_table_labels, &exchange->values}};
	struct db_rows rows[2];
	struct problem *problem = unit_run(exchange, UNIT_READ, exchange->arena, steps, 2, rows);
	if (problem)
		return problem_reply(exchange, problem);
	if (rows[0].rows == 0)
		return problem_reply_code(exchange, PROBLEM_not_found);
	struct wording wording = make_wording(exchange, exchange->locale, &rows[1]);
	return answer_tables(exchange, &wording, db_field(&rows[0], 0, "body"));
}
