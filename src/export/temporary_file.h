/*
 * Files without a name, in the folder TMPDIR, of which nobody knows but who made them, and which are gone when they are closed.
 * libxlsxwriter (1.1.4) writes all parts of a workbook into such, and looks at no failure to write them: here it is kept.
 */
#ifndef SCIDAY_EXPORT_TEMPORARY_FILE_H
#define SCIDAY_EXPORT_TEMPORARY_FILE_H

#include <stdbool.h>

/* A descriptor to read and write, the caller's to close; −1: none is left, or the folder takes no file. */
int temporary_file_create(void);

/* Whether a part of a workbook could not be written, in this thread, since temporary_file_forget. */
bool temporary_file_has_failed(void);
void temporary_file_forget(void);

#endif
