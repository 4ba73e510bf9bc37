/*
 * Runs a fuzzer on the files of the folders named, without libFuzzer, and says so as TAP. An input that does not
 * hold ends the process, so that its line is missing.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuzz.h"

/* In a block of its own and of its size, so that reading beyond it is seen. */
static uint8_t *read_file(const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "rb");
	struct stat status;
	if (!file || fstat(fileno(file), &status) != 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	*ret_size = (size_t)status.st_size;
	uint8_t *bytes = malloc(*ret_size ? *ret_size : 1);
	if (!bytes || fread(bytes, 1, *ret_size, file) != *ret_size)
		abort();
	fclose(file);
	return bytes;
}

static int is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static size_t replay_folder(const char *folder, size_t count)
{
	struct dirent **entries;
	int found = scandir(folder, &entries, is_input, alphasort);
	for (int i = 0; i < found; i++) {
		char path[4096];
		snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		free(entries[i]);
		fprintf(stderr, "# %s\n", path);
		size_t size;
		uint8_t *bytes = read_file(path, &size);
		LLVMFuzzerTestOneInput(bytes, size);
		free(bytes);
		printf("ok %zu - %s\n", ++count, path);
		fflush(stdout);
	}
	if (found >= 0)
		free(entries);
	return count;
}

int main(int argc, char **argv)
{
	size_t count = 0;
	for (int i = 1; i < argc; i++)
		count = replay_folder(argv[i], count);
	printf("1..%zu\n", count);
	return EXIT_SUCCESS;
}
