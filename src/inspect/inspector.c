#include "inspect/inspector.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

#define ANSWER_PATIENCE 30                         /* seconds that it is waited for */
#define CPU_MAXIMUM 5                              /* seconds: twenty times of what ordinary files take */
#define MEMORY_MAXIMUM ((size_t)512 * 1024 * 1024) /* bytes, besides the program itself */
#define FILE_MAXIMUM ((size_t)256 * 1024 * 1024)   /* bytes; the limit of uploads is a setting, and lower */
#define PROGRAM "/proc/self/exe"
#define NICENESS 10

struct inspector {
	int socket;
	pid_t process;
};

/* The service's side */

/* It has the socket for standard input and output, and nothing else of ours: no log, no connection, and no setting. */
static bool spawn(int socket, pid_t *ret_process)
{
	char *const arguments[] = {(char *)"sciday", (char *)"inspect", NULL};
	char *const environment[] = {NULL};
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	int status = posix_spawn(ret_process, PROGRAM, &actions, NULL, arguments, environment);
	posix_spawn_file_actions_destroy(&actions);
	return status == 0;
}

static bool begin(struct inspector *inspector)
{
	const struct timeval patience = {.tv_sec = ANSWER_PATIENCE};
	int sockets[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
		return false;
	bool begun = spawn(sockets[1], &inspector->process);
	close(sockets[1]);
	if (!begun) {
		close(sockets[0]);
		return false;
	}
	setsockopt(sockets[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	inspector->socket = sockets[0];
	return true;
}

struct inspector *inspector_start(void)
{
	struct inspector *inspector = calloc(1, sizeof *inspector);
	if (inspector && begin(inspector))
		return inspector;
	free(inspector);
	return NULL;
}

bool inspector_send(struct inspector *inspector, const void *bytes, size_t length)
{
	for (size_t sent = 0; sent < length;) {
		ssize_t count = send(inspector->socket, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);
		if (count <= 0)
			return false;
		sent += (size_t)count;
	}
	return true;
}

/* Whether it ended well. One that has not ended by now is not waited for. */
static bool end_process(struct inspector *inspector)
{
	int status = 0;
	if (inspector->process <= 0)
		return false;
	kill(inspector->process, SIGKILL);
	while (waitpid(inspector->process, &status, 0) < 0 && errno == EINTR)
		;
	inspector->process = 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

enum inspection_result inspector_finish(struct inspector *inspector, struct arena *arena, const char **ret_text)
{
	static const char taken[] = "taken ", refused[] = "refused ";
	char answer[256];
	size_t length = 0;
	ssize_t count = 0;
	shutdown(inspector->socket, SHUT_WR);
	while (length < sizeof answer - 1 &&
	       (count = recv(inspector->socket, answer + length, sizeof answer - 1 - length, 0)) > 0)
		length += (size_t)count;
	answer[length] = '\0';
	if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) /* this machine is slow, and the file not to blame */
		return INSPECTION_UNKNOWN;
	bool is_whole = count == 0 && length > 0 && answer[length - 1] == '\n' && end_process(inspector);
	answer[strcspn(answer, "\n")] = '\0';
	if (is_whole && strncmp(answer, taken, strlen(taken)) == 0) {
		*ret_text = arena_strdup(arena, answer + strlen(taken));
		return INSPECTION_TAKEN;
	}
	bool is_refused = is_whole && strncmp(answer, refused, strlen(refused)) == 0;
	*ret_text = is_refused ? arena_strdup(arena, answer + strlen(refused)) : "file_too_complex";
	return INSPECTION_REFUSED;
}

void inspector_stop(struct inspector *inspector)
{
	if (!inspector)
		return;
	close(inspector->socket);
	end_process(inspector);
	free(inspector);
}

/* The process's own side */

static void set_limit(__rlimit_resource_t resource, rlim_t limit)
{
	const struct rlimit both = {limit, limit};
	setrlimit(resource, &both);
}

/* What the program itself takes is not counted: a sanitizer's shadow is of terabytes. */
static bool bound_memory(void)
{
	char line[256];
	FILE *stream = fopen("/proc/self/statm", "re");
	bool known = stream && fgets(line, sizeof line, stream);
	if (stream)
		fclose(stream);
	if (known)
		set_limit(RLIMIT_AS, strtoull(line, NULL, 10) * (unsigned long long)sysconf(_SC_PAGESIZE) + MEMORY_MAXIMUM);
	return known;
}

/* In place, so that a file in a pipe needs no second copy to grow. */
static unsigned char *read_all(size_t *ret_length)
{
	unsigned char *bytes =
		mmap(NULL, FILE_MAXIMUM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t length = 0;
	ssize_t count = 1;
	while (bytes != MAP_FAILED && length < FILE_MAXIMUM && count > 0) {
		count = read(STDIN_FILENO, bytes + length, FILE_MAXIMUM - length);
		if (count > 0)
			length += (size_t)count;
	}
	*ret_length = length;
	return bytes != MAP_FAILED && count == 0 ? bytes : NULL;
}

int inspector_run(void)
{
	size_t length;
	const char *text;
	unsigned char *bytes = read_all(&length);
	set_limit(RLIMIT_CORE, 0);
	set_limit(RLIMIT_CPU, CPU_MAXIMUM);
	if (!bytes || !bound_memory() || nice(NICENESS) < 0)
		return 1;
	bool is_taken = inspect(bytes, length, &text) == INSPECTION_TAKEN;
	printf("%s %s\n", is_taken ? "taken" : "refused", text);
	return fflush(stdout) == 0 ? 0 : 1;
}
