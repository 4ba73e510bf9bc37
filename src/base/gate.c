#include "base/gate.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Who has visits here. */
struct visitor {
	struct visitor *next;
	unsigned here;   /* visits, wherever they are */
	unsigned inside; /* of them */
	char name[];
};

enum where { ASIDE, IN_LINE, INSIDE };

struct visit {
	struct gate *gate;
	struct visitor *visitor;
	enum where where;
	struct visit *next; /* in line */
	pthread_cond_t let_in;
};

struct gate {
	struct gate_settings settings;
	unsigned inside_each, here_each; /* at most, of one visitor */
	pthread_mutex_t mutex;
	struct visitor *visitors;
	struct visit *first; /* in line */
	struct visit **last;
	struct gate_figures figures;
};

struct gate *gate_create(const struct gate_settings *settings)
{
	struct gate *gate = calloc(1, sizeof *gate);
	if (!gate)
		abort(); /* only memory can have run out */
	gate->settings = *settings;
	gate->inside_each = (settings->places + 1) / 2;
	gate->here_each = gate->inside_each + (settings->line + 3) / 4;
	gate->last = &gate->first;
	pthread_mutex_init(&gate->mutex, NULL);
	return gate;
}

void gate_destroy(struct gate *gate)
{
	if (!gate)
		return;
	pthread_mutex_destroy(&gate->mutex);
	free(gate);
}

/* What follows is done under the mutex. */

static struct visitor *visitor_come(struct gate *gate, const char *who)
{
	struct visitor *visitor = gate->visitors;
	while (visitor && strcmp(visitor->name, who) != 0)
		visitor = visitor->next;
	if (!visitor) {
		size_t size = strlen(who) + 1;
		visitor = calloc(1, sizeof *visitor + size);
		if (!visitor)
			abort(); /* only memory can have run out */
		memcpy(visitor->name, who, size);
		visitor->next = gate->visitors;
		gate->visitors = visitor;
	}
	visitor->here++;
	return visitor;
}

static void visitor_go(struct gate *gate, struct visitor *visitor)
{
	if (--visitor->here > 0)
		return;
	struct visitor **link = &gate->visitors;
	while (*link != visitor)
		link = &(*link)->next;
	*link = visitor->next;
	free(visitor);
}

static void line_join(struct gate *gate, struct visit *visit)
{
	visit->where = IN_LINE;
	visit->next = NULL;
	*gate->last = visit;
	gate->last = &visit->next;
	gate->figures.waiting++;
}

static void line_quit(struct gate *gate, struct visit *visit)
{
	struct visit **link = &gate->first;
	while (*link != visit)
		link = &(*link)->next;
	*link = visit->next;
	if (!*link)
		gate->last = link;
	visit->where = ASIDE;
	gate->figures.waiting--;
}

/* Lets in whoever may go in now. */
static void let_in(struct gate *gate)
{
	struct visit *next;
	for (struct visit *visit = gate->first; visit && gate->figures.inside < gate->settings.places; visit = next) {
		next = visit->next;
		if (visit->visitor->inside >= gate->inside_each)
			continue;
		line_quit(gate, visit);
		visit->where = INSIDE;
		visit->visitor->inside++;
		gate->figures.inside++;
		pthread_cond_signal(&visit->let_in);
	}
}

static void come_out(struct gate *gate, struct visit *visit)
{
	if (visit->where != INSIDE)
		return;
	visit->where = ASIDE;
	visit->visitor->inside--;
	gate->figures.inside--;
	let_in(gate);
}

/* Whether it is inside by then. */
static bool wait_until(struct visit *visit, const struct timespec *until)
{
	int status = 0;
	while (visit->where != INSIDE && status != ETIMEDOUT)
		status = pthread_cond_timedwait(&visit->let_in, &visit->gate->mutex, until);
	return visit->where == INSIDE;
}

/* Whether there was room in line, and a place inside in time. */
static bool go_in(struct gate *gate, struct visit *visit, const struct timespec *until)
{
	if (visit->visitor->here > gate->here_each)
		return false;
	line_join(gate, visit);
	let_in(gate);
	if (visit->where == INSIDE || (gate->figures.waiting <= gate->settings.line && wait_until(visit, until)))
		return true;
	line_quit(gate, visit);
	return false;
}

/* The ways in and out */

static struct timespec time_after(unsigned milliseconds)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	long nanoseconds = time.tv_nsec + (long)(milliseconds % 1000) * 1000000;
	time.tv_sec += milliseconds / 1000 + nanoseconds / 1000000000;
	time.tv_nsec = nanoseconds % 1000000000;
	return time;
}

static struct visit *visit_create(struct gate *gate)
{
	struct visit *visit = calloc(1, sizeof *visit);
	if (!visit)
		abort(); /* only memory can have run out */
	visit->gate = gate;
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&visit->let_in, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return visit;
}

static void visit_free(struct visit *visit)
{
	pthread_cond_destroy(&visit->let_in);
	free(visit);
}

struct visit *gate_enter(struct gate *gate, const char *who)
{
	struct visit *visit = visit_create(gate);
	const struct timespec until = time_after(gate->settings.wait_milliseconds);
	pthread_mutex_lock(&gate->mutex);
	visit->visitor = visitor_come(gate, who);
	bool is_in = go_in(gate, visit, &until);
	if (!is_in) {
		gate->figures.turned_away++;
		visitor_go(gate, visit->visitor);
	}
	pthread_mutex_unlock(&gate->mutex);
	if (is_in)
		return visit;
	visit_free(visit);
	return NULL;
}

void gate_step_aside(struct visit *visit)
{
	pthread_mutex_lock(&visit->gate->mutex);
	come_out(visit->gate, visit);
	pthread_mutex_unlock(&visit->gate->mutex);
}

void gate_step_back(struct visit *visit)
{
	pthread_mutex_lock(&visit->gate->mutex);
	line_join(visit->gate, visit);
	let_in(visit->gate);
	while (visit->where != INSIDE)
		pthread_cond_wait(&visit->let_in, &visit->gate->mutex);
	pthread_mutex_unlock(&visit->gate->mutex);
}

void gate_leave(struct visit *visit)
{
	struct gate *gate = visit->gate;
	pthread_mutex_lock(&gate->mutex);
	come_out(gate, visit);
	visitor_go(gate, visit->visitor);
	pthread_mutex_unlock(&gate->mutex);
	visit_free(visit);
}

struct gate_figures gate_figures(struct gate *gate)
{
	pthread_mutex_lock(&gate->mutex);
	struct gate_figures figures = gate->figures;
	pthread_mutex_unlock(&gate->mutex);
	return figures;
}
