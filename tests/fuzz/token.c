/*
 * Access tokens (auth/token.h). The input's first line says what it is:
 *   edit AT COUNT    a good token, of which COUNT characters from AT on are replaced by the rest of the input
 *   sign HEADER      a token with this header, in which KID stands for the key's, and the rest as its payload, well signed
 *   token            the rest
 * Keys are made anew in each run, so no token is kept in a file.
 */
#include <string.h>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <yajl/yajl_tree.h>

#include "base/id.h"
#include "keyring.h"

#define NOW 1621440000LL /* 2021-05-19T16:00:00Z */
#define LEEWAY 60
#define ACCOUNT "0196b1d4-7c00-7000-8000-0000000000a1"
#define SESSION "0196b1d4-7c00-7000-8000-0000000000b1"
#define TOKEN_ID "0196b1d4-7c00-7000-8000-0000000000c1"

static struct arena *made; /* what lives as long as the process */
static struct keyring *ring;
static EVP_PKEY *key;
static const char *kid, *good;

static void set_up(void)
{
	const char *pem;
	made = arena_create();
	ring = fuzz_keyring(made, &kid, &pem);
	BIO *bio = BIO_new_mem_buf(pem, -1);
	key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	good = token_sign(ring, made, TOKEN_AUDIENCE,
	                  &(struct token_claims){ACCOUNT, SESSION, TOKEN_ID, NULL, 0, NOW, NOW, NOW + 900});
	HOLDS(key && good);
}

static bool is_taken(struct arena *arena, const char *token, struct token_claims *ret_claims)
{
	return token_verify(ring, arena, TOKEN_AUDIENCE, token, NOW, ret_claims);
}

/* Of all that can be made of a good token, it alone is taken, and only for what it is. */
static void check_edit(struct arena *arena, const char *line, const char *with)
{
	size_t at = 0, count = 0, length = strlen(good);
	struct token_claims claims;
	if (sscanf(line, "%zu %zu", &at, &count) != 2)
		return;
	at = at < length ? at : length;
	count = count < length - at ? count : length - at;
	const char *edited = arena_printf(arena, "%.*s%s%s", (int)at, good, with, good + at + count);
	HOLDS(is_taken(arena, edited, &claims) == (strcmp(edited, good) == 0));
	HOLDS(!token_verify(ring, arena, "sciday-download", edited, NOW, &claims));
}

/* As the key's owner would: ECDSA as JSON Web Algorithms write it (RFC 7518, section 3.4). */
static const char *sign(struct arena *arena, const char *header, const uint8_t *payload, size_t size)
{
	const char *text = arena_printf(arena, "%s.%s", base64url_encode(arena, header, strlen(header)),
	                                base64url_encode(arena, payload, size));
	unsigned char der[128], raw[64];
	size_t length = sizeof der;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	HOLDS(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1);
	HOLDS(EVP_DigestSign(context, der, &length, (const unsigned char *)text, strlen(text)) == 1);
	EVP_MD_CTX_free(context);
	const unsigned char *at = der;
	ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)length);
	HOLDS(BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, 32) == 32);
	HOLDS(BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + 32, 32) == 32);
	ECDSA_SIG_free(signature);
	return arena_printf(arena, "%s.%s", text, base64url_encode(arena, raw, sizeof raw));
}

static yajl_val find(yajl_val object, const char *name)
{
	return yajl_tree_get(object, (const char *[]){name, NULL}, yajl_t_any);
}

static bool is_text(yajl_val object, const char *name, const char *expected)
{
	const char *text = YAJL_GET_STRING(find(object, name));
	return text && strcmp(text, expected) == 0;
}

static bool is_time(yajl_val object, const char *name, long long expected)
{
	yajl_val time = find(object, name);
	return YAJL_IS_INTEGER(time) && YAJL_GET_INTEGER(time) == expected;
}

/* What was taken says so for another parser too: our issuer, audience, algorithm and key, an account, and a time that is now. */
static void check_claims(const char *header, const char *payload, const struct token_claims *claims)
{
	char error[256];
	yajl_val head = yajl_tree_parse(header, error, sizeof error), body = yajl_tree_parse(payload, error, sizeof error);
	HOLDS(is_text(head, "alg", "ES256") && is_text(head, "kid", kid));
	HOLDS(is_text(body, "iss", TOKEN_ISSUER) && is_text(body, "aud", TOKEN_AUDIENCE));
	HOLDS(is_text(body, "sub", claims->account_id) && id_is_valid(claims->account_id));
	HOLDS(is_text(body, "sid", claims->session_id) && id_is_valid(claims->session_id));
	HOLDS(is_text(body, "jti", claims->token_id) && !claims->resource_id);
	HOLDS(is_time(body, "exp", claims->expires_at) && claims->expires_at > NOW);
	HOLDS(is_time(body, "nbf", claims->not_before) && claims->not_before <= NOW + LEEWAY);
	HOLDS(is_time(body, "iat", claims->issued_at) && claims->issued_at <= NOW + LEEWAY);
	yajl_tree_free(head);
	yajl_tree_free(body);
}

static void check_signed(struct arena *arena, char *header, const uint8_t *payload, size_t size)
{
	char *place = strstr(header, "KID");
	if (place)
		header = arena_printf(arena, "%.*s%s%s", (int)(place - header), header, kid, place + 3);
	struct token_claims claims = {0};
	if (is_taken(arena, sign(arena, header, payload, size), &claims))
		check_claims(header, fuzz_text(arena, payload, size), &claims);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	if (!made)
		set_up();
	char *rest = fuzz_line(arena, &bytes, &size), *what = strsep(&rest, " ");
	struct token_claims claims;
	if (rest && strcmp(what, "edit") == 0)
		check_edit(arena, rest, fuzz_text(arena, bytes, size));
	else if (rest && strcmp(what, "sign") == 0)
		check_signed(arena, rest, bytes, size);
	else
		HOLDS(!is_taken(arena, fuzz_text(arena, bytes, size), &claims));
	return 0;
}
