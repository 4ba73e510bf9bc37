#include "base/metrics.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

/* Upper bounds in microseconds: from an answer out of memory to a request that waited as long as it may. */
static const uint64_t bounds[] = {250,   500,    1000,   2500,   5000,    10000,   25000,
                                  50000, 100000, 250000, 500000, 1000000, 2500000, 10000000};
#define BOUND_COUNT (sizeof(bounds) / sizeof(bounds[0]))

enum family { FAMILY_REQUESTS, FAMILY_REQUEST_DURATION, FAMILY_STAGE_DURATION };

struct series {
	enum family family;
	unsigned status;
	const char *name; /* operation or stage; as the method's, compared by its address */
	const char *method;
	_Atomic uint64_t microseconds;
	_Atomic uint64_t buckets[BOUND_COUNT + 1]; /* each its own, not yet cumulated; the last is beyond all bounds */
};

/*
 * An open-addressing table that only grows: a series, once published, stays
 * where it is for as long as the process lives. A few hundred operations with a
 * handful of statuses each fill it to a quarter.
 */
#define TABLE_SIZE 4096
#define TABLE_FULL 3072
static _Atomic(struct series *) table[TABLE_SIZE];
static _Atomic size_t series_count;
static _Atomic uint64_t dropped;

static size_t hash_key(const struct series *key)
{
	uint64_t hash = (uint64_t)key->family << 16 ^ key->status;
	hash = (hash ^ (uintptr_t)key->name) * UINT64_C(0x9E3779B97F4A7C15);
	hash = (hash ^ hash >> 32 ^ (uintptr_t)key->method) * UINT64_C(0x9E3779B97F4A7C15);
	return hash >> 32;
}

static bool same_key(const struct series *a, const struct series *b)
{
	return a->family == b->family && a->status == b->status && a->name == b->name && a->method == b->method;
}

/* NULL when there is no room for more. */
static struct series *series_create(const struct series *key)
{
	if (atomic_load(&series_count) >= TABLE_FULL)
		return NULL;
	struct series *series = calloc(1, sizeof(*series));
	if (!series)
		abort(); /* only memory can have run out */
	series->family = key->family;
	series->status = key->status;
	series->name = key->name;
	series->method = key->method;
	return series;
}

/* The series of this key, made at its first use; NULL when the table is full. */
static struct series *find(const struct series *key)
{
	struct series *made = NULL;
	for (size_t slot = hash_key(key);; slot++) {
		_Atomic(struct series *) *place = &table[slot % TABLE_SIZE];
		struct series *there = atomic_load_explicit(place, memory_order_acquire);
		if (!there) {
			if (!made && !(made = series_create(key)))
				return NULL;
			if (atomic_compare_exchange_strong(place, &there, made)) {
				atomic_fetch_add(&series_count, 1);
				return made;
			}
			/* Another thread was quicker; `there` is now what it put, perhaps the very same. */
		}
		if (same_key(there, key)) {
			free(made);
			return there;
		}
	}
}

static void add(_Atomic uint64_t *counter, uint64_t amount)
{
	atomic_fetch_add_explicit(counter, amount, memory_order_relaxed);
}

static void observe(const struct series *key, double seconds)
{
	struct series *series = find(key);
	if (!series) {
		add(&dropped, 1);
		return;
	}
	uint64_t microseconds = seconds > 0 ? (uint64_t)(seconds * 1e6 + 0.5) : 0;
	size_t bucket = 0;
	while (bucket < BOUND_COUNT && microseconds > bounds[bucket])
		bucket++;
	add(&series->microseconds, microseconds);
	add(&series->buckets[bucket], 1);
}

void metrics_request(const char *operation_id, const char *method, unsigned status, double seconds)
{
	static const char none[] = "none";
	const char *operation = operation_id ? operation_id : none;
	observe(&(struct series){.family = FAMILY_REQUESTS, .name = operation, .method = method, .status = status}, seconds);
	observe(&(struct series){.family = FAMILY_REQUEST_DURATION, .name = operation}, seconds);
}

void metrics_stage(const char *stage_name, double seconds)
{
	observe(&(struct series){.family = FAMILY_STAGE_DURATION, .name = stage_name}, seconds);
}

static uint64_t value_of(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static void write_seconds(struct buffer *buffer, uint64_t microseconds)
{
	buffer_printf(buffer, "%llu.%06llu", (unsigned long long)(microseconds / 1000000),
	              (unsigned long long)(microseconds % 1000000));
}

static uint64_t count_of(const struct series *series)
{
	uint64_t count = 0;
	for (size_t i = 0; i <= BOUND_COUNT; i++)
		count += value_of(&series->buckets[i]);
	return count;
}

static void write_counter(struct buffer *buffer, const struct series *series)
{
	buffer_printf(buffer, "sciday_requests_total{operation=\"%s\",method=\"%s\",status=\"%u\"} %llu\n", series->name,
	              series->method, series->status, (unsigned long long)count_of(series));
}

static void write_histogram(struct buffer *buffer, const struct series *series, const char *metric, const char *label)
{
	uint64_t cumulated = 0;
	for (size_t i = 0; i < BOUND_COUNT; i++) {
		cumulated += value_of(&series->buckets[i]);
		buffer_printf(buffer, "%s_bucket{%s=\"%s\",le=\"%g\"} %llu\n", metric, label, series->name,
		              (double)bounds[i] / 1e6, (unsigned long long)cumulated);
	}
	unsigned long long count = cumulated + value_of(&series->buckets[BOUND_COUNT]);
	buffer_printf(buffer, "%s_bucket{%s=\"%s\",le=\"+Inf\"} %llu\n", metric, label, series->name, count);
	buffer_printf(buffer, "%s_sum{%s=\"%s\"} ", metric, label, series->name);
	write_seconds(buffer, value_of(&series->microseconds));
	buffer_printf(buffer, "\n%s_count{%s=\"%s\"} %llu\n", metric, label, series->name, count);
}

static void write_family(struct buffer *buffer, enum family family)
{
	for (size_t i = 0; i < TABLE_SIZE; i++) {
		const struct series *series = atomic_load_explicit(&table[i], memory_order_acquire);
		if (!series || series->family != family)
			continue;
		if (family == FAMILY_REQUESTS)
			write_counter(buffer, series);
		else if (family == FAMILY_REQUEST_DURATION)
			write_histogram(buffer, series, "sciday_request_duration_seconds", "operation");
		else
			write_histogram(buffer, series, "sciday_stage_duration_seconds", "stage");
	}
}

void metrics_write(struct buffer *buffer)
{
	buffer_append_string(buffer, "# HELP sciday_requests_total Requests answered.\n# TYPE sciday_requests_total counter\n");
	write_family(buffer, FAMILY_REQUESTS);
	buffer_append_string(buffer, "# HELP sciday_request_duration_seconds From the first byte understood to the reply made.\n"
	                             "# TYPE sciday_request_duration_seconds histogram\n");
	write_family(buffer, FAMILY_REQUEST_DURATION);
	buffer_append_string(buffer, "# HELP sciday_stage_duration_seconds Time spent in each stage of dispatch.\n"
	                             "# TYPE sciday_stage_duration_seconds histogram\n");
	write_family(buffer, FAMILY_STAGE_DURATION);
	buffer_printf(buffer,
	              "# HELP sciday_metrics_dropped_total Observations for which there was no room.\n"
	              "# TYPE sciday_metrics_dropped_total counter\nsciday_metrics_dropped_total %llu\n",
	              (unsigned long long)value_of(&dropped));
}
