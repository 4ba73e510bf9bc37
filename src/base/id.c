#include "base/id.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "base/arena.h"
#include "base/clock.h"

void id_create(char ret_id[ID_SIZE])
{
	unsigned char bytes[16];
	randombytes_buf(bytes, sizeof(bytes));
	uint64_t milliseconds = (uint64_t)clock_wall_milliseconds();
	for (int i = 0; i < 6; i++)
		bytes[i] = (unsigned char)(milliseconds >> (40 - 8 * i));
	bytes[6] = (unsigned char)(0x70 | (bytes[6] & 0x0F)); /* version 7 */
	bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3F)); /* variant of RFC 9562, section 4.1 */

	char digits[33];
	sodium_bin2hex(digits, sizeof(digits), bytes, sizeof(bytes));
	snprintf(ret_id, ID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", digits, digits + 8, digits + 12, digits + 16, digits + 20);
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

void fingerprint_hex(const void *bytes, size_t length, char ret_fingerprint[FINGERPRINT_SIZE])
{
	unsigned char digest[crypto_generichash_BYTES_MIN];
	crypto_generichash(digest, sizeof(digest), bytes, length, NULL, 0);
	sodium_bin2hex(ret_fingerprint, FINGERPRINT_SIZE, digest, (FINGERPRINT_SIZE - 1) / 2);
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
