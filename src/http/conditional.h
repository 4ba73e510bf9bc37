/*
 * Entity tags: what a client has seen (If-None-Match) and what its change is
 * based on (If-Match). A tag is "version-digest": a read revalidates by the
 * whole, a change is compared by the version alone.
 */
#ifndef SCIDAY_HTTP_CONDITIONAL_H
#define SCIDAY_HTTP_CONDITIONAL_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/*
 * A strong tag with its quotes, in the arena: "3-4f53cda18c2baa0c", or only the
 * digest where there is no version (NULL). The digest is the body's
 * fingerprint (base/id.h).
 */
const char *etag_make(struct arena *arena, const char *version, const char *body, size_t length);

/*
 * Whether If-Match (RFC 9110, section 13.1.1) names one version of ours, which
 * is then *ret_version, in the arena: decimal digits that PostgreSQL's integer holds.
 * "*" would allow a blind overwrite, a weak tag never matches strongly, and of
 * several tags none is the version that was edited: all of these are refused.
 */
bool etag_version(struct arena *arena, const char *if_match, const char **ret_version) __attribute__((warn_unused_result));

/*
 * Whether If-None-Match (RFC 9110, section 13.1.2; NULL if there is none) has
 * this tag in its list, compared weakly (section 8.8.3.2), or is "*".
 */
bool etag_matches(const char *if_none_match, const char *etag);

#endif
