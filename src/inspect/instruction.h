/*
 * The small languages in Office documents that make one act by itself: the codes
 * of Word's fields (ECMA-376, part 1, section 17.16), Excel's formulas (section
 * 18.17), and addresses.
 */
#ifndef SCIDAY_INSPECT_INSTRUCTION_H
#define SCIDAY_INSPECT_INSTRUCTION_H

#include <stdbool.h>

/* Whether there is an address in the text that leads to another machine: one with a scheme, or a share. */
bool address_is_elsewhere(const char *text);

/* NULL for one that only shows something, else the finding's code. */
const char *field_judge(const char *code);
const char *formula_judge(const char *formula);

#endif
