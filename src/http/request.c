#include "http/request.h"

#include <string.h>
#include <strings.h>

static const char *const names[] = {
	[METHOD_GET] = "GET",     [METHOD_HEAD] = "HEAD",     [METHOD_POST] = "POST",       [METHOD_PUT] = "PUT",
	[METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE", [METHOD_OPTIONS] = "OPTIONS", [METHOD_OTHER] = "OTHER",
};

const char *request_header(const struct request *request, const char *name)
{
	for (size_t i = 0; i < request->header_count; i++)
		if (strcasecmp(request->headers[i].name, name) == 0)
			return request->headers[i].value;
	return NULL;
}

const char *method_name(enum method method)
{
	return names[method];
}

enum method method_parse(const char *name)
{
	for (enum method method = METHOD_GET; method < METHOD_OTHER; method++)
		if (strcmp(names[method], name) == 0)
			return method;
	return METHOD_OTHER;
}
