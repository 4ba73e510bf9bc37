#include "document/upload.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/gate.h"
#include "base/id.h"
#include "base/text.h"
#include "constants.h"
#include "contract/contract.h"
#include "contract/vocabulary.h"
#include "document/bytes.h"
#include "document/file_name.h"
#include "http/multipart.h"
#include "http/problem.h"
#include "inspect/inspector.h"
#include "operation/identity.h"
#include "operation/services.h"
#include "operation/unit.h"
#include "statements.h"

#define FIELD_MAXIMUM 4096 /* bytes of a field of the form */
#define PARTS_MAXIMUM 64   /* of the form, the file among them */
#define NAME_TOLD 100      /* bytes of an unknown field's name that a finding tells of */

/* A field of the form, as it was sent. */
struct field {
	char text[FIELD_MAXIMUM];
	size_t length;
	bool is_given, is_too_long;
};

struct upload {
	struct exchange *exchange;
	struct multipart *multipart;
	struct problem *problem; /* what ended it early */
	struct problem *content; /* what is wrong with what it says: found on the way, told at the end */
	char id[ID_SIZE];
	const char *owner;
	struct field kind, name;
	struct field *field; /* the part that is being read, or NULL: the file, or one that is left aside */
	unsigned part_count;
	bool in_file, has_file;
	const char *file_name;
	char *piece; /* the bytes that are not yet kept */
	size_t piece_length;
	unsigned ordinal;
	unsigned long long size;
	struct digest *digest;
	bool is_begun; /* the database has a place for it */
};

/* What the database has of it goes, unless it is a document's by now. A failure here is made good by a later upload. */
static void discard(void *object)
{
	struct upload *upload = object;
	if (!upload->is_begun)
		return;
	upload->is_begun = false;
	__attribute__((cleanup(arena_cleanup))) struct arena *scratch = arena_create();
	struct values values = {0};
	values_set(&values, "upload_id", upload->id);
	const struct db_step step = {&statement_discard_upload, &values};
	struct db_rows rows;
	struct problem *problem = unit_run(upload->exchange, UNIT_WRITE, scratch, &step, 1, &rows);
	(void)problem;
}

static void stop(struct upload *upload, struct problem *problem)
{
	if (!upload->problem)
		upload->problem = problem;
	discard(upload);
}

/* A problem that outlives the arena that it was made in. */
static struct problem *keep(const struct upload *upload, const struct problem *problem)
{
	struct arena *arena = upload->exchange->arena;
	struct problem *kept = problem_create(arena, problem->code);
	kept->params = arena_strdup(arena, problem->params);
	kept->retry_after = problem->retry_after;
	kept->cause = arena_strdup(arena, problem->cause);
	for (const struct finding *finding = problem->findings; finding; finding = finding->next)
		problem_find(kept, finding->pointer, finding->parameter, finding->code, finding->params);
	return kept;
}

static struct problem *malformed(const struct upload *upload, const char *pointer, const char *code)
{
	struct problem *problem = problem_create(upload->exchange->arena, PROBLEM_malformed_body);
	problem_find(problem, pointer, NULL, code, NULL);
	return problem;
}

static struct problem *unacceptable(const struct upload *upload, const char *pointer, const char *code)
{
	struct problem *problem = problem_create(upload->exchange->arena, PROBLEM_validation_failed);
	problem_find(problem, pointer, NULL, code, NULL);
	return problem;
}

/* The file's bytes */

/* The arena is the piece's own, so that a long upload needs no more than a short one. */
static void keep_piece(struct upload *upload)
{
	if (upload->ordinal == 0 && !inspect_beginning(upload->piece, upload->piece_length)) {
		stop(upload, unacceptable(upload, "/file", "unsupported_file_type"));
		return;
	}
	__attribute__((cleanup(arena_cleanup))) struct arena *scratch = arena_create();
	struct values values = {0};
	values_set(&values, "upload_id", upload->id);
	values_set(&values, "ordinal", arena_printf(scratch, "%u", upload->ordinal));
	values_set(&values, "bytes", bytes_encode(scratch, upload->piece, upload->piece_length));
	const struct db_step step = {&statement_keep_piece, &values};
	struct db_rows rows;
	struct problem *problem = unit_run(upload->exchange, UNIT_WRITE, scratch, &step, 1, &rows);
	if (problem) {
		stop(upload, keep(upload, problem));
		return;
	}
	upload->ordinal++;
	upload->piece_length = 0;
}

static void take_file(struct upload *upload, const char *bytes, size_t length)
{
	unsigned long long limit = upload->exchange->services->document_limit;
	upload->size += length;
	if (upload->size > limit) {
		struct problem *problem = problem_create(upload->exchange->arena, PROBLEM_body_too_large);
		problem->params = arena_printf(upload->exchange->arena, "{\"maximum\":%llu}", limit);
		stop(upload, problem);
		return;
	}
	digest_add(upload->digest, bytes, length);
	while (length > 0 && !upload->problem) {
		size_t count = PIECE_SIZE - upload->piece_length < length ? PIECE_SIZE - upload->piece_length : length;
		memcpy(upload->piece + upload->piece_length, bytes, count);
		upload->piece_length += count;
		bytes += count;
		length -= count;
		if (upload->piece_length == PIECE_SIZE)
			keep_piece(upload);
	}
}

/* The parts */

/* Where a field of this name would stand; the whole, for one that is too long to be told or no text. */
static const char *pointer_to(const struct upload *upload, const char *name)
{
	bool is_told = strlen(name) <= NAME_TOLD && text_is_utf8(name, strlen(name));
	return is_told ? arena_printf(upload->exchange->arena, "/%s", name) : "";
}

static void begin_file(struct upload *upload, const char *name, const char *file_name)
{
	if (upload->has_file)
		stop(upload, malformed(upload, "/file", "one_file_only"));
	else if (strcmp(name, "file") != 0)
		stop(upload, unacceptable(upload, pointer_to(upload, name), "unknown_field"));
	upload->in_file = upload->has_file = true;
	upload->file_name = file_name_sent(upload->exchange->arena, file_name);
}

static void begin_part(void *context, const char *name, const char *file_name)
{
	struct upload *upload = context;
	upload->field = NULL;
	upload->in_file = false;
	if (upload->problem)
		return;
	if (++upload->part_count > PARTS_MAXIMUM) {
		struct problem *problem = problem_create(upload->exchange->arena, PROBLEM_malformed_body);
		problem_find(problem, "", NULL, "too_many_fields",
		             arena_printf(upload->exchange->arena, "{\"maximum\":%d}", PARTS_MAXIMUM));
		stop(upload, problem);
		return;
	}
	if (file_name || strcmp(name, "file") == 0) {
		begin_file(upload, name, file_name ? file_name : "");
		return;
	}
	if (strcmp(name, "kind") == 0)
		upload->field = &upload->kind;
	else if (strcmp(name, "name") == 0)
		upload->field = &upload->name;
	else
		problem_find(upload->content, pointer_to(upload, name), NULL, "unknown_field", NULL);
	if (upload->field && upload->field->is_given)
		stop(upload, malformed(upload, arena_printf(upload->exchange->arena, "/%s", name), "duplicate_key"));
	if (upload->field)
		upload->field->is_given = true;
}

static void read_part(void *context, const char *bytes, size_t length)
{
	struct upload *upload = context;
	if (upload->problem)
		return;
	if (upload->in_file) {
		take_file(upload, bytes, length);
		return;
	}
	struct field *field = upload->field;
	if (!field)
		return;
	field->is_too_long = field->is_too_long || length > FIELD_MAXIMUM - field->length;
	if (field->is_too_long)
		return;
	memcpy(field->text + field->length, bytes, length);
	field->length += length;
}

static void end_part(void *context)
{
	struct upload *upload = context;
	upload->in_file = false;
	upload->field = NULL;
}

/* Beginning and end */

/* {"plan_id":"…"}: the operation's one path parameter is what the document is attached to. */
static const char *owner_of(const struct exchange *exchange)
{
	const struct operation *operation = exchange->operation;
	for (size_t i = 0; i < operation->parameter_count; i++) {
		if (operation->parameters[i].place != PLACE_PATH)
			continue;
		struct buffer owner = buffer_create(exchange->arena);
		buffer_printf(&owner, "{\"%s\":", operation->parameters[i].name);
		buffer_append_json(&owner, values_get(&exchange->values, operation->parameters[i].name));
		buffer_append_string(&owner, "}");
		return owner.data;
	}
	abort(); /* only an operation that takes a file begins an upload, and such a one has a path parameter: tools/generate/rules.py */
}

/* How much the request says that it brings: the form around the file among it, and what is beyond the limit never kept. NULL: it does not say. */
static const char *announced(const struct exchange *exchange)
{
	const char *length = request_header(&exchange->request, "Content-Length");
	unsigned long long limit = exchange->services->document_limit;
	unsigned long long bytes = length ? strtoull(length, NULL, 10) : 0;
	return length ? arena_printf(exchange->arena, "%llu", bytes < limit ? bytes : limit) : NULL;
}

void upload_begin(struct exchange *exchange)
{
	struct arena *arena = exchange->arena;
	struct upload *upload = arena_alloc(arena, sizeof *upload);
	const struct multipart_receiver receiver = {begin_part, read_part, end_part, upload};
	exchange->received = upload;
	upload->exchange = exchange;
	upload->content = problem_create(arena, PROBLEM_validation_failed);
	upload->owner = owner_of(exchange);
	upload->multipart = multipart_create(arena, request_header(&exchange->request, "Content-Type"), &receiver);
	if (!upload->multipart) {
		upload->problem = malformed(upload, "", "boundary_missing");
		return;
	}
	id_create(upload->id);
	struct values values = {0};
	values_set(&values, "upload_id", upload->id);
	values_set(&values, "owner", upload->owner);
	values_set(&values, "quota", arena_printf(arena, "%llu", exchange->services->document_quota));
	values_set(&values, "announced", announced(exchange));
	const struct db_step step = {&statement_begin_upload, &values};
	struct db_rows rows;
	upload->problem = unit_run(exchange, UNIT_CHANGE, arena, &step, 1, &rows);
	if (upload->problem)
		return;
	upload->is_begun = true;
	arena_defer(arena, discard, upload);
	upload->piece = arena_alloc(arena, PIECE_SIZE);
	upload->digest = digest_create(arena);
}

void upload_read(struct exchange *exchange, const char *bytes, size_t length)
{
	struct upload *upload = exchange->received;
	if (upload->problem)
		return;
	if (multipart_read(upload->multipart, bytes, length) == MULTIPART_BROKEN)
		stop(upload, malformed(upload, "", "malformed"));
}

static void check_kind(struct upload *upload, const char **ret_kind)
{
	const struct field *field = &upload->kind;
	int kind = vocabulary_find(document_kind_codes, field->text, field->length);
	if (kind >= 0) {
		*ret_kind = document_kind_codes[kind];
		return;
	}
	if (field->length == 0) {
		problem_find(upload->content, "/kind", NULL, "required", NULL);
		return;
	}
	const char *allowed = "";
	for (int i = 0; document_kind_codes[i]; i++)
		allowed = arena_printf(upload->exchange->arena, "%s%s\"%s\"", allowed, i > 0 ? "," : "", document_kind_codes[i]);
	problem_find(upload->content, "/kind", NULL, "not_allowed_value",
	             arena_printf(upload->exchange->arena, "{\"allowed\":[%s]}", allowed));
}

/* The name is text for people: it is never a path, and what looks like one is refused rather than guessed at. */
static const char *name_fault(struct upload *upload, const char *bytes, size_t length, const char **ret_name)
{
	struct arena *arena = upload->exchange->arena;
	if (!text_is_utf8(bytes, length))
		return "malformed";
	const char *visible = text_visible(arena, arena_strndup(arena, bytes, length));
	char *name;
	if (text_normalize(arena, visible, strlen(visible), &name) != TEXT_OK)
		return "control_character";
	*ret_name = name;
	if (!*name)
		return "required";
	if (strchr(name, '\n'))
		return "control_character";
	if (strpbrk(name, "/\\") || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return "not_a_file_name";
	return text_length(name) > DOCUMENT_NAME_MAXIMUM ? "too_long" : NULL;
}

static void check_name(struct upload *upload, const char **ret_name)
{
	const struct field *field = &upload->name;
	const char *code;
	if (field->is_too_long)
		code = "too_long";
	else if (field->is_given)
		code = name_fault(upload, field->text, field->length, ret_name);
	else
		code = name_fault(upload, upload->file_name, strlen(upload->file_name), ret_name);
	if (!code)
		return;
	const char *params = NULL;
	if (strcmp(code, "too_long") == 0)
		params = arena_printf(upload->exchange->arena, "{\"maximum\":%d}", DOCUMENT_NAME_MAXIMUM);
	problem_find(upload->content, "/name", NULL, code, params);
}

/* A piece that is kept already, as many bytes as it has. */
static size_t read_piece(const struct upload *upload, unsigned ordinal, void *buffer)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *scratch = arena_create();
	struct values values = {0};
	values_set(&values, "upload_id", upload->id);
	values_set(&values, "ordinal", arena_printf(scratch, "%u", ordinal));
	const struct db_step step = {&statement_upload_piece, &values};
	struct db_rows rows;
	struct problem *problem = unit_run(upload->exchange, UNIT_READ, scratch, &step, 1, &rows);
	const char *text = problem ? NULL : db_field(&rows, 0, "bytes");
	return text ? bytes_decode(text, 0, buffer, PIECE_SIZE) : 0;
}

/* False: they cannot be had. */
static bool send_pieces(struct upload *upload, struct inspector *inspector)
{
	for (unsigned ordinal = 0; ordinal < upload->ordinal; ordinal++) {
		size_t length = read_piece(upload, ordinal, upload->piece);
		if (length == 0)
			return false;
		if (!inspector_send(inspector, upload->piece, length))
			return true; /* it has seen enough */
	}
	return true;
}

static struct problem *inspect_file(struct upload *upload, const char **ret_media_type)
{
	const char *text = NULL;
	enum inspection_result result = INSPECTION_UNKNOWN;
	struct visit *visit = gate_enter(upload->exchange->services->inspections, identity_who(upload->exchange));
	if (!visit)
		return problem_create(upload->exchange->arena, PROBLEM_overloaded);
	struct inspector *inspector = inspector_start();
	if (inspector && send_pieces(upload, inspector))
		result = inspector_finish(inspector, upload->exchange->arena, &text);
	inspector_stop(inspector);
	gate_leave(visit);
	switch (result) {
	case INSPECTION_TAKEN:
		*ret_media_type = text;
		return NULL;
	case INSPECTION_REFUSED:
		problem_find(upload->content, "/file", NULL, text, NULL);
		return NULL;
	case INSPECTION_UNKNOWN:
		break;
	}
	return problem_create(upload->exchange->arena, PROBLEM_unavailable);
}

static struct problem *check_file(struct upload *upload, const char **ret_media_type)
{
	if (!upload->has_file) {
		problem_find(upload->content, "/file", NULL, "required", NULL);
		return NULL;
	}
	if (upload->size == 0) {
		problem_find(upload->content, "/file", NULL, "empty_file", NULL);
		return NULL;
	}
	if (upload->piece_length > 0)
		keep_piece(upload);
	return upload->problem ? upload->problem : inspect_file(upload, ret_media_type);
}

struct problem *upload_finish(struct exchange *exchange, struct uploaded *ret_uploaded)
{
	struct upload *upload = exchange->received;
	if (!upload->problem && multipart_state(upload->multipart) != MULTIPART_WHOLE)
		stop(upload, malformed(upload, "", "body_cut"));
	if (upload->problem)
		return upload->problem;
	struct uploaded uploaded = {.upload_id = upload->id, .owner = upload->owner, .size = upload->size};
	check_kind(upload, &uploaded.kind);
	if (upload->has_file || upload->name.is_given)
		check_name(upload, &uploaded.name);
	struct problem *problem = check_file(upload, &uploaded.media_type);
	if (!problem && upload->content->findings)
		problem = upload->content;
	if (problem)
		return problem;
	char *digest = arena_alloc(upload->exchange->arena, DIGEST_SIZE);
	digest_finish(upload->digest, digest);
	uploaded.sha256 = digest;
	*ret_uploaded = uploaded;
	return NULL;
}

void upload_done(struct exchange *exchange)
{
	struct upload *upload = exchange->received;
	upload->is_begun = false;
}
