#include "inspect/clamd.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE 60 /* seconds for each write and read */

struct clamd {
	int socket;
};

static int connect_to(const struct sockaddr *address, socklen_t length)
{
	int handle = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (handle < 0)
		return -1;
	const struct timeval patience = {.tv_sec = PATIENCE};
	setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience); /* connect(2) too */
	setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(handle, address, length) == 0)
		return handle;
	close(handle);
	return -1;
}

static int connect_path(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address.sun_path)
		return -1;
	memcpy(address.sun_path, path, strlen(path) + 1);
	return connect_to((const struct sockaddr *)&address, sizeof address);
}

static int connect_host(const char *address)
{
	char host[256];
	const char *colon = strrchr(address, ':');
	if (!colon || (size_t)(colon - address) >= sizeof host)
		return -1;
	bool bracketed = address[0] == '[' && colon[-1] == ']';
	snprintf(host, sizeof host, "%.*s", (int)(colon - address) - (bracketed ? 2 : 0), address + bracketed);
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return -1;
	int handle = -1;
	for (const struct addrinfo *each = found; each && handle < 0; each = each->ai_next)
		handle = connect_to(each->ai_addr, each->ai_addrlen);
	freeaddrinfo(found);
	return handle;
}

static bool send_all(int handle, const void *bytes, size_t length)
{
	for (size_t sent = 0; sent < length;) {
		ssize_t count = send(handle, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);
		if (count <= 0)
			return false;
		sent += (size_t)count;
	}
	return true;
}

struct clamd *clamd_open(const char *address)
{
	static const char command[] = "zINSTREAM"; /* with its NUL */
	int handle = address[0] == '/' ? connect_path(address) : connect_host(address);
	if (handle < 0)
		return NULL;
	if (!send_all(handle, command, sizeof command)) {
		close(handle);
		return NULL;
	}
	struct clamd *clamd = malloc(sizeof *clamd);
	if (!clamd)
		abort(); /* only memory can have run out */
	clamd->socket = handle;
	return clamd;
}

bool clamd_send(struct clamd *clamd, const void *bytes, size_t length)
{
	uint32_t size = htonl((uint32_t)length);
	return send_all(clamd->socket, &size, sizeof size) && send_all(clamd->socket, bytes, length);
}

enum clamd_answer clamd_finish(struct clamd *clamd)
{
	char answer[512];
	size_t length = 0;
	send_all(clamd->socket, "\0\0\0\0", 4); /* one that gave up before may still have answered */
	while (length < sizeof answer - 1) {
		ssize_t count = recv(clamd->socket, answer + length, sizeof answer - 1 - length, 0);
		if (count <= 0)
			break;
		length += (size_t)count;
		if (answer[length - 1] == '\0')
			break;
	}
	answer[length] = '\0';
	if (length == 0)
		return CLAMD_AWAY;
	if (strcmp(answer, "stream: OK") == 0)
		return CLAMD_CLEAN;
	size_t end = strlen(answer);
	return end >= 6 && strcmp(answer + end - 6, " FOUND") == 0 ? CLAMD_INFECTED : CLAMD_REFUSED;
}

void clamd_close(struct clamd *clamd)
{
	if (!clamd)
		return;
	close(clamd->socket);
	free(clamd);
}
