#include "auth/token.h"

#include <jansson.h>
#include <jwt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/keyring.h"
#include "base/arena.h"
#include "base/id.h"

#define LEEWAY 60 /* seconds that the clocks of two machines may differ */

static void token_free_jwt(jwt_t **jwt)
{
	jwt_free(*jwt);
}

static void token_free_json(json_t **json)
{
	json_decref(*json);
}

static void token_free_text(char **text)
{
	free(*text);
}

static json_t *token_payload(const char *audience, const struct token_claims *claims)
{
	json_t *payload = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "iss", TOKEN_ISSUER, "aud", audience, "sub",
	                            claims->account_id, "sid", claims->session_id, "jti", claims->token_id, "iat",
	                            (json_int_t)claims->issued_at, "nbf", (json_int_t)claims->not_before, "exp",
	                            (json_int_t)claims->expires_at);
	if (payload && claims->resource_id) {
		json_object_set_new(payload, "res", json_string(claims->resource_id));
		json_object_set_new(payload, "rev", json_integer(claims->revocations));
	}
	return payload;
}

const char *token_sign(const struct keyring *ring, struct arena *arena, const char *audience, const struct token_claims *claims)
{
	__attribute__((cleanup(token_free_jwt))) jwt_t *jwt = NULL;
	__attribute__((cleanup(token_free_json))) json_t *payload = token_payload(audience, claims);
	__attribute__((cleanup(token_free_text))) char *grants = payload ? json_dumps(payload, JSON_COMPACT) : NULL;
	__attribute__((cleanup(token_free_text))) char *token = NULL;
	const struct key *key = ring->signer;
	if (!grants || jwt_new(&jwt) != 0)
		return NULL;
	if (jwt_add_header(jwt, "kid", key->id) != 0 || jwt_add_grants_json(jwt, grants) != 0)
		return NULL;
	if (jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)key->private_pem, (int)strlen(key->private_pem)) != 0)
		return NULL;
	token = jwt_encode_str(jwt);
	return arena_strdup(arena, token);
}

/* One part of a token, as it stands there and what it says. */
struct part {
	const char *text;
	const char *bytes;
	size_t length;
};

enum { HEADER, PAYLOAD, SIGNATURE, PARTS };

/*
 * Whether it is header.payload.signature, each part what base64url makes of its bytes (RFC 7515, section 7.1), so that one
 * token has one text.
 */
static bool token_is_compact(struct arena *arena, const char *token, struct part ret_parts[PARTS])
{
	const char *text = token;
	for (int count = 0; count < PARTS; count++) {
		struct part *part = &ret_parts[count];
		size_t length = strcspn(text, ".");
		part->text = text;
		part->bytes = base64url_decode(arena, arena_strndup(arena, text, length), &part->length);
		if (!part->bytes || part->length == 0 || (text[length] == '.') != (count < SIGNATURE))
			return false;
		text += length + 1;
	}
	return true;
}

static bool token_says(const json_t *object, const char *name, const char *expected)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text && strcmp(text, expected) == 0;
}

/*
 * The key that the header says it was signed with, which it must say to have been with ES256, and once (RFC 7515, section 4).
 * Nothing else is believed of a token whose signature is unchecked.
 */
static const struct key *token_key(const struct keyring *ring, const struct part *part)
{
	__attribute__((cleanup(token_free_json))) json_t *header =
		json_loadb(part->bytes, part->length, JSON_REJECT_DUPLICATES, NULL);
	const char *type = json_string_value(json_object_get(header, "typ"));
	const char *kid = json_string_value(json_object_get(header, "kid"));
	if (!token_says(header, "alg", "ES256") || (type && strcasecmp(type, "JWT") != 0))
		return NULL;
	return kid ? keyring_find(ring, kid) : NULL;
}

/* The claims of a token that this key has signed, each once; or NULL. */
static json_t *token_grants(const struct key *key, const struct part parts[PARTS])
{
	size_t length = (size_t)(parts[SIGNATURE].text - parts[HEADER].text) - 1;
	if (parts[SIGNATURE].length != KEY_SIGNATURE_SIZE ||
	    !key_verify(key, parts[HEADER].text, length, (const unsigned char *)parts[SIGNATURE].bytes))
		return NULL;
	return json_loadb(parts[PAYLOAD].bytes, parts[PAYLOAD].length, JSON_REJECT_DUPLICATES, NULL);
}

/* libjwt reads a real or a string as 0 and what is missing as −1, so times and counts are read from the JSON. */
static bool token_number(const json_t *grants, const char *name, long long *ret_number)
{
	const json_t *number = json_object_get(grants, name);
	if (!json_is_integer(number))
		return false;
	*ret_number = json_integer_value(number);
	return true;
}

static bool token_text(const json_t *grants, const char *name, struct arena *arena, const char **ret_text)
{
	const char *text = json_string_value(json_object_get(grants, name));
	if (!text || !*text)
		return false;
	*ret_text = arena_strdup(arena, text);
	return true;
}

static bool token_is_current(const struct token_claims *claims, long long now)
{
	return claims->expires_at > now && claims->not_before <= now + LEEWAY && claims->issued_at <= now + LEEWAY;
}

static bool token_leads_somewhere(const json_t *grants, struct arena *arena, struct token_claims *claims)
{
	return token_text(grants, "res", arena, &claims->resource_id) && token_number(grants, "rev", &claims->revocations) &&
	       id_is_valid(claims->resource_id);
}

bool token_verify(const struct keyring *ring, struct arena *arena, const char *audience, const char *token, long long now,
                  struct token_claims *ret_claims)
{
	struct part parts[PARTS];
	if (strnlen(token, TOKEN_LIMIT + 1) > TOKEN_LIMIT || !token_is_compact(arena, token, parts))
		return false;
	const struct key *key = token_key(ring, &parts[HEADER]);
	if (!key)
		return false;
	__attribute__((cleanup(token_free_json))) json_t *grants = token_grants(key, parts);
	if (!grants || !token_says(grants, "iss", TOKEN_ISSUER) || !token_says(grants, "aud", audience))
		return false;
	struct token_claims claims = {0};
	if (!token_number(grants, "iat", &claims.issued_at) || !token_number(grants, "nbf", &claims.not_before) ||
	    !token_number(grants, "exp", &claims.expires_at) || !token_is_current(&claims, now))
		return false;
	if (!token_text(grants, "sub", arena, &claims.account_id) || !token_text(grants, "sid", arena, &claims.session_id) ||
	    !token_text(grants, "jti", arena, &claims.token_id))
		return false;
	if (!id_is_valid(claims.account_id) || !id_is_valid(claims.session_id))
		return false;
	if (strcmp(audience, TOKEN_AUDIENCE) != 0 && !token_leads_somewhere(grants, arena, &claims))
		return false;
	*ret_claims = claims;
	return true;
}
