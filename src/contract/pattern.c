#define PCRE2_CODE_UNIT_WIDTH 8
#include "contract/pattern.h"

#include <pcre2.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

/* What makes PCRE2 read a pattern as ECMA 262 would: "$" only at the very end, \u0041, [] and [^]. */
#define OPTIONS (PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF)

struct compiled {
	const char *pattern; /* compared by its address: the tables are static */
	pcre2_code *code;
};

/* Open addressing; a slot is filled once and never changes, so that readers need no lock. */
static _Atomic(struct compiled *) table[PATTERNS_MAXIMUM];

static struct compiled *compile(const char *pattern)
{
	int error;
	size_t place;
	struct compiled *compiled = malloc(sizeof *compiled);
	if (!compiled)
		abort(); /* only memory can have run out */
	compiled->pattern = pattern;
	compiled->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, OPTIONS, &error, &place, NULL);
	if (!compiled->code)
		abort(); /* patterns are the contract's and our own, never a user's: tests/unit/contract.c tries them */
	return compiled;
}

static const pcre2_code *find(const char *pattern)
{
	struct compiled *made = NULL;
	size_t start = ((uintptr_t)pattern * UINT64_C(0x9E3779B97F4A7C15)) >> 32;
	for (size_t i = 0; i < PATTERNS_MAXIMUM; i++) {
		_Atomic(struct compiled *) *slot = &table[(start + i) % PATTERNS_MAXIMUM];
		struct compiled *present = atomic_load_explicit(slot, memory_order_acquire);
		if (!present) {
			made = made ? made : compile(pattern);
			if (atomic_compare_exchange_strong(slot, &present, made))
				return made->code;
		}
		if (present->pattern != pattern)
			continue;
		if (made) { /* another thread was first */
			pcre2_code_free(made->code);
			free(made);
		}
		return present->code;
	}
	abort(); /* as many as the contract has, whatever is asked: tests/unit/contract.c counts them */
}

bool pattern_matches(const char *pattern, const char *text, size_t length)
{
	const pcre2_code *code = find(pattern);
	pcre2_match_data *match = pcre2_match_data_create(1, NULL);
	if (!match)
		abort(); /* only memory can have run out */
	int found = pcre2_match(code, (PCRE2_SPTR)text, length, 0, PCRE2_NO_UTF_CHECK, match, NULL);
	pcre2_match_data_free(match);
	return found >= 0;
}
