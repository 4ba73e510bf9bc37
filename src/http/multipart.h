/*
 * multipart/form-data (RFC 7578) as it comes over the wire, piece by piece and
 * without looking back: names and bytes of the parts go to the receiver as they
 * are read. Strict where laxness would hide a cut or a smuggled part; it judges
 * no part's name, type or size.
 */
#ifndef SCIDAY_HTTP_MULTIPART_H
#define SCIDAY_HTTP_MULTIPART_H

#include <stddef.h>

struct arena;
struct multipart;

/* What reads the parts. Each part begins, has bytes (perhaps none), and ends. */
struct multipart_receiver {
	/*
	 * `file_name` is NULL for a part that is no file; `filename*` is taken before `filename`, as far as it is UTF-8. Both are
	 * the parser's until the next part, as they were sent.
	 */
	void (*begin)(void *context, const char *name, const char *file_name);
	void (*bytes)(void *context, const char *bytes, size_t length);
	void (*end)(void *context);
	void *context;
};

enum multipart_state {
	MULTIPART_READING, /* the closing delimiter has not come yet */
	MULTIPART_WHOLE,   /* it has; what follows is ignored (RFC 2046, section 5.1.1) */
	MULTIPART_BROKEN,  /* a part's header is not one of form data, or is too long; the rest is ignored */
};

/* A parser for a body of this Content-Type, in the arena; NULL if it has no boundary (RFC 2046, section 5.1.1). */
struct multipart *multipart_create(struct arena *arena, const char *content_type, const struct multipart_receiver *receiver);

/* Reads on. */
enum multipart_state multipart_read(struct multipart *multipart, const char *bytes, size_t length);

enum multipart_state multipart_state(const struct multipart *multipart);

#endif
