#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "constants.h"
#include "contract/contract.h"
#include "contract/vocabulary.h"
#include "db/db.h"
#include "document/content.h"
#include "document/file_name.h"
#include "document/scanner.h"
#include "document/upload.h"
#include "handlers.h"
#include "http/conditional.h"
#include "http/disposition.h"
#include "http/problem.h"
#include "http/range.h"
#include "operation/link.h"
#include "operation/operation.h"
#include "operation/reading.h"
#include "operation/receiver.h"
#include "operation/services.h"
#include "statements.h"

#define LINK_SECONDS 300

/* Uploading */

/* An idempotency key is bound to what came, which no stage before this saw (server/input.c digests a body that is whole). */
static void bind_payload(struct exchange *exchange, const struct uploaded *uploaded)
{
	if (!values_get(&exchange->values, "idempotency_key"))
		return;
	const char *payload = arena_printf(exchange->arena, "%s\n%s\n%s\n%s\n%s", exchange->operation->id, exchange->request.path,
	                                   uploaded->kind, uploaded->name, uploaded->sha256);
	char *digest = arena_alloc(exchange->arena, DIGEST_SIZE);
	digest_hex(payload, strlen(payload), digest);
	values_set(&exchange->values, "request_digest", digest);
}

static struct reply refuse_nothing(struct exchange *exchange)
{
	struct problem *problem = problem_create(exchange->arena, PROBLEM_malformed_body);
	problem_find(problem, "", NULL, "required", NULL);
	return problem_reply(exchange, problem);
}

static struct reply create_document(struct exchange *exchange)
{
	if (!exchange->received)
		return refuse_nothing(exchange);
	struct uploaded uploaded;
	struct problem *problem = upload_finish(exchange, &uploaded);
	if (problem)
		return problem_reply(exchange, problem);

	const struct services *services = exchange->services;
	struct values *values = &exchange->values;
	values_set(values, "owner", uploaded.owner);
	values_set(values, "upload_id", uploaded.upload_id);
	values_set(values, "document_kind", uploaded.kind);
	values_set(values, "document_name", uploaded.name);
	values_set(values, "media_type", uploaded.media_type);
	values_set(values, "size", arena_printf(exchange->arena, "%llu", uploaded.size));
	values_set(values, "sha256", uploaded.sha256);
	values_set(values, "document_status",
	           document_status_codes[services->scanner ? DOCUMENT_STATUS_pending : DOCUMENT_STATUS_available]);
	bind_payload(exchange, &uploaded);
	struct reply reply = operation_run(exchange);
	if (reply.status == 201 && !exchange->replayed) {
		upload_done(exchange);
		scanner_wake(services->scanner);
	}
	return reply;
}

/* 上传附件 · A document of a campaign, a plan, an activity or a summary report. */
const struct receiver document_receiver = {.begin = upload_begin, .read = upload_read, .end = create_document};

/* Downloading */

struct document {
	const char *name;
	const char *media_type;
	const char *sha256;
	unsigned long long size;
};

/* The document, if it is there for the caller and may be handed out. */
static struct problem *find_document(struct exchange *exchange, struct document *ret_document)
{
	struct db_rows rows;
	struct problem *problem = reading_found(exchange, &statement_find_document, &rows);
	if (problem)
		return problem;
	const char *status = db_field(&rows, 0, "status");
	if (vocabulary_place(document_status_codes, status) != DOCUMENT_STATUS_available) {
		problem = problem_create(exchange->arena, PROBLEM_document_not_available);
		problem->params = arena_printf(exchange->arena, "{\"current_status\":\"%s\"}", status);
		return problem;
	}
	*ret_document = (struct document){
		.name = db_field(&rows, 0, "name"),
		.media_type = db_field(&rows, 0, "media_type"),
		.sha256 = db_field(&rows, 0, "sha256"),
		.size = strtoull(db_field(&rows, 0, "size"), NULL, 10),
	};
	return NULL;
}

/* The document's bytes from `first` on, while they are written out. */
struct download {
	const struct exchange *exchange;
	unsigned long long first;
};

static long read_content(void *context, unsigned long long offset, char *buffer, size_t room)
{
	const struct download *download = context;
	const char *document_id = values_get(&download->exchange->values, "document_id");
	size_t length = content_read(download->exchange, document_id, download->first + offset, buffer, room);
	return length > 0 ? (long)length : -1;
}

static const struct reply_stream *stream_from(struct exchange *exchange, unsigned long long first)
{
	struct download *download = arena_alloc(exchange->arena, sizeof *download);
	*download = (struct download){.exchange = exchange, .first = first};
	struct reply_stream *stream = arena_alloc(exchange->arena, sizeof *stream);
	*stream = (struct reply_stream){.read = read_content, .context = download};
	return stream;
}

/* The range that is asked for, unless the document is another by now (If-Range; RFC 9110, section 13.1.5). */
static enum range_status asked_range(const struct exchange *exchange, const struct document *document, const char *etag,
                                     unsigned long long *ret_first, unsigned long long *ret_last)
{
	const char *if_range = request_header(&exchange->request, "If-Range");
	if (exchange->request.method != METHOD_GET || (if_range && strcmp(if_range, etag) != 0))
		return RANGE_NONE;
	return range_read(request_header(&exchange->request, "Range"), document->size, ret_first, ret_last);
}

static struct reply refuse_range(struct exchange *exchange, const struct document *document)
{
	struct reply reply = problem_reply_code(exchange, PROBLEM_range_not_satisfiable);
	reply_header(&reply, "Content-Range", arena_printf(exchange->arena, "bytes */%llu", document->size));
	return reply;
}

static struct reply send_document(struct exchange *exchange, const struct document *document)
{
	struct arena *arena = exchange->arena;
	const char *etag = arena_printf(arena, "\"%s\"", document->sha256);
	unsigned long long first = 0, last = document->size - 1;
	const char *if_none_match = request_header(&exchange->request, "If-None-Match");
	bool is_known = if_none_match && etag_matches(if_none_match, etag); /* goes before a range, and becomes a 304 */
	enum range_status range = is_known ? RANGE_NONE : asked_range(exchange, document, etag, &first, &last);
	if (range == RANGE_UNSATISFIABLE)
		return refuse_range(exchange, document);
	struct reply reply = {
		.status = range == RANGE_ONE ? 206 : 200,
		.media_type = document->media_type,
		.etag = etag,
		.length = (size_t)(last - first + 1),
		.stream = stream_from(exchange, first),
	};
	if (range == RANGE_ONE)
		reply_header(&reply, "Content-Range", arena_printf(arena, "bytes %llu-%llu/%llu", first, last, document->size));
	reply_header(&reply, "Accept-Ranges", "bytes");
	reply_header(&reply, "Content-Disposition",
	             disposition_attachment(arena, file_name_for(arena, document->name, document->media_type)));
	return reply;
}

static const struct link document_link = {.audience = "sciday-download", .resource = "document_id"};

/* 附件下载 · The document's bytes, whole or one range (RFC 9110, section 14). */
struct reply download_document(struct exchange *exchange)
{
	struct document document;
	struct problem *problem = link_follow(exchange, &document_link);
	if (!problem)
		problem = find_document(exchange, &document);
	return problem ? problem_reply(exchange, problem) : send_document(exchange, &document);
}

/* 下载链接 · An address that needs no header, for a short time. */
struct reply link_document(struct exchange *exchange)
{
	struct document document;
	struct problem *problem = find_document(exchange, &document);
	return problem ? problem_reply(exchange, problem)
	               : link_reply(exchange, &document_link, operation_download_document, LINK_SECONDS);
}
