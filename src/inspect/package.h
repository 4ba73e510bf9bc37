/*
 * An Office document (ECMA-376, part 2: a package in a zip file), by its central
 * directory and by the few parts that say what the others are. Nothing is
 * unpacked but these, and of these no more than is expected.
 */
#ifndef SCIDAY_INSPECT_PACKAGE_H
#define SCIDAY_INSPECT_PACKAGE_H

#include "inspect/inspect.h"

/* As inspection_finish. */
enum inspection_result package_inspect(const struct inspect_source *source, const char **ret_text);

#endif
