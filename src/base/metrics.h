/*
 * What the process has done, counted for Prometheus (text exposition format
 * 0.0.4). Counting takes no lock and never fails. Every name given here is one
 * of a fixed set (operations, methods, stages), never a path or anything else
 * that a client chooses, so that the number of series is bounded; it is static,
 * and always the same one, for names are told apart by their address.
 */
#ifndef SCIDAY_BASE_METRICS_H
#define SCIDAY_BASE_METRICS_H

struct buffer;

/*
 * One request answered: sciday_requests_total{operation,method,status} and
 * sciday_request_duration_seconds{operation}. operation_id NULL: no operation was found.
 */
void metrics_request(const char *operation_id, const char *method, unsigned status, double seconds);

/* One stage of dispatch passed: sciday_stage_duration_seconds{stage}. */
void metrics_stage(const char *stage_name, double seconds);

/* Appends all of it. A reading that runs beside a counting may show one observation in part. */
void metrics_write(struct buffer *buffer);

#endif
