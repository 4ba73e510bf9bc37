/*
 * The inspection of a file from a stranger, in a process of its own that has so
 * much time and so much memory and no more: what makes a library crash, hang or
 * ask for gigabytes spoils no other answer than its own.
 */
#ifndef SCIDAY_INSPECT_INSPECTOR_H
#define SCIDAY_INSPECT_INSPECTOR_H

#include "inspect/inspect.h"

struct arena;
struct inspector;

/* NULL: there is no process to be had. How many there are at once is the caller's to bound. */
struct inspector *inspector_start(void);

/* The file's next bytes. False: it has seen enough. */
bool inspector_send(struct inspector *inspector, const void *bytes, size_t length);

/* What the whole file is, as inspect(); "file_too_complex" if the process ended without an answer. INSPECTION_UNKNOWN:
 * it has not ended in half a minute. */
enum inspection_result inspector_finish(struct inspector *inspector, struct arena *arena, const char **ret_text);

/* Ends it, whatever it was doing. NULL is allowed. */
void inspector_stop(struct inspector *inspector);

/*
 * What the process does (`sciday inspect`): reads a file from standard input, and says on standard output
 * "taken MEDIA_TYPE" or "refused CODE". Returns its exit status.
 */
int inspector_run(void);

#endif
