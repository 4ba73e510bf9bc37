/*
 * The fonts that forms are set in, and nothing else of the machine's: a fontconfig of our own over
 * the directories named. Pango's font maps are not shared by two threads at once, and are costly
 * to make: a few are kept, and lent to one thread at a time.
 */
#ifndef SCIDAY_EXPORT_TYPESETTER_H
#define SCIDAY_EXPORT_TYPESETTER_H

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

#endif
