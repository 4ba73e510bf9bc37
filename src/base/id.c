#include "base/id.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include <sodium.h>

#include "base/arena.h"
#include "base/clock.h"

/* Random bytes, for which the kernel is asked once in a while: an id is made for every request. */
static void take_random(unsigned char *ret_bytes, size_t count)
{
	static _Thread_local unsigned char bytes[512];
	static _Thread_local size_t left;
	if (left < count) {
		randombytes_buf(bytes, sizeof bytes);
		left = sizeof bytes;
	}
	left -= count;
	memcpy(ret_bytes, bytes + left, count);
}

void id_create(char ret_id[ID_SIZE])
{
	unsigned char bytes[16];
	take_random(bytes, sizeof(bytes));
	uint64_t milliseconds = (uint64_t)clock_wall_milliseconds();
	for (int i = 0; i < 6; i++)
		bytes[i] = (unsigned char)(milliseconds >> (40 - 8 * i));
	bytes[6] = (unsigned char)(0x70 | (bytes[6] & 0x0F)); /* version 7 */
	bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3F)); /* variant of RFC 9562, section 4.1 */

	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < sizeof bytes; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*ret_id++ = '-';
		*ret_id++ = digits[bytes[i] >> 4];
		*ret_id++ = digits[bytes[i] & 0x0F];
	}
	*ret_id = '\0';
}

static bool is_hexadecimal(char character)
{
	return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f') ||
	       (character >= 'A' && character <= 'F');
}

bool id_is_valid(const char *text)
{
	if (strlen(text) != ID_SIZE - 1)
		return false;
	for (size_t i = 0; i < ID_SIZE - 1; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
		if (hyphen ? text[i] != '-' : !is_hexadecimal(text[i]))
			return false;
	}
	return true;
}

void digest_hex(const void *bytes, size_t length, char ret_digest[DIGEST_SIZE])
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256(digest, bytes, length);
	sodium_bin2hex(ret_digest, DIGEST_SIZE, digest, sizeof(digest));
}

void digest_raw(const void *bytes, size_t length, unsigned char ret_digest[RAW_DIGEST_SIZE])
{
	crypto_generichash(ret_digest, RAW_DIGEST_SIZE, bytes, length, NULL, 0);
}

void fingerprint_hex(const void *bytes, size_t length, char ret_fingerprint[FINGERPRINT_SIZE])
{
	unsigned char digest[crypto_generichash_BYTES_MIN];
	crypto_generichash(digest, sizeof(digest), bytes, length, NULL, 0);
	sodium_bin2hex(ret_fingerprint, FINGERPRINT_SIZE, digest, (FINGERPRINT_SIZE - 1) / 2);
}

static unsigned char bucket_key[crypto_shorthash_KEYBYTES];

static void draw_bucket_key(void)
{
	randombytes_buf(bucket_key, sizeof bucket_key);
}

uint64_t bucket_hash(const void *bytes, size_t length)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, draw_bucket_key);
	uint64_t hash;
	static_assert(sizeof hash == crypto_shorthash_BYTES, "SipHash-2-4 has 64 bits");
	crypto_shorthash((unsigned char *)&hash, bytes, length, bucket_key);
	return hash;
}

struct digest {
	crypto_hash_sha256_state state;
};

struct digest *digest_create(struct arena *arena)
{
	struct digest *digest = arena_alloc(arena, sizeof *digest);
	crypto_hash_sha256_init(&digest->state);
	return digest;
}

void digest_add(struct digest *digest, const void *bytes, size_t length)
{
	crypto_hash_sha256_update(&digest->state, bytes, length);
}

void digest_finish(struct digest *digest, char ret_digest[DIGEST_SIZE])
{
	unsigned char bytes[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_final(&digest->state, bytes);
	sodium_bin2hex(ret_digest, DIGEST_SIZE, bytes, sizeof(bytes));
}

static char *encode(struct arena *arena, const void *bytes, size_t length, int variant)
{
	size_t size = sodium_base64_encoded_len(length, variant);
	return sodium_bin2base64(arena_alloc(arena, size), size, bytes, length, variant);
}

/* libsodium 1.0.18 takes bytes beyond ASCII for letters, so what it has read is written again and compared. */
static void *decode(struct arena *arena, const char *text, int variant, size_t *ret_length)
{
	size_t size = strlen(text);
	unsigned char *bytes = arena_alloc(arena, size + 1);
	size_t length;
	if (sodium_base642bin(bytes, size, text, size, NULL, &length, NULL, variant) != 0)
		return NULL;
	if (strcmp(encode(arena, bytes, length, variant), text) != 0)
		return NULL;
	*ret_length = length;
	return bytes;
}

char *base64url_encode(struct arena *arena, const void *bytes, size_t length)
{
	return encode(arena, bytes, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void *base64url_decode(struct arena *arena, const char *text, size_t *ret_length)
{
	return decode(arena, text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, ret_length);
}

void *base64_decode(struct arena *arena, const char *text, size_t *ret_length)
{
	return decode(arena, text, sodium_base64_VARIANT_ORIGINAL, ret_length);
}

char *secret_create(struct arena *arena, size_t bytes)
{
	unsigned char *secret = arena_alloc(arena, bytes);
	randombytes_buf(secret, bytes);
	char *text = base64url_encode(arena, secret, bytes);
	sodium_memzero(secret, bytes);
	return text;
}

char *secret_derive(struct arena *arena, const char *secret, const char *salt)
{
	unsigned char derived[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)salt, strlen(salt));
	crypto_auth_hmacsha256_final(&state, derived);
	char *text = base64url_encode(arena, derived, sizeof(derived));
	sodium_memzero(derived, sizeof(derived));
	return text;
}
