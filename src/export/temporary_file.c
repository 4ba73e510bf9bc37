#include "export/temporary_file.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <xlsxwriter.h>

static _Thread_local bool has_failed;

bool temporary_file_has_failed(void)
{
	return has_failed;
}

void temporary_file_forget(void)
{
	has_failed = false;
}

int temporary_file_create(void)
{
	const char *folder = getenv("TMPDIR");
	char *path = NULL;
	if (asprintf(&path, "%s/sciday.XXXXXX", folder && *folder ? folder : "/tmp") < 0)
		abort(); /* only memory can have run out */
	int descriptor = mkostemp(path, O_CLOEXEC);
	if (descriptor >= 0)
		unlink(path);
	free(path);
	return descriptor;
}

/* A stream whose cookie is the descriptor. */

static int descriptor_of(void *cookie)
{
	return (int)(intptr_t)cookie;
}

static ssize_t read_part(void *cookie, char *buffer, size_t size)
{
	return read(descriptor_of(cookie), buffer, size);
}

static ssize_t write_part(void *cookie, const char *buffer, size_t size)
{
	size_t written = 0;
	while (written < size) {
		ssize_t count = write(descriptor_of(cookie), buffer + written, size - written);
		if (count <= 0) {
			has_failed = true;
			break;
		}
		written += (size_t)count;
	}
	return (ssize_t)written;
}

static int seek_part(void *cookie, off64_t *offset, int whence)
{
	*offset = lseek(descriptor_of(cookie), *offset, whence);
	return *offset < 0 ? -1 : 0;
}

static int close_part(void *cookie)
{
	return close(descriptor_of(cookie));
}

/* The library's own, in whose place it stands (a program's symbols go before its libraries'). */
FILE *lxw_tmpfile(char *tmpdir)
{
	(void)tmpdir;
	int descriptor = temporary_file_create();
	FILE *stream = NULL;
	if (descriptor >= 0)
		stream = fopencookie(
			(void *)(intptr_t)descriptor, "w+",
			(cookie_io_functions_t){.read = read_part, .write = write_part, .seek = seek_part, .close = close_part});
	if (stream)
		return stream;
	if (descriptor >= 0)
		close(descriptor);
	has_failed = true;
	return NULL;
}
