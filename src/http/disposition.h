/*
 * Content-Disposition: a file to be kept, and its name in any script.
 */
#ifndef SCIDAY_HTTP_DISPOSITION_H
#define SCIDAY_HTTP_DISPOSITION_H

struct arena;

/*
 * `attachment; filename="…"; filename*=UTF-8''…` (RFC 6266 and 8187), in the arena. The plain form, for old
 * clients, has "_" for every character that is not plain ASCII; the second is there only when it says more.
 */
const char *disposition_attachment(struct arena *arena, const char *name);

#endif
