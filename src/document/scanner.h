/*
 * A thread that has new documents scanned for viruses (SCIDAY_CLAMD). Until it is
 * found clean a document is pending; infected, or refused by the scanner, it is
 * quarantined. While the scanner is away documents wait, and are not handed out.
 */
#ifndef SCIDAY_DOCUMENT_SCANNER_H
#define SCIDAY_DOCUMENT_SCANNER_H

struct db;
struct scanner;

/* Starts; `address` is copied. */
struct scanner *scanner_start(struct db *db, const char *address);

/* Ends the thread after the document that it is at, and waits for it. NULL is allowed. */
void scanner_stop(struct scanner *scanner);

/* There is something new to scan. NULL is allowed. */
void scanner_wake(struct scanner *scanner);

#endif
