/*
 * What the database says of a plan, an activity or a summary report, as a part of a form on paper:
 * the fields in the paper form's order and words. It decides nothing about who sees what: what is
 * redacted comes without its value, and is printed as that.
 */
#ifndef SCIDAY_EXPORT_FORM_PARTS_H
#define SCIDAY_EXPORT_FORM_PARTS_H

struct arena;
struct form;
struct json_t;

/* A form about it without parts yet: its title is also what its file is called. */
struct form *form_parts_begin(struct arena *arena, const struct json_t *facts);

/* Adds the part; the facts must live as long as the form. */
void form_parts_add(struct form *form, const struct json_t *facts);

/* The form is as old as the youngest of what is in it. */
void form_parts_written(struct form *form, const struct json_t *facts);

/* The cover of all that an organization has: `facts` says whose and of which campaign, `counts` how much of what. */
void form_parts_add_cover(struct form *form, const struct json_t *facts, const char *counts);

#endif
