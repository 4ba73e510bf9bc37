/*
 * One statement at a time as the owner, for the operator's commands (user, key):
 * never for a request.
 */
#ifndef SCIDAY_DB_OWNER_H
#define SCIDAY_DB_OWNER_H

struct arena;
struct db_rows;
struct statement;
struct values;

/* 0 with the rows in ret_rows, or −1 after say() has said what is wrong. */
int owner_run(const char *owner_url, struct arena *arena, const struct statement *statement, const struct values *values,
              struct db_rows *ret_rows, void (*say)(const char *line));

#endif
