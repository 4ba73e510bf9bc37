/*
 * What the database says of a plan, an activity or a summary report, as a part of a form on paper:
 * the fields in the paper form's order and words. It decides nothing about who sees what: what is
 * redacted comes without its value, and is printed as that.
 */
#ifndef SCIDAY_RESOURCES_FORM_PARTS_H
#define SCIDAY_RESOURCES_FORM_PARTS_H

struct form;
struct json_t;

/* Adds the part; `facts` is a body of the views …_form, which must live as long as the form. */
void form_parts_add(struct form *form, const struct json_t *facts);

/* The words that its files and its entry in a table of contents go by: "特色亮点活动筹备方案", and the title of what it is about. */
const char *form_parts_kind(const struct json_t *facts);
const char *form_parts_title(const struct json_t *facts);

/* The cover of all that an organization has: `facts` says whose and of which campaign, `counts` how much of what. */
void form_parts_add_cover(struct form *form, const struct json_t *facts, const char *counts);

#endif
