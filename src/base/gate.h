/*
 * A gate before work that is dear: so many may be inside at once, so many more wait in line before it, and not for ever.
 * Whoever comes says for whom: one caller may have half of the places inside, and a quarter of the line, so that nobody
 * takes either from all others. Who waits is let in in the order of coming, but for those whose caller has enough inside.
 */
#ifndef SCIDAY_BASE_GATE_H
#define SCIDAY_BASE_GATE_H

struct gate;
struct visit;

struct gate_settings {
	unsigned places;            /* inside; at least 1 */
	unsigned line;              /* of those that wait; at least 1 */
	unsigned wait_milliseconds; /* the longest wait */
};

/* The caller's, until gate_destroy, which wants nobody to be there any more. */
struct gate *gate_create(const struct gate_settings *settings);
void gate_destroy(struct gate *gate);

/*
 * Waits for a place inside; the visit is the caller's, until gate_leave. NULL: too many wait already, of this caller or of
 * all, or the wait was too long. `who` is copied.
 */
struct visit *gate_enter(struct gate *gate, const char *who) __attribute__((warn_unused_result));

/* Steps aside, so that another may work: what is left to do has to wait for something else, such as a slow client. */
void gate_step_aside(struct visit *visit);

/* Goes on where it stepped aside, once there is a place inside: it joins the line, however long, and is not turned away. */
void gate_step_back(struct visit *visit);

/* Ends the visit, wherever it is. */
void gate_leave(struct visit *visit);

struct gate_figures {
	unsigned inside, waiting;
	unsigned long long turned_away;
};
struct gate_figures gate_figures(struct gate *gate);

#endif
