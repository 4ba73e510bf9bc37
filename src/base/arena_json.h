/*
 * JSON values (Jansson) that go when an arena goes.
 */
#ifndef SCIDAY_BASE_ARENA_JSON_H
#define SCIDAY_BASE_ARENA_JSON_H

struct arena;
struct json_t;

/* The caller's reference to the value becomes the arena's. Returns the value; NULL stays NULL. */
struct json_t *arena_json(struct arena *arena, struct json_t *value);

/* The text parsed, as the arena's; NULL if it is not JSON. */
struct json_t *arena_json_parse(struct arena *arena, const char *text) __attribute__((warn_unused_result));

#endif
