/*
 * An operation whose body has a secret: a password, or a client's. What is stored of it is its hash.
 */
#ifndef SCIDAY_OPERATION_SECRET_H
#define SCIDAY_OPERATION_SECRET_H

#include "http/exchange.h"
#include "http/reply.h"

/* operation_run, with :password_hash of the field's value; where none is given, it is null. */
struct reply secret_run(struct exchange *exchange, const char *field);

#endif
