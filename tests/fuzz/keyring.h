/* A key of our own, made anew in each run: no file keeps one, nor a token that it signed. */
#ifndef SCIDAY_FUZZ_KEYRING_H
#define SCIDAY_FUZZ_KEYRING_H

#include <unistd.h>

#include "auth/token.h"
#include "fuzz.h"

static inline void fuzz_say(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

/* The ring, and its one key's id and file as text, in the arena. */
static inline struct keyring *fuzz_keyring(struct arena *arena, const char **ret_kid, const char **ret_pem)
{
	char directory[] = "/tmp/sciday-fuzz-XXXXXX";
	HOLDS(mkdtemp(directory) && keyring_generate(directory, arena, ret_kid, fuzz_say) == 0);
	struct keyring *ring = keyring_load(directory, fuzz_say);
	const char *path = arena_printf(arena, "%s/%s.pem", directory, *ret_kid);
	char *pem = arena_alloc(arena, 4096);
	FILE *file = fopen(path, "r");
	HOLDS(ring && file && fread(pem, 1, 4095, file) > 0);
	fclose(file);
	HOLDS(unlink(path) == 0 && rmdir(directory) == 0);
	*ret_pem = pem;
	return ring;
}

#endif
