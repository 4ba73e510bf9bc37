#include "auth/keyring.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth/token.h"
#include "base/arena.h"
#include "base/buffer.h"

#define EXTENSION ".pem"

static int keyring_is_key_file(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name), extension = strlen(EXTENSION);
	return entry->d_name[0] != '.' && length > extension && strcmp(entry->d_name + length - extension, EXTENSION) == 0;
}

/* By bytes, not by the locale as alphasort(3) does: the order of the names is the order of time everywhere. */
static int keyring_compare(const struct dirent **first, const struct dirent **second)
{
	return strcmp((*first)->d_name, (*second)->d_name);
}

static const char *keyring_add(struct keyring *ring, const char *directory, const char *file)
{
	if (ring->count == KEYRING_LIMIT)
		return "is one key too many";
	const char *path = arena_printf(ring->arena, "%s/%s", directory, file);
	const char *kid = arena_strndup(ring->arena, file, strlen(file) - strlen(EXTENSION));
	struct key *key = &ring->keys[ring->count];
	const char *wrong = key_read(path, kid, ring->arena, key);
	if (wrong)
		return wrong;
	ring->count++;
	if (key->private_pem)
		ring->signer = key;
	return NULL;
}

static const char *keyring_make_jwks(const struct keyring *ring)
{
	struct buffer jwks = buffer_create(ring->arena);
	buffer_append_string(&jwks, "{\"keys\":[");
	for (size_t i = 0; i < ring->count; i++) {
		buffer_append_string(&jwks, i ? "," : "");
		buffer_append_string(&jwks, key_jwk(&ring->keys[i], ring->arena));
	}
	buffer_append_string(&jwks, "]}");
	return jwks.data;
}

static const char *keyring_read(struct keyring *ring, const char *directory)
{
	struct dirent **entries = NULL;
	int count = scandir(directory, &entries, keyring_is_key_file, keyring_compare);
	if (count < 0)
		return arena_printf(ring->arena, "the key directory %s cannot be read: %s", directory, strerror(errno));
	const char *wrong = NULL;
	for (int i = 0; i < count; i++) {
		const char *file = entries[i]->d_name;
		const char *reason = wrong ? NULL : keyring_add(ring, directory, file);
		if (reason)
			wrong = arena_printf(ring->arena, "the key %s/%s %s", directory, file, reason);
		free(entries[i]);
	}
	free(entries);
	if (!wrong && !ring->signer)
		wrong = arena_printf(ring->arena, "the key directory %s has no private key: `sciday key generate` makes one",
		                     directory);
	return wrong;
}

struct keyring *keyring_load(const char *directory, void (*say)(const char *line))
{
	struct arena *arena = arena_create();
	struct keyring *ring = arena_alloc(arena, sizeof(*ring));
	ring->arena = arena;
	const char *wrong = keyring_read(ring, directory);
	if (wrong) {
		say(wrong);
		keyring_destroy(ring);
		return NULL;
	}
	ring->jwks = keyring_make_jwks(ring);
	return ring;
}

void keyring_destroy(struct keyring *ring)
{
	if (!ring)
		return;
	for (size_t i = 0; i < ring->count; i++)
		key_end(&ring->keys[i]);
	arena_destroy(ring->arena);
}

int keyring_generate(const char *directory, struct arena *arena, const char **ret_kid, void (*say)(const char *line))
{
	struct timespec now;
	struct tm utc;
	char second[sizeof("20210530T080000")];
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(second, sizeof(second), "%Y%m%dT%H%M%S", &utc);
	const char *kid = arena_printf(arena, "%s%06ldZ", second, now.tv_nsec / 1000);
	const char *path = arena_printf(arena, "%s/%s" EXTENSION, directory, kid);
	const char *wrong = key_write_new(path);
	if (wrong) {
		say(arena_printf(arena, "the key %s %s", path, wrong));
		return -1;
	}
	*ret_kid = kid;
	return 0;
}

const char *keyring_kid(const struct keyring *ring, size_t index, bool *ret_signs)
{
	if (index >= ring->count)
		return NULL;
	*ret_signs = &ring->keys[index] == ring->signer;
	return ring->keys[index].id;
}

const char *keyring_jwks(const struct keyring *ring)
{
	return ring->jwks;
}

const struct key *keyring_find(const struct keyring *ring, const char *kid)
{
	for (size_t i = 0; i < ring->count; i++) {
		if (strcmp(ring->keys[i].id, kid) == 0)
			return &ring->keys[i];
	}
	return NULL;
}
