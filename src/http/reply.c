#include "http/reply.h"

#include <stdlib.h>
#include <string.h>

struct reply reply_json(unsigned status, const char *body, size_t length)
{
	return (struct reply){.status = status, .media_type = "application/json", .body = body, .length = length};
}

struct reply reply_empty(unsigned status)
{
	return (struct reply){.status = status};
}

void reply_header(struct reply *reply, const char *name, const char *value)
{
	if (reply->header_count == REPLY_HEADERS)
		abort(); /* each is named in our own code, at most once a reply: no request adds one more */
	reply->headers[reply->header_count++] = (struct header){.name = name, .value = value};
}

bool reply_has_header(const struct reply *reply, const char *name)
{
	for (size_t i = 0; i < reply->header_count; i++)
		if (strcmp(reply->headers[i].name, name) == 0)
			return true;
	return false;
}
