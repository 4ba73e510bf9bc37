#include "document/scanner.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/log.h"
#include "constants.h"
#include "db/db.h"
#include "document/bytes.h"
#include "http/values.h"
#include "inspect/clamd.h"
#include "statements.h"

#define PAUSE 5 /* seconds between two looks when nothing wakes it: at what another process left, or whether clamd is back */

struct scanner {
	struct db *db;
	char *address;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t condition;
	bool is_woken, is_ending; /* under the mutex */
};

static struct problem *run(const struct scanner *scanner, enum db_purpose purpose, struct arena *arena,
                           const struct statement *statement, const struct values *values, struct db_rows *ret_rows)
{
	const struct db_step step = {statement, values};
	return db_run(scanner->db, purpose, arena, &step, 1, ret_rows);
}

/* Sends the document's pieces. False: they could not all be sent, or read. */
static bool send_pieces(const struct scanner *scanner, struct clamd *clamd, const char *document_id, size_t size)
{
	char *buffer = malloc(PIECE_SIZE);
	if (!buffer)
		abort(); /* only memory can have run out */
	bool good = true;
	for (size_t sent = 0; good && sent < size; sent += PIECE_SIZE) {
		__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
		struct values values = {0};
		values_set(&values, "document_id", document_id);
		values_set(&values, "ordinal", arena_printf(arena, "%zu", sent / PIECE_SIZE));
		struct db_rows rows;
		struct problem *problem = run(scanner, DB_READ, arena, &statement_scan_piece, &values, &rows);
		const char *text = problem ? NULL : db_field(&rows, 0, "bytes");
		size_t length = text ? bytes_decode(text, 0, buffer, PIECE_SIZE) : 0;
		good = length > 0 && clamd_send(clamd, buffer, length);
	}
	free(buffer);
	return good;
}

/* The status that follows, or NULL: the scanner was away. */
static const char *scan(const struct scanner *scanner, const char *document_id, size_t size)
{
	struct clamd *clamd = clamd_open(scanner->address);
	if (!clamd)
		return NULL;
	bool sent = send_pieces(scanner, clamd, document_id, size);
	enum clamd_answer answer = clamd_finish(clamd);
	clamd_close(clamd);
	switch (answer) {
	case CLAMD_CLEAN:
		return sent ? document_status_codes[DOCUMENT_STATUS_available] : NULL;
	case CLAMD_INFECTED:
	case CLAMD_REFUSED:
		return document_status_codes[DOCUMENT_STATUS_quarantined];
	case CLAMD_AWAY:
		break;
	}
	return NULL;
}

/* Scans the next document that waits. False: there is none, or this is not the time. */
static bool scan_next(const struct scanner *scanner)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct values values = {0};
	struct db_rows rows;
	struct problem *problem = run(scanner, DB_CHANGE, arena, &statement_claim_scan, &values, &rows);
	if (problem || rows.rows == 0)
		return false;
	const char *document_id = db_field(&rows, 0, "document_id");
	const char *status = scan(scanner, document_id, strtoul(db_field(&rows, 0, "size"), NULL, 10));
	log_line(status ? LOG_INFO : LOG_WARNING, status ? "scanned" : "scanner_away", LOG_S("document", document_id),
	         LOG_S("status", status));
	values_set(&values, "document_id", document_id);
	values_set(&values, "document_status", status);
	problem = run(scanner, DB_CHANGE, arena, &statement_finish_scan, &values, &rows);
	return !problem && status;
}

/* False: it is to end. */
static bool rest(struct scanner *scanner)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PAUSE;
	pthread_mutex_lock(&scanner->mutex);
	while (!scanner->is_woken && !scanner->is_ending &&
	       pthread_cond_timedwait(&scanner->condition, &scanner->mutex, &until) == 0)
		;
	scanner->is_woken = false;
	bool goes_on = !scanner->is_ending;
	pthread_mutex_unlock(&scanner->mutex);
	return goes_on;
}

static bool is_ending(struct scanner *scanner)
{
	pthread_mutex_lock(&scanner->mutex);
	bool ending = scanner->is_ending;
	pthread_mutex_unlock(&scanner->mutex);
	return ending;
}

static void *work(void *context)
{
	struct scanner *scanner = context;
	do {
		while (!is_ending(scanner) && scan_next(scanner))
			;
	} while (rest(scanner));
	return NULL;
}

struct scanner *scanner_start(struct db *db, const char *address)
{
	struct scanner *scanner = calloc(1, sizeof *scanner);
	if (!scanner)
		abort(); /* only memory can have run out */
	scanner->db = db;
	scanner->address = strdup(address);
	pthread_mutex_init(&scanner->mutex, NULL);
	pthread_cond_init(&scanner->condition, NULL);
	if (!scanner->address || pthread_create(&scanner->thread, NULL, work, scanner) != 0)
		abort(); /* at the start, before anybody asks: without its thread it would scan nothing */
	return scanner;
}

void scanner_stop(struct scanner *scanner)
{
	if (!scanner)
		return;
	pthread_mutex_lock(&scanner->mutex);
	scanner->is_ending = true;
	pthread_cond_signal(&scanner->condition);
	pthread_mutex_unlock(&scanner->mutex);
	pthread_join(scanner->thread, NULL);
	pthread_cond_destroy(&scanner->condition);
	pthread_mutex_destroy(&scanner->mutex);
	free(scanner->address);
	free(scanner);
}

void scanner_wake(struct scanner *scanner)
{
	if (!scanner)
		return;
	pthread_mutex_lock(&scanner->mutex);
	scanner->is_woken = true;
	pthread_cond_signal(&scanner->condition);
	pthread_mutex_unlock(&scanner->mutex);
}
