#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/arena_json.h"
#include "base/buffer.h"
#include "constants.h"
#include "contract/contract.h"
#include "db/db.h"
#include "document/bytes.h"
#include "document/content.h"
#include "document/file_name.h"
#include "export/docx.h"
#include "export/form.h"
#include "export/form_parts.h"
#include "export/pdf.h"
#include "export/typesetter.h"
#include "export/xlsx.h"
#include "export/zip_stream.h"
#include "handlers.h"
#include "http/disposition.h"
#include "http/problem.h"
#include "operation/link.h"
#include "operation/reading.h"
#include "operation/services.h"
#include "operation/table.h"
#include "operation/unit.h"
#include "statements.h"

#define FOLDER_LENGTH 40 /* characters; with the file's, and the folder that it is unpacked into, less than Windows' 260 */
#define FILE_LENGTH 80
#define DAY 86400

enum entry_kind { ENTRY_CONTENTS, ENTRY_ROSTER, ENTRY_FORM_PDF, ENTRY_FORM_DOCX, ENTRY_DOCUMENT };

/* A file of the dossier. */
struct entry {
	enum entry_kind kind;
	const char *name; /* with its folder */
	size_t row;       /* of its item, or of its document */
};

/* A dossier while it is sent. What is known beforehand is in the exchange's arena; each entry has one of its own. */
struct dossier {
	const struct exchange *exchange;
	struct arena *arena;       /* the exchange's */
	struct arena *entry_arena; /* the present entry's */
	struct zip_stream *zip;
	struct wording wording;
	const struct table *roster;
	struct db_rows head, items, documents;
	struct entry *entries;
	size_t entry_count, next;
	long long written_at;
	/* of the present entry, if it comes in pieces */
	unsigned long long size, sent;
	struct xlsx_file workbook;
	char piece[PIECE_SIZE];
	bool is_ended;
};

/* What is in it */

/* Whether the dossier has an entry of this name, as Windows compares them. */
static bool is_taken(const struct dossier *dossier, const char *name)
{
	for (size_t i = dossier->entry_count; i-- > 0;)
		if (strcasecmp(dossier->entries[i].name, name) == 0)
			return true;
	return false;
}

/* The name in the folder, or with a number, "报名表 (2).pdf", if it is there already. */
static const char *free_name(const struct dossier *dossier, const char *folder, const char *name)
{
	const char *path = arena_printf(dossier->arena, "%s/%s", folder, name);
	const char *dot = strrchr(name, '.');
	size_t stem = dot ? (size_t)(dot - name) : strlen(name);
	for (unsigned number = 2; is_taken(dossier, path); number++)
		path = arena_printf(dossier->arena, "%s/%.*s (%u)%s", folder, (int)stem, name, number, dot ? dot : "");
	return path;
}

static void add_entry(struct dossier *dossier, enum entry_kind kind, const char *name, size_t row)
{
	dossier->entries[dossier->entry_count++] = (struct entry){.kind = kind, .name = name, .row = row};
}

static bool is_of_item(const struct dossier *dossier, size_t document, size_t item)
{
	return strcmp(db_field(&dossier->documents, document, "submission_id"),
	              db_field(&dossier->items, item, "submission_id")) == 0;
}

static const char *document_name(struct arena *arena, const struct db_rows *documents, size_t row)
{
	const char *name = file_name_for(arena, db_field(documents, row, "name"), db_field(documents, row, "media_type"));
	return file_name_safe(arena, name, FILE_LENGTH);
}

/* The folder of an item, which no other has: its rank may be another's too, and its organization. */
static const char *folder_name(const struct dossier *dossier, size_t item)
{
	const char *name = arena_printf(dossier->arena, "%02d %s", (int)strtol(db_field(&dossier->items, item, "rank"), NULL, 10),
	                                db_field(&dossier->items, item, "organization_name"));
	name = file_name_safe(dossier->arena, name, FOLDER_LENGTH);
	const char *path = name;
	for (unsigned number = 2; is_taken(dossier, arena_printf(dossier->arena, "%s/筹备方案.pdf", path)); number++)
		path = arena_printf(dossier->arena, "%s (%u)", name, number);
	return path;
}

static void plan_entries(struct dossier *dossier)
{
	size_t items = dossier->items.rows, documents = dossier->documents.rows;
	dossier->entries = arena_array(dossier->arena, 2 + 2 * items + documents, sizeof *dossier->entries);
	add_entry(dossier, ENTRY_CONTENTS, "目录.pdf", 0);
	add_entry(dossier, ENTRY_ROSTER, "汇总表.xlsx", 0);
	size_t document = 0;
	for (size_t i = 0; i < items; i++) {
		const char *folder = folder_name(dossier, i);
		add_entry(dossier, ENTRY_FORM_PDF, arena_printf(dossier->arena, "%s/筹备方案.pdf", folder), i);
		add_entry(dossier, ENTRY_FORM_DOCX, arena_printf(dossier->arena, "%s/筹备方案.docx", folder), i);
		folder = arena_printf(dossier->arena, "%s/附件", folder);
		for (; document < documents && is_of_item(dossier, document, i); document++)
			add_entry(dossier, ENTRY_DOCUMENT,
			          free_name(dossier, folder, document_name(dossier->arena, &dossier->documents, document)),
			          document);
	}
}

/* Entries that are made whole */

static bool add_whole(struct dossier *dossier, const char *name, const char *bytes, size_t length)
{
	return zip_stream_begin(dossier->zip, name, length, dossier->written_at) && zip_stream_add(dossier->zip, bytes, length);
}

/* The row that the statement has of one of its things; false: it cannot be had. */
static bool read_row(const struct dossier *dossier, struct arena *arena, const struct statement *statement, const char *name,
                     const char *id, struct db_rows *ret_row)
{
	struct values values = dossier->exchange->values;
	values_set(&values, name, id);
	const struct db_step step = {statement, &values};
	return !unit_run(dossier->exchange, UNIT_READ, arena, &step, 1, ret_row) && ret_row->rows > 0;
}

static bool add_form(struct dossier *dossier, const struct entry *entry)
{
	struct arena *arena = dossier->entry_arena;
	struct typesetter *typesetter = dossier->exchange->services->typesetter;
	const char *submission_id = db_field(&dossier->items, entry->row, "submission_id");
	struct db_rows row;
	if (!read_row(dossier, arena, &statement_submission_form, "submission_id", submission_id, &row))
		return false;
	const json_t *facts = arena_json_parse(arena, db_field(&row, 0, "body"));
	if (!facts)
		return false;
	struct form *form = form_parts_begin(arena, facts);
	form_parts_add(form, facts);
	const char *bytes;
	size_t length;
	return (entry->kind == ENTRY_FORM_DOCX ? docx_render : pdf_render)(typesetter, form, &bytes, &length) &&
	       add_whole(dossier, entry->name, bytes, length);
}

/* "盖章扫描件.pdf（120 KB）" of each document of the item, one a line. */
static const char *documents_words(const struct dossier *dossier, struct arena *arena, size_t item)
{
	struct buffer words = buffer_create(arena);
	for (size_t i = 0; i < dossier->documents.rows; i++) {
		if (!is_of_item(dossier, i, item))
			continue;
		unsigned long long size = strtoull(db_field(&dossier->documents, i, "size"), NULL, 10);
		buffer_printf(&words, "%s%s（%llu KB）", words.length ? "\n" : "", document_name(arena, &dossier->documents, i),
		              (size + 1023) / 1024);
	}
	return words.length ? words.data : "无";
}

static void describe_item(const struct dossier *dossier, struct form *form, size_t item)
{
	struct form_block *row =
		form_add(form, FORM_ROW, arena_printf(form->arena, "第%s位", db_field(&dossier->items, item, "rank")));
	static const char *const labels[] = {"单　位", "活　动", "附　件"};
	const char *const texts[] = {
		db_field(&dossier->items, item, "organization_name"),
		db_field(&dossier->items, item, "title"),
		documents_words(dossier, form->arena, item),
	};
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		struct form_line *line = form_add_line(form, row);
		form_add_cell(line, labels[i], 2, true);
		form_add_cell(line, texts[i], 10, false);
	}
}

/* The first page: what the dossier is, and what is in it. */
static bool add_contents(struct dossier *dossier, const struct entry *entry)
{
	struct arena *arena = dossier->entry_arena;
	struct form *form = form_create(arena);
	const char *number = db_field(&dossier->head, 0, "document_number");
	form->title = arena_printf(arena, "报送档案 %s", number);
	form->author = db_field(&dossier->head, 0, "organization_name");
	form->subject = db_field(&dossier->head, 0, "campaign_title");
	form->written_at = dossier->written_at;
	struct form_part *part = form_add_part(form, "目录");
	part->footer = number;
	form_add(form, FORM_SUPERTITLE, form->subject);
	form_add(form, FORM_TITLE, "择优报送活动目录");
	struct form_block *pair = form_add(form, FORM_PAIR, arena_printf(arena, "文号：%s", number));
	pair->right = arena_printf(arena, "报送日期：%s", db_field(&dossier->head, 0, "forwarded_on"));
	form_add_row(form, "报送单位", form->author);
	form_add_row(form, "材料",
	             arena_printf(arena, "汇总表，特色亮点活动%zu项（各有筹备方案，PDF和Word），附件%zu个", dossier->items.rows,
	                          dossier->documents.rows));
	const char *replaced_by = db_field(&dossier->head, 0, "replaced_by");
	if (replaced_by)
		form_add_row(form, "更　正", arena_printf(arena, "本批次已由%s更正", replaced_by));
	for (size_t i = 0; i < dossier->items.rows; i++)
		describe_item(dossier, form, i);
	const char *bytes;
	size_t length;
	return pdf_render(dossier->exchange->services->typesetter, form, &bytes, &length) &&
	       add_whole(dossier, entry->name, bytes, length);
}

/* Entries that come in pieces */

static bool begin_pieces(struct dossier *dossier, const struct entry *entry, unsigned long long size)
{
	dossier->size = size;
	dossier->sent = 0;
	return zip_stream_begin(dossier->zip, entry->name, size, dossier->written_at);
}

/* One line of the roster, in an arena that goes with it. */
static bool write_roster_row(const struct dossier *dossier, struct xlsx_sheet *sheet, size_t item)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	const char *activity_id = db_field(&dossier->items, item, "activity_id");
	struct db_rows row;
	if (!read_row(dossier, arena, &statement_dossier_roster_row, "activity_id", activity_id, &row))
		return false;
	const json_t *facts = arena_json_parse(arena, db_field(&row, 0, "summary"));
	if (!facts)
		return false;
	xlsx_write(sheet, facts);
	return true;
}

/* The roster's columns are those of the roster report. */
static bool begin_roster(struct dossier *dossier, const struct entry *entry)
{
	struct xlsx *xlsx = xlsx_create(dossier->entry_arena, &dossier->wording);
	if (!xlsx)
		return false;
	struct xlsx_sheet *sheet = xlsx_add_sheet(xlsx, "汇总表", dossier->roster->columns, dossier->roster->column_count);
	for (size_t i = 0; i < dossier->items.rows; i++)
		if (!write_roster_row(dossier, sheet, i))
			return false;
	return xlsx_finish(xlsx, &dossier->workbook) && begin_pieces(dossier, entry, dossier->workbook.size);
}

static bool begin_document(struct dossier *dossier, const struct entry *entry)
{
	return begin_pieces(dossier, entry, strtoull(db_field(&dossier->documents, entry->row, "size"), NULL, 10));
}

static bool begin_entry(struct dossier *dossier)
{
	const struct entry *entry = &dossier->entries[dossier->next++];
	arena_destroy(dossier->entry_arena);
	dossier->entry_arena = arena_create();
	dossier->size = dossier->sent = 0;
	switch (entry->kind) {
	case ENTRY_CONTENTS:
		return add_contents(dossier, entry);
	case ENTRY_ROSTER:
		return begin_roster(dossier, entry);
	case ENTRY_FORM_PDF:
	case ENTRY_FORM_DOCX:
		return add_form(dossier, entry);
	case ENTRY_DOCUMENT:
		return begin_document(dossier, entry);
	}
	abort(); /* every kind of entry is above */
}

static long read_workbook(struct dossier *dossier)
{
	return pread(dossier->workbook.descriptor, dossier->piece, PIECE_SIZE, (off_t)dossier->sent);
}

static long read_document(struct dossier *dossier, const struct entry *entry)
{
	const char *document_id = db_field(&dossier->documents, entry->row, "id");
	return (long)content_read(dossier->exchange, document_id, dossier->sent, dossier->piece, PIECE_SIZE);
}

/* The next piece of the present entry, which has not been sent whole. */
static bool add_piece(struct dossier *dossier)
{
	const struct entry *entry = &dossier->entries[dossier->next - 1];
	long length = entry->kind == ENTRY_ROSTER ? read_workbook(dossier) : read_document(dossier, entry);
	if (length <= 0)
		return false;
	dossier->sent += (unsigned long long)length;
	return zip_stream_add(dossier->zip, dossier->piece, (size_t)length);
}

/* The stream */

/* Goes on by one piece, one entry or the end. */
static bool go_on(struct dossier *dossier)
{
	if (dossier->sent < dossier->size)
		return add_piece(dossier);
	if (dossier->next < dossier->entry_count)
		return begin_entry(dossier);
	dossier->is_ended = true;
	return zip_stream_end(dossier->zip);
}

static long read_dossier(void *context, unsigned long long offset, char *buffer, size_t room)
{
	(void)offset;
	struct dossier *dossier = context;
	for (;;) {
		size_t count = zip_stream_take(dossier->zip, buffer, room);
		if (count > 0 || dossier->is_ended)
			return (long)count;
		if (!go_on(dossier))
			return -1;
	}
}

/* However it ends: sent whole, or the client has gone. */
static void release_dossier(void *object)
{
	struct dossier *dossier = object;
	zip_stream_destroy(dossier->zip);
	arena_destroy(dossier->entry_arena);
}

/* All that is known of it before its first byte. */
static struct problem *open_dossier(struct exchange *exchange, struct dossier **ret_dossier)
{
	struct dossier *dossier = arena_alloc(exchange->arena, sizeof *dossier);
	const struct db_step steps[] = {
		{&statement_dossier, &exchange->values},
		{&statement_dossier_items, &exchange->values},
		{&statement_dossier_documents, &exchange->values},
	};
	struct db_rows rows[3];
	struct problem *problem = unit_run(exchange, UNIT_READ, exchange->arena, steps, 3, rows);
	if (problem)
		return problem;
	if (rows[0].rows == 0)
		return problem_create(exchange->arena, PROBLEM_not_found);
	exchange->cause = typesetter_fault(exchange->services->typesetter);
	if (exchange->cause)
		return problem_create(exchange->arena, PROBLEM_font_missing);
	values_set(&exchange->values, "campaign_code", db_field(&rows[0], 0, "campaign_code"));
	problem = table_wording(exchange, exchange->locale, &dossier->wording);
	if (problem)
		return problem;
	dossier->arena = exchange->arena;
	dossier->exchange = exchange;
	dossier->zip = zip_stream_create();
	dossier->roster = operation_list_roster->tables;
	dossier->head = rows[0];
	dossier->items = rows[1];
	dossier->documents = rows[2];
	dossier->written_at = strtoll(db_field(&rows[0], 0, "created_at"), NULL, 10);
	arena_defer(exchange->arena, release_dossier, dossier);
	plan_entries(dossier);
	*ret_dossier = dossier;
	return dossier->zip ? NULL : problem_create(exchange->arena, PROBLEM_internal);
}

static const struct link dossier_link = {.audience = "sciday-dossier", .resource = "forwarding_id"};

/* 报送档案 · All that belongs to a forwarding, as one ZIP. */
struct reply download_dossier(struct exchange *exchange)
{
	struct dossier *dossier = NULL;
	struct problem *problem = link_follow(exchange, &dossier_link);
	if (!problem)
		problem = open_dossier(exchange, &dossier);
	if (problem)
		return problem_reply(exchange, problem);
	struct reply_stream *stream = arena_alloc(exchange->arena, sizeof *stream);
	*stream = (struct reply_stream){.read = read_dossier, .context = dossier};
	struct reply reply = {
		.status = 200,
		.media_type = format_media_type(FORMAT_ZIP),
		.length = REPLY_LENGTH_UNKNOWN,
		.stream = stream,
	};
	const char *name = arena_printf(exchange->arena, "报送档案 %s.zip", db_field(&dossier->head, 0, "document_number"));
	reply_header(&reply, "Content-Disposition",
	             disposition_attachment(exchange->arena, file_name_safe(exchange->arena, name, FILE_LENGTH)));
	return reply;
}

/* 报送档案下载链接 · An address that needs no account, for some days. */
struct reply link_dossier(struct exchange *exchange)
{
	struct db_rows rows;
	struct problem *problem = reading_found(exchange, &statement_dossier, &rows);
	return problem ? problem_reply(exchange, problem)
	               : link_reply(exchange, &dossier_link, operation_download_dossier,
	                            (long long)exchange->services->dossier_link_days * DAY);
}
