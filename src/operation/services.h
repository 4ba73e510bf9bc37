/*
 * What a process has one of, and every exchange may use. It is command_serve.c's,
 * which makes it before the first request and ends it after the last.
 */
#ifndef SCIDAY_OPERATION_SERVICES_H
#define SCIDAY_OPERATION_SERVICES_H

struct caller_cache;
struct db;
struct gate;
struct keyring;
struct memory;
struct scanner;
struct typesetter;

struct services {
	struct db *db;
	struct keyring *keyring;
	struct caller_cache *caller_cache;
	struct memory *memory;             /* of public answers; NULL: none are kept */
	unsigned long long document_limit; /* bytes of one document */
	unsigned long long document_quota; /* bytes of all documents of one organization */
	unsigned draft_limit;              /* activities that one organization may have as drafts in one campaign */
	struct scanner *scanner;           /* NULL: documents are not scanned */
	struct typesetter *typesetter;     /* of forms */
	struct gate *slots;                /* before what is dear to read */
	struct gate *inspections;          /* before the processes that look into files */
	unsigned dossier_link_days;        /* for which a link to a dossier is good */
};

#endif
