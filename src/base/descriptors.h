/* Whether this process may open so many files more. It is a look, and nothing is kept: others open some, too. */
#ifndef SCIDAY_BASE_DESCRIPTORS_H
#define SCIDAY_BASE_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

#define DESCRIPTORS_MAXIMUM 64

/* At most DESCRIPTORS_MAXIMUM. */
bool descriptors_are_left(size_t count) __attribute__((warn_unused_result));

#endif
