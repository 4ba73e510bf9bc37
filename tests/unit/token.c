/*
 * Access tokens: what is ours is taken, everything else is refused. Forged
 * tokens are put together here from their parts, by OpenSSL alone, so that the
 * library under test does not judge its own work.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/password.h"
#include "auth/token.h"
#include "base/arena.h"
#include "base/id.h"

#define NOW 1621440000LL /* 2021-05-19T16:00:00Z */
#define ACCOUNT "0196b1d4-7c00-7000-8000-0000000000a1"
#define SESSION "0196b1d4-7c00-7000-8000-0000000000b1"
#define TOKEN_ID "0196b1d4-7c00-7000-8000-0000000000c1"
#define GOOD_HEADER "{\"typ\":\"JWT\",\"alg\":\"ES256\",\"kid\":\"%s\"}"

struct fixture {
	struct arena *arena;
	char directory[64];
	const char *kid;
	EVP_PKEY *key;
	struct keyring *ring;
};

static char said[1024];

static void say(const char *line)
{
	snprintf(said, sizeof(said), "%s", line);
}

static const char *path_of(const struct fixture *fixture, const char *name)
{
	return arena_printf(fixture->arena, "%s/%s.pem", fixture->directory, name);
}

static EVP_PKEY *read_private(const char *path)
{
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	assert_non_null(key);
	return key;
}

static void write_public(const char *path, EVP_PKEY *key)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(PEM_write_PUBKEY(file, key), 1);
	fclose(file);
}

static void write_private(const char *path, EVP_PKEY *key)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(file);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	fixture->arena = arena_create();
	strcpy(fixture->directory, "/tmp/sciday-token-XXXXXX");
	assert_non_null(mkdtemp(fixture->directory));
	assert_int_equal(keyring_generate(fixture->directory, fixture->arena, &fixture->kid, say), 0);
	fixture->key = read_private(path_of(fixture, fixture->kid));
	fixture->ring = keyring_load(fixture->directory, say);
	assert_non_null(fixture->ring);
	*state = fixture;
	return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status, (void)type, (void)place;
	return remove(path);
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	keyring_destroy(fixture->ring);
	EVP_PKEY_free(fixture->key);
	nftw(fixture->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	arena_destroy(fixture->arena);
	free(fixture);
	return 0;
}

/* header.payload, each in base64url. */
static char *signing_input(struct arena *arena, const char *header, const char *payload)
{
	return arena_printf(arena, "%s.%s", base64url_encode(arena, header, strlen(header)),
	                    base64url_encode(arena, payload, strlen(payload)));
}

static const char *with_signature(struct arena *arena, const char *input, const unsigned char *signature, size_t length)
{
	return arena_printf(arena, "%s.%s", input, base64url_encode(arena, signature, length));
}

static const char *forge_by_key(struct arena *arena, EVP_PKEY *key, const char *header, const char *payload)
{
	char *input = signing_input(arena, header, payload);
	unsigned char der[1024], raw[64];
	size_t length = sizeof(der);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(context, der, &length, (const unsigned char *)input, strlen(input)), 1);
	EVP_MD_CTX_free(context);
	if (!EVP_PKEY_is_a(key, "EC"))
		return with_signature(arena, input, der, length);
	/* A JWS has r and s side by side, not in DER (RFC 7518, section 3.4). */
	const unsigned char *place = der;
	ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &place, (long)length);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, 32), 32);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + 32, 32), 32);
	ECDSA_SIG_free(signature);
	return with_signature(arena, input, raw, sizeof(raw));
}

static const char *forge_by_secret(struct arena *arena, const char *secret, const char *header, const char *payload)
{
	char *input = signing_input(arena, header, payload);
	unsigned char code[32];
	unsigned length = sizeof(code);
	HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)input, strlen(input), code, &length);
	return with_signature(arena, input, code, length);
}

/* The claims of a token that is good at NOW, but for one of them, replaced by `replacement` ("" takes it away). */
static const char *payload_but(struct arena *arena, const char *name, const char *replacement)
{
	static const struct {
		const char *name, *text;
	} members[] = {
		{"iss", "\"iss\":\"" TOKEN_ISSUER "\""}, {"aud", "\"aud\":\"" TOKEN_AUDIENCE "\""},
		{"sub", "\"sub\":\"" ACCOUNT "\""},      {"sid", "\"sid\":\"" SESSION "\""},
		{"jti", "\"jti\":\"" TOKEN_ID "\""},     {"iat", "\"iat\":1621440000"},
		{"nbf", "\"nbf\":1621440000"},           {"exp", "\"exp\":1621440900"},
	};
	char *payload = arena_strdup(arena, "{\"scope\":\"api\"");
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const char *text = strcmp(members[i].name, name) == 0 ? replacement : members[i].text;
		payload = *text ? arena_printf(arena, "%s,%s", payload, text) : payload;
	}
	return arena_printf(arena, "%s}", payload);
}

static const char *header_for(const struct fixture *fixture)
{
	return arena_printf(fixture->arena, GOOD_HEADER, fixture->kid);
}

static const char *forge_but(struct fixture *fixture, const char *name, const char *replacement)
{
	return forge_by_key(fixture->arena, fixture->key, header_for(fixture), payload_but(fixture->arena, name, replacement));
}

static bool verify_at(struct fixture *fixture, const char *token, long long now)
{
	struct token_claims claims;
	return token_verify(fixture->ring, fixture->arena, TOKEN_AUDIENCE, token, now, &claims);
}

#define TAKEN(token) assert_true(verify_at(fixture, (token), NOW))
#define REFUSED(token) assert_false(verify_at(fixture, (token), NOW))

static const char *sign_at(struct fixture *fixture, long long issued_at)
{
	const struct token_claims claims = {ACCOUNT, SESSION, TOKEN_ID, NULL, 0, issued_at, issued_at, issued_at + 900};
	const char *token = token_sign(fixture->ring, fixture->arena, TOKEN_AUDIENCE, &claims);
	assert_non_null(token);
	return token;
}

static void test_good(void **state)
{
	struct fixture *fixture = *state;
	struct token_claims claims = {0};
	assert_true(token_verify(fixture->ring, fixture->arena, TOKEN_AUDIENCE, sign_at(fixture, NOW), NOW + 1, &claims));
	assert_string_equal(claims.account_id, ACCOUNT);
	assert_string_equal(claims.session_id, SESSION);
	assert_string_equal(claims.token_id, TOKEN_ID);
	assert_int_equal(claims.issued_at, NOW);
	assert_int_equal(claims.not_before, NOW);
	assert_int_equal(claims.expires_at, NOW + 900);
	TAKEN(forge_but(fixture, "", "")); /* the forger's tools make good tokens, so what they spoil is what is refused */
}

static void test_header(void **state)
{
	struct fixture *fixture = *state;
	char *token = arena_strdup(fixture->arena, sign_at(fixture, NOW));
	*strchr(token, '.') = '\0';
	size_t length;
	char *header = base64url_decode(fixture->arena, token, &length);
	assert_non_null(header);
	header = arena_strndup(fixture->arena, header, length);
	assert_non_null(strstr(header, "\"ES256\""));
	assert_non_null(strstr(header, fixture->kid));
}

static void test_expired(void **state)
{
	struct fixture *fixture = *state;
	const char *token = sign_at(fixture, NOW);
	assert_true(verify_at(fixture, token, NOW + 899));
	assert_false(verify_at(fixture, token, NOW + 900));
	assert_false(verify_at(fixture, token, NOW + 1000000));
}

static void test_not_yet_valid(void **state)
{
	struct fixture *fixture = *state;
	const char *token = sign_at(fixture, NOW);
	assert_true(verify_at(fixture, token, NOW - 60));
	assert_false(verify_at(fixture, token, NOW - 61));
	REFUSED(forge_but(fixture, "nbf", "\"nbf\":1621440061"));
	REFUSED(forge_but(fixture, "iat", "\"iat\":1621440061"));
}

static void test_no_algorithm(void **state)
{
	struct fixture *fixture = *state;
	const char *header = arena_printf(fixture->arena, "{\"typ\":\"JWT\",\"alg\":\"none\",\"kid\":\"%s\"}", fixture->kid);
	const char *input = signing_input(fixture->arena, header, payload_but(fixture->arena, "", ""));
	REFUSED(arena_printf(fixture->arena, "%s.", input));
	REFUSED(input);
	REFUSED(forge_by_key(fixture->arena, fixture->key, header, payload_but(fixture->arena, "", "")));
	header = arena_printf(fixture->arena, "{\"typ\":\"JWT\",\"kid\":\"%s\"}", fixture->kid);
	REFUSED(forge_by_key(fixture->arena, fixture->key, header, payload_but(fixture->arena, "", "")));
}

static void test_public_key_as_secret(void **state)
{
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "public");
	write_public(path, fixture->key);
	char pem[1024] = "";
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(pem, 1, sizeof(pem) - 1, file) > 0);
	fclose(file);
	static const char *const algorithms[] = {"HS256", "HS384", "HS512"};
	for (size_t i = 0; i < 3; i++) {
		const char *header = arena_printf(fixture->arena, "{\"typ\":\"JWT\",\"alg\":\"%s\",\"kid\":\"%s\"}",
		                                  algorithms[i], fixture->kid);
		REFUSED(forge_by_secret(fixture->arena, pem, header, payload_but(fixture->arena, "", "")));
	}
}

static void test_rsa(void **state)
{
	struct fixture *fixture = *state;
	EVP_PKEY *rsa = EVP_RSA_gen(2048);
	const char *header = arena_printf(fixture->arena, "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"%s\"}", fixture->kid);
	REFUSED(forge_by_key(fixture->arena, rsa, header, payload_but(fixture->arena, "", "")));
	write_private(path_of(fixture, "rsa"), rsa);
	EVP_PKEY_free(rsa);
	assert_null(keyring_load(fixture->directory, say));
	assert_non_null(strstr(said, "rsa.pem is not an EC key on P-256"));
}

static void test_wrong_key(void **state)
{
	struct fixture *fixture = *state;
	EVP_PKEY *other = EVP_EC_gen("P-256");
	REFUSED(forge_by_key(fixture->arena, other, header_for(fixture), payload_but(fixture->arena, "", "")));
	EVP_PKEY_free(other);
}

static void test_kid(void **state)
{
	struct fixture *fixture = *state;
	static const char *const kids[] = {"",     "unknown", "../../../../dev/null", "../", "%s%s%n", "a/b", "\\u0000",
	                                   "\\\"", ".pem"};
	for (size_t i = 0; i < sizeof(kids) / sizeof(*kids); i++) {
		const char *header = arena_printf(fixture->arena, GOOD_HEADER, kids[i]);
		REFUSED(forge_by_key(fixture->arena, fixture->key, header, payload_but(fixture->arena, "", "")));
	}
	static const char *const headers[] = {
		"{\"typ\":\"JWT\",\"alg\":\"ES256\"}",
		"{\"typ\":\"JWT\",\"alg\":\"ES256\",\"kid\":1}",
		"{\"typ\":\"JWT\",\"alg\":\"ES256\",\"kid\":null}",
		"{\"typ\":\"JWT\",\"alg\":\"ES256\",\"kid\":[\"x\"]}",
		"[]",
		"",
	};
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++)
		REFUSED(forge_by_key(fixture->arena, fixture->key, headers[i], payload_but(fixture->arena, "", "")));
}

static void test_claims(void **state)
{
	struct fixture *fixture = *state;
	static const char *const names[] = {"iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		REFUSED(forge_but(fixture, names[i], ""));
	static const char *const times[] = {"iat", "nbf", "exp"};
	static const char *const values[] = {"1621440000.5", "\"1621440900\"", "null", "true", "[1621440900]", "{}", "1e300"};
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < sizeof(values) / sizeof(*values); k++)
			REFUSED(forge_but(fixture, times[i], arena_printf(fixture->arena, "\"%s\":%s", times[i], values[k])));
	}
	REFUSED(forge_but(fixture, "exp", "\"exp\":1621440900.0"));
	REFUSED(forge_but(fixture, "exp", "\"exp\":-1"));
	REFUSED(forge_but(fixture, "exp", "\"exp\":99999999999999999999"));
	REFUSED(forge_but(fixture, "aud", "\"aud\":\"sciday-download\""));
	REFUSED(forge_but(fixture, "aud", "\"aud\":[\"" TOKEN_AUDIENCE "\"]"));
	REFUSED(forge_but(fixture, "iss", "\"iss\":\"https://example.org\""));
	REFUSED(forge_but(fixture, "sub", "\"sub\":\"\""));
	REFUSED(forge_but(fixture, "sub", "\"sub\":17"));
}

static void test_truncated(void **state)
{
	struct fixture *fixture = *state;
	const char *token = sign_at(fixture, NOW);
	size_t length = strlen(token);
	for (size_t i = 0; i < length; i++)
		REFUSED(arena_strndup(fixture->arena, token, i));
}

static void test_altered(void **state)
{
	struct fixture *fixture = *state;
	const char *token = sign_at(fixture, NOW);
	const char *signature = strrchr(token, '.') + 1;
	for (const char *place = token; *place; place++) {
		char *altered = arena_strdup(fixture->arena, token);
		altered[place - token] = *place == 'A' ? 'B' : 'A';
		REFUSED(altered);
	}
	REFUSED(arena_printf(fixture->arena, "%.*s", (int)(signature - token), token));
	REFUSED(arena_printf(fixture->arena, "%s.%s", token, signature));
	REFUSED(arena_printf(fixture->arena, ".%s", token));
}

/* The token with `text` put in before its character `at`, of which `skipped` are left out. */
static const char *spelt(const struct fixture *fixture, const char *token, size_t at, size_t skipped, const char *text)
{
	return arena_printf(fixture->arena, "%.*s%s%s", (int)at, token, text, token + at + skipped);
}

/* The same bytes, signature and all, in other letters: none is taken for the token. */
static void test_one_spelling(void **state)
{
	struct fixture *fixture = *state;
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *token = sign_at(fixture, NOW);
	for (size_t begin = 0, end; begin < strlen(token); begin = end + 1) {
		end = begin + strcspn(token + begin, ".");
		for (const char *last = alphabet; *last; last++)
			if (*last != token[end - 1])
				REFUSED(spelt(fixture, token, end - 1, 1, (char[]){*last, '\0'}));
		for (int character = 1; character < 256; character++) {
			char text[] = {(char)character, '\0'};
			if (strchr(alphabet, character))
				continue;
			REFUSED(spelt(fixture, token, begin, 0, text));
			REFUSED(spelt(fixture, token, (begin + end) / 2, 0, text));
			REFUSED(spelt(fixture, token, end, 0, text));
			REFUSED(spelt(fixture, token, end, 0, arena_printf(fixture->arena, "%s%s", text, text)));
		}
		REFUSED(spelt(fixture, token, begin, end - begin, ""));
	}
	REFUSED(arena_printf(fixture->arena, "%s.e30", token));
	REFUSED(arena_printf(fixture->arena, "%s\r\n", token));

	/* The alphabet of plain base64 (RFC 4648, section 4); a token without either character says nothing, so another is signed. */
	size_t at = strcspn(token, "-_");
	while (token[at] == '\0')
		at = strcspn(token = sign_at(fixture, NOW), "-_");
	REFUSED(spelt(fixture, token, at, 1, token[at] == '-' ? "+" : "/"));
	TAKEN(token);
}

static void test_too_long(void **state)
{
	struct fixture *fixture = *state;
	char *filling = arena_alloc(fixture->arena, 5001);
	memset(filling, 'x', 5000);
	REFUSED(filling);
	REFUSED(forge_but(fixture, "jti", arena_printf(fixture->arena, "\"jti\":\"%s\"", filling)));
	filling[2000] = '\0';
	TAKEN(forge_but(fixture, "jti", arena_printf(fixture->arena, "\"jti\":\"%s\"", filling)));
}

static void test_junk(void **state)
{
	struct fixture *fixture = *state;
	static const char *const junk[] = {
		"",
		".",
		"..",
		"...",
		"a.b.c",
		"e30.e30.",
		"e30.e30.e30",
		"eyJhbGciOiJFUzI1NiJ9..",
		"Bearer x",
		"%s%s%n.%s.%s",
		"\xff\xfe.\xff.\xff",
		"=.=.=",
	};
	for (size_t i = 0; i < sizeof(junk) / sizeof(*junk); i++)
		REFUSED(junk[i]);
	uint32_t seed = 2021; /* the same junk each time */
	for (size_t round = 0; round < 2000; round++) {
		char text[65] = "";
		for (size_t i = 0; i < 64; i++) {
			seed = seed * 1664525U + 1013904223U;
			text[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.."[(seed >> 16) % 66];
		}
		REFUSED(text);
	}
}

static void test_two_keys(void **state)
{
	struct fixture *fixture = *state;
	const char *by_first = sign_at(fixture, NOW);
	const char *second;
	assert_int_equal(keyring_generate(fixture->directory, fixture->arena, &second, say), 0);
	assert_true(strcmp(second, fixture->kid) > 0);
	keyring_destroy(fixture->ring);
	fixture->ring = keyring_load(fixture->directory, say);
	assert_non_null(fixture->ring);
	const char *by_second = sign_at(fixture, NOW);
	TAKEN(by_first);
	TAKEN(by_second);
	assert_int_equal(remove(path_of(fixture, fixture->kid)), 0);
	keyring_destroy(fixture->ring);
	fixture->ring = keyring_load(fixture->directory, say);
	REFUSED(by_first);
	TAKEN(by_second);
}

static void test_public_only(void **state)
{
	struct fixture *fixture = *state;
	const char *token = sign_at(fixture, NOW), *second;
	assert_int_equal(remove(path_of(fixture, fixture->kid)), 0);
	write_public(path_of(fixture, fixture->kid), fixture->key);
	assert_null(keyring_load(fixture->directory, say));
	assert_non_null(strstr(said, "has no private key"));
	assert_int_equal(keyring_generate(fixture->directory, fixture->arena, &second, say), 0);
	keyring_destroy(fixture->ring);
	fixture->ring = keyring_load(fixture->directory, say);
	TAKEN(token);
	/* A public key that is newer than the newest private one does not stop the signing. */
	write_public(path_of(fixture, "99991231T235959999999Z"), fixture->key);
	keyring_destroy(fixture->ring);
	fixture->ring = keyring_load(fixture->directory, say);
	TAKEN(sign_at(fixture, NOW));
}

static void test_jwks(void **state)
{
	struct fixture *fixture = *state;
	const char *jwks = keyring_jwks(fixture->ring);
	assert_non_null(strstr(jwks, arena_printf(fixture->arena, "\"kid\":\"%s\"", fixture->kid)));
	assert_non_null(strstr(jwks, "\"kty\":\"EC\",\"crv\":\"P-256\""));
	assert_null(strstr(jwks, "\"d\""));
	unsigned char point[65];
	size_t length = 0, size;
	assert_int_equal(EVP_PKEY_get_octet_string_param(fixture->key, "pub", point, sizeof(point), &length), 1);
	assert_int_equal(length, 65);
	const char *x = strstr(jwks, "\"x\":\""), *y = strstr(jwks, "\"y\":\"");
	assert_non_null(x);
	assert_non_null(y);
	const void *bytes = base64url_decode(fixture->arena, arena_strndup(fixture->arena, x + 5, 43), &size);
	assert_int_equal(size, 32);
	assert_memory_equal(bytes, point + 1, 32);
	bytes = base64url_decode(fixture->arena, arena_strndup(fixture->arena, y + 5, 43), &size);
	assert_int_equal(size, 32);
	assert_memory_equal(bytes, point + 33, 32);
}

static void test_key_files(void **state)
{
	struct fixture *fixture = *state;
	struct stat status;
	assert_int_equal(stat(path_of(fixture, fixture->kid), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_null(keyring_load("/nowhere", say));
	assert_non_null(strstr(said, "/nowhere"));
	assert_int_equal(keyring_generate("/nowhere", fixture->arena, &(const char *){NULL}, say), -1);
	EVP_PKEY *other = EVP_EC_gen("P-384");
	write_private(path_of(fixture, "curve"), other);
	EVP_PKEY_free(other);
	assert_null(keyring_load(fixture->directory, say));
	assert_non_null(strstr(said, "curve.pem is not an EC key on P-256"));
	remove(path_of(fixture, "curve"));
	int file = open(path_of(fixture, "empty"), O_CREAT | O_WRONLY, 0600);
	close(file);
	assert_null(keyring_load(fixture->directory, say));
	assert_non_null(strstr(said, "empty.pem is not an unencrypted PEM key"));
	remove(path_of(fixture, "empty"));
	FILE *stream = fopen(path_of(fixture, "locked"), "w");
	assert_int_equal(
		PEM_write_PrivateKey(stream, fixture->key, EVP_aes_256_cbc(), (const unsigned char *)"secret", 6, NULL, NULL), 1);
	fclose(stream);
	assert_null(keyring_load(fixture->directory, say));
	assert_non_null(strstr(said, "locked.pem is not an unencrypted PEM key"));
}

static void test_traditional_key_file(void **state)
{
	struct fixture *fixture = *state;
	FILE *stream = fopen(path_of(fixture, "99991231T235959999999Z"), "w");
	assert_non_null(stream);
	BIO *bio = BIO_new_fp(stream, BIO_CLOSE);
	EVP_PKEY *key = EVP_EC_gen("P-256");
	assert_int_equal(PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL), 1);
	BIO_free(bio);
	EVP_PKEY_free(key);
	keyring_destroy(fixture->ring);
	fixture->ring = keyring_load(fixture->directory, say);
	assert_non_null(fixture->ring);
	TAKEN(sign_at(fixture, NOW));
}

/* An access token, and those of two kinds of links: each is good for what it is, and for nothing else. */
static void test_purposes(void **state)
{
	struct fixture *fixture = *state;
	static const char *const audiences[] = {TOKEN_AUDIENCE, "sciday-download", "sciday-dossier"};
	for (size_t i = 0; i < 3; i++) {
		const struct token_claims made = {ACCOUNT, SESSION, TOKEN_ID, i > 0 ? ACCOUNT : NULL, 7, NOW, NOW, NOW + 900};
		const char *token = token_sign(fixture->ring, fixture->arena, audiences[i], &made);
		for (size_t k = 0; k < 3; k++) {
			struct token_claims claims = {0};
			assert_int_equal(token_verify(fixture->ring, fixture->arena, audiences[k], token, NOW, &claims), i == k);
			if (i > 0 && i == k) {
				assert_string_equal(claims.resource_id, ACCOUNT);
				assert_int_equal(claims.revocations, 7);
			}
		}
	}
	/* A link that says neither where it leads nor how often it was revoked. */
	struct token_claims claims;
	const struct token_claims astray = {ACCOUNT, SESSION, TOKEN_ID, NULL, 0, NOW, NOW, NOW + 900};
	const char *token = token_sign(fixture->ring, fixture->arena, audiences[1], &astray);
	assert_false(token_verify(fixture->ring, fixture->arena, audiences[1], token, NOW, &claims));
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good),          TEST(header),       TEST(expired),
		TEST(not_yet_valid), TEST(no_algorithm), TEST(public_key_as_secret),
		TEST(rsa),           TEST(wrong_key),    TEST(kid),
		TEST(claims),        TEST(purposes),     TEST(truncated),
		TEST(altered),       TEST(one_spelling), TEST(too_long),
		TEST(junk),          TEST(two_keys),     TEST(public_only),
		TEST(jwks),          TEST(key_files),    TEST(traditional_key_file),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
