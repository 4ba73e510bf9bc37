#include "base/arena_json.h"

#include <jansson.h>

#include "base/arena.h"

static void release(void *json)
{
	json_decref(json);
}

struct json_t *arena_json(struct arena *arena, struct json_t *value)
{
	if (value)
		arena_defer(arena, release, value);
	return value;
}

struct json_t *arena_json_parse(struct arena *arena, const char *text)
{
	return arena_json(arena, json_loads(text, 0, NULL));
}
