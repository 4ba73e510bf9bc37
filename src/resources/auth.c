#include <arpa/inet.h>
#include <string.h>
#include <time.h>

#include "auth/basic.h"
#include "auth/caller_cache.h"
#include "auth/password.h"
#include "auth/token.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/id.h"
#include "constants.h"
#include "contract/vocabulary.h"
#include "handlers.h"
#include "http/conditional.h"
#include "http/problem.h"
#include "operation/identity.h"
#include "operation/oauth.h"
#include "operation/secret.h"
#include "operation/services.h"
#include "operation/unit.h"
#include "statements.h"

#define ACCESS_TOKEN_SECONDS 900
#define REFRESH_TOKEN_BYTES 32

/* A field of the request; one without a value counts as left out (RFC 6749, section 3.2). */
static const char *given(const struct exchange *exchange, const char *name)
{
	const char *text = values_get(&exchange->values, name);
	return text && *text ? text : NULL;
}

static struct reply refuse_problem(struct exchange *exchange, struct problem *problem, const char *description)
{
	oauth_describe(exchange, problem, description);
	struct reply reply = problem_reply(exchange, problem);
	reply.no_store = true;
	return reply;
}

static struct reply refuse(struct exchange *exchange, enum problem_code code, const char *description)
{
	return refuse_problem(exchange, problem_create(exchange->arena, code), description);
}

/*
 * One statement, where no membership decides. It is no read even if it only looks: a replica may not know yet what was
 * changed a moment ago.
 */
static struct problem *run(struct exchange *exchange, const struct statement *statement, const struct values *values,
                           struct db_rows *ret_rows)
{
	const struct db_step step = {statement, values};
	return unit_run(exchange, UNIT_WRITE, exchange->arena, &step, 1, ret_rows);
}

static const char *digest_of(struct exchange *exchange, const char *text)
{
	char *digest = arena_alloc(exchange->arena, DIGEST_SIZE);
	digest_hex(text, strlen(text), digest);
	return digest;
}

static const char *new_id(struct exchange *exchange)
{
	char *id = arena_alloc(exchange->arena, ID_SIZE);
	id_create(id);
	return id;
}

/* Where failures are counted: an IPv4 address, or the /64 that one customer of an IPv6 provider has to himself. */
static const char *counted_address(struct exchange *exchange)
{
	struct in6_addr address;
	const char *peer = exchange->request.peer ? exchange->request.peer : "";
	if (inet_pton(AF_INET6, peer, &address) != 1 || IN6_IS_ADDR_V4MAPPED(&address))
		return peer;
	memset(address.s6_addr + 8, 0, 8);
	char *text = arena_alloc(exchange->arena, INET6_ADDRSTRLEN);
	return inet_ntop(AF_INET6, &address, text, INET6_ADDRSTRLEN);
}

/* The answer of RFC 6749, section 5.1. */
static struct reply issue(struct exchange *exchange, const char *account_id, const char *session_id, const char *refresh_token,
                          const char *device_token)
{
	long long now = time(NULL);
	const struct token_claims claims = {
		.account_id = account_id,
		.session_id = session_id,
		.token_id = new_id(exchange),
		.issued_at = now,
		.not_before = now,
		.expires_at = now + ACCESS_TOKEN_SECONDS,
	};
	const char *token = token_sign(exchange->services->keyring, exchange->arena, TOKEN_AUDIENCE, &claims);
	if (!token)
		return refuse(exchange, PROBLEM_internal, NULL);
	struct buffer body = buffer_create(exchange->arena);
	buffer_printf(&body, "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%d", token, ACCESS_TOKEN_SECONDS);
	if (refresh_token)
		buffer_printf(&body, ",\"refresh_token\":\"%s\"", refresh_token);
	if (device_token)
		buffer_printf(&body, ",\"device_token\":\"%s\"", device_token);
	buffer_append_string(&body, "}");
	struct reply reply = reply_json(200, body.data, body.length);
	reply.no_store = true;
	reply_header(&reply, "Pragma", "no-cache");
	return reply;
}

/* Who signs in, by what name and secret, and how it is refused. */
struct sign_in {
	const char *kind; /* of account */
	const char *username;
	const char *secret;
	bool has_refresh_token;
	const char *device_token;  /* what an earlier sign-in on this device gave, or NULL */
	enum problem_code refusal; /* the same for a wrong name and a wrong secret */
};

static struct reply fail_sign_in(struct exchange *exchange, const struct sign_in *sign_in, const struct values *values)
{
	struct db_rows rows;
	struct problem *problem = run(exchange, &statement_fail_sign_in, values, &rows);
	if (problem)
		return refuse_problem(exchange, problem, NULL);
	return refuse(exchange, sign_in->refusal, NULL);
}

/* A person's device keeps its token, if we know it, and else is given one. */
static struct reply finish_sign_in(struct exchange *exchange, const struct sign_in *sign_in, struct values *values,
                                   bool is_device_known)
{
	const char *session_id = new_id(exchange);
	const char *device_token = sign_in->device_token;
	if (sign_in->has_refresh_token && !is_device_known) {
		device_token = secret_create(exchange->arena, REFRESH_TOKEN_BYTES);
		values_set(values, "device", digest_of(exchange, device_token));
	}
	const char *refresh_token = sign_in->has_refresh_token ? secret_create(exchange->arena, REFRESH_TOKEN_BYTES) : NULL;
	values_set(values, "session_id", session_id);
	values_set(values, "refresh_digest", refresh_token ? digest_of(exchange, refresh_token) : NULL);
	struct db_rows rows;
	struct problem *problem = run(exchange, &statement_finish_sign_in, values, &rows);
	if (problem)
		return refuse_problem(exchange, problem, NULL);
	if (strcmp(db_field(&rows, 0, "finished"), "t") != 0) /* locked, or another password, since it began */
		return refuse(exchange, sign_in->refusal, NULL);
	return issue(exchange, values_get(values, "account_id"), session_id, refresh_token, device_token);
}

/* An unknown name takes the same steps and the same time as a wrong secret. No connection is held while hashing. */
static struct reply run_sign_in(struct exchange *exchange, const struct sign_in *sign_in)
{
	struct values values = {0};
	values_set(&values, "kind", sign_in->kind);
	values_set(&values, "username", sign_in->username);
	values_set(&values, "address", counted_address(exchange));
	values_set(&values, "device", sign_in->device_token ? digest_of(exchange, sign_in->device_token) : NULL);
	struct db_rows rows;
	struct problem *problem = run(exchange, &statement_begin_sign_in, &values, &rows);
	if (problem)
		return refuse_problem(exchange, problem, NULL);
	values_set(&values, "account_id", db_field(&rows, 0, "account_id"));
	values_set(&values, "password_hash", db_field(&rows, 0, "password_hash"));
	bool is_right;
	problem = password_verify(exchange->arena, identity_who(exchange), values_get(&values, "password_hash"), sign_in->secret,
	                          &is_right);
	if (problem)
		return refuse_problem(exchange, problem, NULL);
	if (!is_right)
		return fail_sign_in(exchange, sign_in, &values);
	return finish_sign_in(exchange, sign_in, &values, strcmp(db_field(&rows, 0, "is_device_known"), "t") == 0);
}

/* RFC 6749, section 4.3. */
static struct reply grant_password(struct exchange *exchange)
{
	const struct sign_in sign_in = {
		.kind = account_kind_codes[ACCOUNT_KIND_user],
		.username = given(exchange, "username"),
		.secret = given(exchange, "password"),
		.has_refresh_token = true,
		.device_token = given(exchange, "device_token"),
		.refusal = PROBLEM_invalid_grant,
	};
	if (!sign_in.username || !sign_in.secret)
		return refuse(exchange, PROBLEM_invalid_request, "username and password are required");
	return run_sign_in(exchange, &sign_in);
}

/* RFC 6749, section 4.4, with the client's credentials in one of the two places of its section 2.3.1. */
static struct reply grant_client_credentials(struct exchange *exchange)
{
	struct sign_in sign_in = {
		.kind = account_kind_codes[ACCOUNT_KIND_client],
		.username = given(exchange, "client_id"),
		.secret = given(exchange, "client_secret"),
		.refusal = PROBLEM_invalid_client,
	};
	const char *authorization = request_header(&exchange->request, "Authorization");
	if (authorization && basic_is_used(authorization)) {
		if (sign_in.secret)
			return refuse(exchange, PROBLEM_invalid_request, "client credentials in two places");
		if (!basic_read(exchange->arena, authorization, &sign_in.username, &sign_in.secret))
			return refuse(exchange, PROBLEM_invalid_client, "the Authorization header is malformed");
	}
	if (!sign_in.username || !sign_in.secret)
		return refuse(exchange, PROBLEM_invalid_client, "client_id and client_secret are required");
	return run_sign_in(exchange, &sign_in);
}

/*
 * RFC 6749, section 6; the old token is used up by it. The new one is made of the old one and of a salt, which the database
 * keeps: if the answer is lost, whoever has the old token is given the same new one again.
 */
static struct reply grant_refresh_token(struct exchange *exchange)
{
	const char *old = given(exchange, "refresh_token");
	if (!old)
		return refuse(exchange, PROBLEM_invalid_request, "refresh_token is required");
	const char *salt = secret_create(exchange->arena, REFRESH_TOKEN_BYTES);
	struct values values = {0};
	values_set(&values, "old_digest", digest_of(exchange, old));
	values_set(&values, "refresh_digest", digest_of(exchange, secret_derive(exchange->arena, old, salt)));
	values_set(&values, "salt", salt);
	struct db_rows rows;
	struct problem *problem = run(exchange, &statement_use_refresh_token, &values, &rows);
	if (problem)
		return refuse_problem(exchange, problem, NULL);
	const char *account_id = db_field(&rows, 0, "account_id"), *session_id = db_field(&rows, 0, "session_id");
	if (session_id)
		return issue(exchange, account_id, session_id, secret_derive(exchange->arena, old, db_field(&rows, 0, "salt")),
		             NULL);
	if (account_id) /* somebody else has it: the whole family has ended */
		caller_cache_drop(exchange->services->caller_cache, account_id);
	return refuse(exchange, PROBLEM_invalid_grant, "the refresh token is unknown, expired, used or revoked");
}

/* 登录 · An access token for a password, a refresh token or a client's secret. */
struct reply create_token(struct exchange *exchange)
{
	static const struct {
		const char *type;
		struct reply (*run)(struct exchange *exchange);
	} grants[] = {
		{"password", grant_password},
		{"refresh_token", grant_refresh_token},
		{"client_credentials", grant_client_credentials},
	};
	const char *type = given(exchange, "grant_type");
	if (!type)
		return refuse(exchange, PROBLEM_invalid_request, "grant_type is required");
	for (size_t i = 0; i < sizeof(grants) / sizeof(*grants); i++) {
		if (strcmp(grants[i].type, type) == 0)
			return grants[i].run(exchange);
	}
	return refuse(exchange, PROBLEM_unsupported_grant_type, NULL);
}

/*
 * 退出登录 · Ends the session that an access or a refresh token belongs to, whichever it is
 * said to be (RFC 7009, section 2.1). One that is not ours, or over, is no error.
 */
struct reply revoke_token(struct exchange *exchange)
{
	const char *token = given(exchange, "token");
	if (!token)
		return refuse(exchange, PROBLEM_invalid_request, "token is required");
	struct values values = {0};
	struct token_claims claims;
	if (token_verify(exchange->services->keyring, exchange->arena, TOKEN_AUDIENCE, token, time(NULL), &claims))
		values_set(&values, "session_id", claims.session_id);
	else
		values_set(&values, "refresh_digest", digest_of(exchange, token));
	struct db_rows rows;
	struct problem *problem = run(exchange, &statement_end_session, &values, &rows);
	if (problem)
		return refuse_problem(exchange, problem, NULL);
	const char *account_id = db_field(&rows, 0, "account_id");
	if (account_id)
		caller_cache_drop(exchange->services->caller_cache, account_id);
	struct reply reply = reply_empty(200);
	reply.no_store = true;
	return reply;
}

/* 验签公钥 · The keys that verify our tokens, for a gateway in front. */
struct reply get_jwks(struct exchange *exchange)
{
	const char *jwks = keyring_jwks(exchange->services->keyring);
	struct reply reply = reply_json(200, jwks, strlen(jwks));
	reply.etag = etag_make(exchange->arena, NULL, jwks, reply.length);
	return reply;
}

static struct reply refuse_current_password(struct exchange *exchange)
{
	struct db_rows rows;
	const struct values values = {0};
	struct problem *problem = run(exchange, &statement_fail_own_password, &values, &rows);
	if (problem)
		return problem_reply(exchange, problem);
	problem = problem_create(exchange->arena, PROBLEM_validation_failed);
	problem_find(problem, "/current_password", NULL, "wrong_password", NULL);
	return problem_reply(exchange, problem);
}

/* 修改密码 · One's own password, by one who knows it; every other session of the account ends. */
struct reply change_password(struct exchange *exchange)
{
	const struct values values = {0};
	struct db_rows rows;
	struct problem *problem = run(exchange, &statement_own_password, &values, &rows);
	if (problem)
		return problem_reply(exchange, problem);
	if (vocabulary_place(account_kind_codes, db_field(&rows, 0, "kind")) != ACCOUNT_KIND_user)
		return problem_reply_code(exchange, PROBLEM_forbidden); /* a client's secret is its administrator's to change */
	bool is_right;
	problem = password_verify(exchange->arena, identity_who(exchange), db_field(&rows, 0, "password_hash"),
	                          values_get(&exchange->values, "current_password"), &is_right);
	if (problem)
		return problem_reply(exchange, problem);
	if (!is_right)
		return refuse_current_password(exchange);
	struct reply reply = secret_run(exchange, "new_password");
	caller_cache_drop(exchange->services->caller_cache, exchange->caller.account_id);
	return reply;
}
