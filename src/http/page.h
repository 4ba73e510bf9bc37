/*
 * Cursors of keyset pages: where a page ended, and a digest of the filters and
 * the sort that it belongs to. Opaque to the client, but no secret and not
 * signed: what one says is bound as a parameter like any other input.
 */
#ifndef SCIDAY_HTTP_PAGE_H
#define SCIDAY_HTTP_PAGE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

#define CURSOR_LIMIT 1024 /* characters; a longer one is refused unread */

/*
 * The cursor after a row with these sort values (none of them NULL: a sort
 * column never is), in the arena. Of the digest the first 16 characters count.
 */
const char *cursor_encode(struct arena *arena, const char *digest, const char *const *values, size_t count);

/*
 * Whether the text is a cursor of this digest with `count` values; they are
 * put into ret_values, in the arena.
 */
bool cursor_decode(struct arena *arena, const char *text, const char *digest, size_t count, const char **ret_values)
	__attribute__((warn_unused_result));

/*
 * The Link header (RFC 8288) of a page, in the arena: rel="next" unless next_cursor is
 * NULL, and rel="first"; the page's own raw path and query (NULL: none) with another cursor.
 */
const char *page_link(struct arena *arena, const char *path, const char *query, const char *next_cursor);

#endif
