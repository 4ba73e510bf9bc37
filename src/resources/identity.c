#include "resources/identity.h"

#include "contract/contract.h"
#include "http/address.h"
#include "statements.h"

static const char *const scope_names[ROLE_COUNT] = {"submitter", "reviewer", "observer", "administrator"};

struct db_step identity_cached(const struct exchange *exchange, struct identity *ret_identity)
{
	struct values *values = &ret_identity->values;
	values->count = 0;
	values_set(values, "caller", exchange->caller.account_id);
	values_set(values, "session", exchange->caller.session_id);
	values_set(values, "request_id", exchange->request_id);
	for (size_t i = 0; i < ROLE_COUNT; i++)
		values_set(values, scope_names[i], exchange->caller.scopes[i]);
	return (struct db_step){.statement = &statement_identify, .values = values};
}

struct db_step identity_afresh(const struct exchange *exchange, struct identity *ret_identity)
{
	if (!exchange->caller.authenticated)
		return identity_cached(exchange, ret_identity);
	struct values *values = &ret_identity->values;
	values->count = 0;
	values_set(values, "caller", exchange->caller.account_id);
	values_set(values, "session", exchange->caller.session_id);
	values_set(values, "request_id", exchange->request_id);
	values_set(values, "operation", exchange->operation->id);
	values_set(values, "address_class", address_class(exchange->arena, exchange->request.peer));
	return (struct db_step){.statement = &statement_identify_afresh, .values = values};
}
