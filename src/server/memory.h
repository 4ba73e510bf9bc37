/*
 * Answers to anyone, from memory: the replies to operations whose contract says
 * what they rest on (x-cache), kept until one of those tables changes, and never
 * longer than a minute, as a client may keep them. What rests on none is the same
 * for all, and so is everyone's; anything else who is signed in gets made for
 * them, for they may see more. What the database tells
 * (NOTIFY) is dropped in this process before the change that told it is
 * answered, in the others by their subscription; while that is not connected,
 * nothing is kept or answered from here. A reply is kept only if nothing that it
 * rests on was dropped since before it was read. While one is being made, whoever
 * asks the same waits for it, for a second at most. Bounded in bytes: what was not
 * asked for the longest time goes first.
 */
#ifndef SCIDAY_SERVER_MEMORY_H
#define SCIDAY_SERVER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct exchange;
struct memory;

/* At most so many bytes. */
struct memory *memory_create(size_t limit);

/* NULL is none. Nothing may be in use. */
void memory_destroy(struct memory *memory);

/* Drops what rests on this table; all, if it is NULL or none that anything rests on. */
void memory_drop(struct memory *memory, const char *table);

/*
 * Puts a reply to what the exchange asks into it, whose strings last as long as its arena; or false, and the exchange holds
 * what memory_keep needs, if the reply that is to be made may be kept: until that, or until its arena ends, others wait.
 */
bool memory_find(struct exchange *exchange) __attribute__((warn_unused_result));

/* Keeps the reply of an exchange that memory_find has seen; its own body is gzipped once, if it may be. */
void memory_keep(struct exchange *exchange);

struct memory_figures {
	size_t replies, bytes;
	unsigned waiting; /* for what another makes */
	unsigned long long found, missed;
};
struct memory_figures memory_figures(struct memory *memory);

#endif
