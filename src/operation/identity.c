#include "operation/identity.h"

#include <string.h>

#include "auth/token.h"
#include "base/arena.h"
#include "contract/contract.h"
#include "http/address.h"
#include "operation/services.h"
#include "statements.h"

static const char *const scope_names[ROLE_COUNT] = {
#define ROLE(symbol, bit, name) name,
#include "http/roles.def"
#undef ROLE
};

const char *identity_who(const struct exchange *exchange)
{
	return exchange->caller.authenticated ? exchange->caller.account_id : exchange->request.peer;
}

struct db_step identity_cached(const struct exchange *exchange, struct values *ret_values)
{
	ret_values->count = 0;
	values_set(ret_values, "caller", exchange->caller.account_id);
	values_set(ret_values, "session", exchange->caller.session_id);
	values_set(ret_values, "request_id", exchange->request_id);
	for (size_t i = 0; i < ROLE_COUNT; i++)
		values_set(ret_values, scope_names[i], exchange->caller.scopes[i]);
	return (struct db_step){.statement = &statement_identify, .values = ret_values};
}

struct db_step identity_afresh(const struct exchange *exchange, struct arena *arena, struct values *ret_values)
{
	if (!exchange->caller.authenticated)
		return identity_cached(exchange, ret_values);
	ret_values->count = 0;
	values_set(ret_values, "caller", exchange->caller.account_id);
	values_set(ret_values, "session", exchange->caller.session_id);
	values_set(ret_values, "request_id", exchange->request_id);
	values_set(ret_values, "operation", exchange->operation->id);
	values_set(ret_values, "address_class", address_class(arena, exchange->request.peer));
	return (struct db_step){.statement = &statement_identify_afresh, .values = ret_values};
}

static struct problem *look_up(struct exchange *exchange, const struct statement *statement, const struct values *values,
                               bool *ret_found)
{
	struct db_step step = {statement, values};
	struct db_rows rows;
	struct problem *problem = db_run(exchange->services->db, DB_READ, exchange->arena, &step, 1, &rows);
	if (problem)
		return problem;
	*ret_found = rows.rows == 1;
	if (!*ret_found)
		return NULL;
	struct caller *caller = &exchange->caller;
	*caller = (struct caller){
		.authenticated = true,
		.account_id = values_get(values, "caller"),
		.session_id = values_get(values, "session"),
	};
	for (size_t i = 0; i < ROLE_COUNT; i++) {
		const char *scopes = db_field(&rows, 0, scope_names[i]);
		caller->scopes[i] = scopes ? scopes : "{}";
		if (strcmp(caller->scopes[i], "{}") != 0)
			caller->roles |= 1u << i;
	}
	return NULL;
}

struct problem *identity_look_up(struct exchange *exchange, const char *account_id, const char *session_id, bool *ret_found)
{
	struct values values = {0};
	values_set(&values, "session", session_id);
	values_set(&values, "caller", account_id);
	return look_up(exchange, &statement_caller_scopes, &values, ret_found);
}

struct problem *identity_look_up_link(struct exchange *exchange, const struct token_claims *claims, bool *ret_found)
{
	struct values values = {0};
	values_set(&values, "session", claims->session_id);
	values_set(&values, "caller", claims->account_id);
	values_set(&values, "resource_id", claims->resource_id);
	values_set(&values, "revocations", arena_printf(exchange->arena, "%lld", claims->revocations));
	return look_up(exchange, &statement_link_scopes, &values, ret_found);
}
