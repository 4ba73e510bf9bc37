#include "server/head.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include <ulfius.h>

#include "base/arena.h"
#include "server/preempted.h"
#include "server/router.h"

void head_peer(struct MHD_Connection *connection, char ret_peer[PEER_SIZE])
{
	const struct sockaddr *address = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
	if (address->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, address, sizeof in);
		inet_ntop(AF_INET, &in.sin_addr, ret_peer, PEER_SIZE);
		return;
	}
	struct in6_addr in6 = {0};
	memcpy(&in6, (const char *)address + offsetof(struct sockaddr_in6, sin6_addr), sizeof in6 / 2);
	inet_ntop(AF_INET6, &in6, ret_peer, INET6_ADDRSTRLEN);
	memcpy(ret_peer + strlen(ret_peer), "/64", sizeof "/64");
}

struct header_list {
	struct arena *arena;
	struct header *headers;
	size_t count;
};

/* Headers that are repeated are joined with commas, as RFC 9110, section 5.2, does, so that nobody sees only the first of two. */
static enum MHD_Result add_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	struct header_list *list = context;
	if (!value)
		value = "";
	for (size_t i = 0; i < list->count; i++) {
		if (strcasecmp(list->headers[i].name, name) != 0)
			continue;
		list->headers[i].value = arena_printf(list->arena, "%s,%s", list->headers[i].value, value);
		return MHD_YES;
	}
	list->headers[list->count++] = (struct header){.name = name, .value = value};
	return MHD_YES;
}

void head_read(struct arena *arena, struct MHD_Connection *connection, const struct _u_request *from, const char *peer,
               struct request *ret_request)
{
	int count = library_get_headers(connection, NULL, NULL);
	struct header_list list = {.arena = arena, .headers = arena_array(arena, (size_t)count, sizeof *list.headers)};
	library_get_headers(connection, add_header, &list);
	const char *target = from ? from->http_url : "";
	size_t path_length = strcspn(target, "?");
	*ret_request = (struct request){
		.method = from && from->http_verb ? method_parse(from->http_verb) : METHOD_OTHER,
		.path = router_path(arena, target, path_length),
		.query = target[path_length] ? target + path_length + 1 : NULL,
		.headers = list.headers,
		.header_count = list.count,
		.peer = peer,
	};
}

/* Letters, digits and what RFC 9110, section 5.6.2, has beside them. */
static bool is_token(const char *text)
{
	return *text &&
	       text[strspn(text, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

bool head_is_sound(const struct request *request, const char *version)
{
	for (size_t i = 0; i < request->header_count; i++)
		if (!is_token(request->headers[i].name) || strpbrk(request->headers[i].value, "\r"))
			return false;
	const char *host = request_header(request, "Host");
	const char *length = request_header(request, "Content-Length");
	const char *coding = request_header(request, "Transfer-Encoding");
	if (host ? strchr(host, ',') != NULL : strcmp(version, "HTTP/1.0") != 0)
		return false;
	if (coding && (length || strcasecmp(coding, "chunked") != 0))
		return false;
	return !length || length[strspn(length, "0123456789")] == '\0';
}
