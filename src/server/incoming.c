#include "server/incoming.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include <ulfius.h>

#include "base/arena.h"
#include "contract/contract.h"
#include "resources/services.h"
#include "resources/upload.h"

#define MULTIPART "multipart/form-data"
#define BODY_SPARE (1024 * 1024) /* bytes of a body beyond its document: fields, headers and delimiters */

struct stage {
	struct incoming incoming;
	unsigned long long received; /* bytes of the body */
};

static _Thread_local struct stage *current;

/*
 * libmicrohttpd's reader of forms is Ulfius' only way to see a body before it is whole, and it will not do: where
 * the boundary is missing Ulfius hangs up without a word, and a body that was cut is not told from a whole one. These
 * three stand in its place (a program's symbols go before its libraries') and pass the bytes on as they are, to
 * Ulfius' callback for uploads; http/multipart.h reads them.
 */
struct MHD_PostProcessor {
	struct MHD_Connection *connection;
	MHD_PostDataIterator iterate;
	void *context;
	uint64_t offset;
};

struct MHD_PostProcessor *MHD_create_post_processor(struct MHD_Connection *connection, size_t buffer_size,
                                                    MHD_PostDataIterator iterate, void *context)
{
	(void)buffer_size;
	struct MHD_PostProcessor *processor = calloc(1, sizeof *processor);
	if (!processor)
		abort();
	*processor = (struct MHD_PostProcessor){.connection = connection, .iterate = iterate, .context = context};
	return processor;
}

static void hang_up(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info)
		shutdown(info->connect_fd, SHUT_RDWR);
}

enum MHD_Result MHD_post_process(struct MHD_PostProcessor *processor, const char *bytes, size_t length)
{
	enum MHD_Result result =
		processor->iterate(processor->context, MHD_POSTDATA_KIND, "", "", NULL, NULL, bytes, processor->offset, length);
	processor->offset += length;
	if (result == MHD_NO) /* which Ulfius passes over */
		hang_up(processor->connection);
	return result;
}

enum MHD_Result MHD_destroy_post_processor(struct MHD_PostProcessor *processor)
{
	free(processor);
	return MHD_YES;
}

/*
 * The peer's address as text. Of an IPv6 address the library keeps the first 64 bits, which is the
 * part that belongs to one subscriber, and so the right thing to count by.
 */
static const char *peer_text(struct arena *arena, const struct sockaddr *address)
{
	char text[INET6_ADDRSTRLEN];
	if (address->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, address, sizeof in);
		inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
		return arena_strdup(arena, text);
	}
	struct in6_addr in6 = {0};
	memcpy(&in6, (const char *)address + offsetof(struct sockaddr_in6, sin6_addr),
	       sizeof *address - offsetof(struct sockaddr_in6, sin6_addr));
	inet_ntop(AF_INET6, &in6, text, sizeof text);
	return arena_printf(arena, "%s/64", text);
}

/*
 * The library joins headers that are repeated in the same case with commas, as RFC 9110, section
 * 5.2, does; those in another case are joined here, so that nobody sees only the first of two.
 */
static size_t add_header(struct arena *arena, struct header *headers, size_t count, const char *name, const char *value)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(headers[i].name, name) == 0) {
			headers[i].value = arena_printf(arena, "%s,%s", headers[i].value, value);
			return count;
		}
	headers[count] = (struct header){.name = name, .value = value};
	return count + 1;
}

void incoming_request(struct arena *arena, const struct _u_request *from, struct request *ret_request)
{
	int count = u_map_count(from->map_header);
	const char **names = u_map_enum_keys(from->map_header);
	const char **values = u_map_enum_values(from->map_header);
	struct header *headers = arena_array(arena, (size_t)(count > 0 ? count : 1), sizeof *headers);
	size_t header_count = 0;
	for (int i = 0; i < count; i++)
		header_count = add_header(arena, headers, header_count, names[i], values[i] ? values[i] : "");
	size_t path_length = strcspn(from->http_url, "?");
	const char *query = from->http_url[path_length] ? from->http_url + path_length + 1 : NULL;
	*ret_request = (struct request){
		.method = method_parse(from->http_verb),
		.path = arena_strndup(arena, from->http_url, path_length),
		.query = query,
		.headers = headers,
		.header_count = header_count,
		.body = from->binary_body,
		.body_length = from->binary_body_length,
		.peer = peer_text(arena, from->client_address),
	};
}

/* The Content-Type of a multipart body, or NULL. */
static const char *multipart_type(const struct _u_request *from)
{
	const char *type = u_map_get_case(from->map_header, "Content-Type");
	size_t length = strlen(MULTIPART);
	return type && strncasecmp(type, MULTIPART, length) == 0 && strchr("; \t", type[length]) ? type : NULL;
}

static struct stage *begin(const struct dispatcher *dispatcher, const struct _u_request *from, const char *multipart)
{
	struct arena *arena = arena_create();
	struct stage *stage = arena_alloc(arena, sizeof *stage);
	struct incoming *incoming = &stage->incoming;
	struct exchange *exchange = arena_alloc(arena, sizeof *exchange);
	incoming->arena = arena;
	incoming->exchange = exchange;
	exchange->arena = arena;
	incoming_request(arena, from, &exchange->request);
	if (multipart) { /* of which Ulfius keeps the beginning */
		exchange->request.is_streamed = true;
		exchange->request.body = NULL;
		exchange->request.body_length = 0;
	}
	incoming->passed = dispatch_begin(dispatcher, exchange, &incoming->reply);
	if (multipart && incoming->passed)
		upload_begin(exchange, multipart);
	return stage;
}

bool incoming_read(const struct dispatcher *dispatcher, const struct _u_request *from, const char *bytes, size_t length)
{
	const char *multipart = multipart_type(from);
	if (!multipart)
		return true;
	if (!current)
		current = begin(dispatcher, from, multipart);
	if (current->incoming.exchange->upload)
		upload_read(current->incoming.exchange->upload, bytes, length);
	current->received += length;
	/* What is too much is read on and let go, so that its sender hears why; but not for ever. */
	return current->received <= 2 * dispatcher->services->document_limit + BODY_SPARE;
}

struct incoming *incoming_complete(const struct dispatcher *dispatcher, const struct _u_request *from)
{
	if (!current) {
		const char *multipart = multipart_type(from);
		current = begin(dispatcher, from, multipart);
		if (current->incoming.exchange->upload) /* one that Ulfius did not know for what it is */
			upload_read(current->incoming.exchange->upload, from->binary_body, from->binary_body_length);
	}
	return &current->incoming;
}

void incoming_end(bool keep_arena)
{
	struct arena *arena = current ? current->incoming.arena : NULL;
	current = NULL;
	if (!keep_arena)
		arena_destroy(arena);
}
