#include "server/preempted.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/incoming.h"

typedef enum MHD_Result queue_function(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response);
typedef int values_function(struct MHD_Connection *connection, enum MHD_ValueKind kind, MHD_KeyValueIterator iterate,
                            void *context);

static queue_function *library_queue;
static values_function *library_values;

static void find_in_library(void)
{
	*(void **)&library_queue = dlsym(RTLD_NEXT, "MHD_queue_response");
	*(void **)&library_values = dlsym(RTLD_NEXT, "MHD_get_connection_values");
	if (!library_queue || !library_values)
		abort(); /* the program was linked without its library */
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

enum MHD_Result library_queue_response(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
	pthread_once(&once, find_in_library);
	return library_queue(connection, status, response);
}

int library_get_headers(struct MHD_Connection *connection, MHD_KeyValueIterator iterate, void *context)
{
	pthread_once(&once, find_in_library);
	return library_values(connection, MHD_HEADER_KIND, iterate, context);
}

int MHD_get_connection_values(struct MHD_Connection *connection, enum MHD_ValueKind kind, MHD_KeyValueIterator iterate,
                              void *context)
{
	(void)connection, (void)kind, (void)iterate, (void)context;
	return 0;
}

static atomic_bool is_called;

enum MHD_Result MHD_queue_response(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
	if (!atomic_load(&is_called)) /* read, and not written, by every answer: its threads share the line that it is on */
		atomic_store(&is_called, true);
	return incoming_answer(connection, status, response);
}

struct MHD_PostProcessor *MHD_create_post_processor(struct MHD_Connection *connection, size_t buffer_size,
                                                    MHD_PostDataIterator iterate, void *context)
{
	(void)buffer_size, (void)iterate, (void)context;
	return (struct MHD_PostProcessor *)incoming_create(connection);
}

enum MHD_Result MHD_post_process(struct MHD_PostProcessor *processor, const char *bytes, size_t length)
{
	incoming_read((struct incoming *)processor, bytes, length);
	return MHD_YES;
}

enum MHD_Result MHD_destroy_post_processor(struct MHD_PostProcessor *processor)
{
	incoming_destroy((struct incoming *)processor);
	return MHD_YES;
}

/* Whether they are what is called */

bool preempted_are_found(void)
{
	return dlsym(RTLD_DEFAULT, "MHD_create_post_processor") == (void *)MHD_create_post_processor;
}

/* Never called: what is asked here is no request. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *target, const char *method,
                              const char *version, const char *bytes, size_t *length, void **request)
{
	(void)context, (void)connection, (void)target, (void)method, (void)version, (void)bytes, (void)length, (void)request;
	return MHD_NO;
}

bool preempted_are_called(void)
{
	static const char request[] = "GET / HTTP/3.0\r\n\r\n";
	struct reception reception = {0};
	struct MHD_Daemon *daemon =
		MHD_start_daemon(MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, handle, NULL, MHD_OPTION_NOTIFY_CONNECTION,
	                         incoming_connection, &reception, MHD_OPTION_END);
	int ends[2];
	if (!daemon || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		abort(); /* at the start, before anybody asks */
	const struct sockaddr address = {.sa_family = AF_UNIX};
	ssize_t sent = write(ends[0], request, sizeof request - 1);
	(void)sent; /* a pair that is empty takes it whole */
	MHD_add_connection(daemon, ends[1], &address, sizeof address);
	MHD_run(daemon);
	MHD_stop_daemon(daemon);
	close(ends[0]);
	return atomic_load(&is_called);
}
