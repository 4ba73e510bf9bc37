/*
 * The fonts that forms are set in, and nothing else of the machine's: a fontconfig of our own over
 * the directories named. Pango's font maps are not shared by two threads at once, and are costly
 * to make: a few are kept, and lent to one thread at a time.
 */
#ifndef SCIDAY_EXPORT_TYPESETTER_H
#define SCIDAY_EXPORT_TYPESETTER_H

#include <stdbool.h>

struct typesetter;

#define TYPESETTER_FAMILY "Noto Serif CJK SC" /* regular and bold */

/*
 * Reads the directories (NULL-terminated); `maps` is how many forms are set at once. Always a typesetter, which is
 * the caller's until typesetter_destroy; one that lacks a font says so.
 */
struct typesetter *typesetter_create(const char *const *directories, unsigned maps);
void typesetter_destroy(struct typesetter *typesetter);

/* What is missing, in one line for the log; NULL: nothing is. The typesetter's. */
const char *typesetter_fault(const struct typesetter *typesetter);

/*
 * Whether fewer forms are set than may be at once, or will be within so many milliseconds. Nothing is reserved: who begins
 * now may still wait for another that began meanwhile, but no longer for all who wait.
 */
bool typesetter_is_free(struct typesetter *typesetter, unsigned milliseconds) __attribute__((warn_unused_result));

#endif
