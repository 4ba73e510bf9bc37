#include "server/outgoing.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/log.h"
#include "contract/contract.h"
#include "http/exchange.h"
#include "server/preempted.h"

#define STREAM_BLOCK (128 * 1024) /* bytes: what a stream is asked for at once */

/* What its first line in the log called a success. */
static ssize_t broken_off(const struct exchange *exchange, unsigned long long offset)
{
	log_line(LOG_ERROR, "answer_broken_off", LOG_S("request_id", exchange->request_id),
	         LOG_S("operation", exchange->operation->id), LOG_I("bytes", offset));
	return MHD_CONTENT_READER_END_WITH_ERROR;
}

static ssize_t read_stream(void *context, uint64_t offset, char *buffer, size_t room)
{
	const struct exchange *exchange = context;
	const struct reply_stream *stream = exchange->reply.stream;
	long count = stream->read(stream->context, offset, buffer, room);
	if (count < 0)
		return broken_off(exchange, offset);
	return count > 0 ? count : MHD_CONTENT_READER_END_OF_STREAM;
}

static struct MHD_Response *response_create(const struct exchange *exchange, bool is_copied)
{
	const struct reply *reply = &exchange->reply;
	if (reply->stream) {
		uint64_t length = reply->length == REPLY_LENGTH_UNKNOWN ? MHD_SIZE_UNKNOWN : reply->length;
		return MHD_create_response_from_callback(length, STREAM_BLOCK, read_stream, (void *)exchange, NULL);
	}
	return MHD_create_response_from_buffer(reply->length, (void *)reply->body,
	                                       is_copied ? MHD_RESPMEM_MUST_COPY : MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result outgoing_send(struct MHD_Connection *connection, const struct exchange *exchange, struct sending sending)
{
	const struct reply *reply = &exchange->reply;
	struct MHD_Response *response = response_create(exchange, sending.is_copied);
	if (!response)
		abort(); /* only memory can have run out */
	for (size_t i = 0; i < reply->header_count; i++)
		MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
	if (sending.is_last)
		MHD_add_response_header(response, "Connection", "close");
	enum MHD_Result result = library_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return result;
}
