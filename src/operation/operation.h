/*
 * How any operation runs. Its statement is the contract's (contract.h: exchange->operation->statement), its values are the
 * exchange's, and its kind is one of three: a reading of one thing (reading.h, answer.h), a list (list.h), a change (change.h).
 * The first two may also be asked for as tables (table.h). All of them go to the database as units (unit.h) with the
 * rights of whoever asks (identity.h). A handler that only prepares values ends with `return operation_run(exchange)`; one whose
 * answer is another makes it of the same parts.
 */
#ifndef SCIDAY_OPERATION_OPERATION_H
#define SCIDAY_OPERATION_OPERATION_H

#include "http/exchange.h"
#include "http/reply.h"

/* Runs the operation's statement for this exchange and shapes the reply. */
struct reply operation_run(struct exchange *exchange);

#endif
