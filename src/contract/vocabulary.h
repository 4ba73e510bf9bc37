/*
 * The codes of a vocabulary, as the generator lists them in constants.h: a code that comes as a text is found by its place.
 */
#ifndef SCIDAY_CONTRACT_VOCABULARY_H
#define SCIDAY_CONTRACT_VOCABULARY_H

#include <stddef.h>

/* The place of the code of this length, the vocabulary's enumerator; -1 if it is none. */
int vocabulary_find(const char *const codes[], const char *code, size_t length) __attribute__((warn_unused_result));

/* The same of a string; -1 of NULL. */
int vocabulary_place(const char *const codes[], const char *code) __attribute__((warn_unused_result));

#endif
