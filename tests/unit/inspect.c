#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inspect/inspect.h"

/* What a file of tests/files is to be taken for: by its name's end, or by the folder of those that are refused. */
static const struct {
	const char *extension;
	const char *media_type;
} types[] = {
	{".pdf", "application/pdf"},
	{".ofd", "application/ofd"},
	{".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{".jpg", "image/jpeg"},
	{".png", "image/png"},
};

struct file {
	unsigned char *bytes;
	size_t size;
};

static const char *fixtures(void)
{
	const char *folder = getenv("SCIDAY_FIXTURES");
	return folder ? folder : "build/fixtures";
}

/* The file's bytes in a block of its own, so that reading beyond them is seen. */
static struct file open_file(const char *path)
{
	FILE *stream = fopen(path, "rb");
	assert_non_null(stream);
	fseek(stream, 0, SEEK_END);
	struct file file = {.size = (size_t)ftell(stream)};
	rewind(stream);
	file.bytes = malloc(file.size ? file.size : 1);
	assert_int_equal(fread(file.bytes, 1, file.size, stream), file.size);
	fclose(stream);
	return file;
}

static const char *type_of(const char *path)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(strrchr(path, '.'), types[i].extension) == 0)
			return types[i].media_type;
	fail_msg("%s is of no type", path);
	return NULL;
}

/* How many of the files are not what they are to be. The code that they are refused with is their folder's name, or NULL. */
static unsigned inspect_all(const char *pattern, const char *code)
{
	char path[512];
	glob_t found;
	unsigned wrong = 0;
	snprintf(path, sizeof path, "%s/%s", fixtures(), pattern);
	assert_int_equal(glob(path, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct file file = open_file(found.gl_pathv[i]);
		const char *text = NULL;
		bool is_taken = inspect(file.bytes, file.size, &text) == INSPECTION_TAKEN;
		if (is_taken != !code || strcmp(text, code ? code : type_of(found.gl_pathv[i])) != 0) {
			print_error("%s is %s %s\n", found.gl_pathv[i], is_taken ? "taken for" : "refused as", text);
			wrong++;
		}
		free(file.bytes);
	}
	globfree(&found);
	return wrong;
}

static void ordinary_files_are_taken(void **state)
{
	(void)state;
	assert_int_equal(inspect_all("taken/*", NULL) + inspect_all("*.[!h]*", NULL), 0);
}

static void each_refusal_is_by_what_it_is(void **state)
{
	(void)state;
	static const char *const codes[] = {"active_content",   "damaged_file",    "embedded_file",
	                                    "encrypted_file",   "macros",          "external_reference",
	                                    "file_too_complex", "old_office_file", "unsupported_file_type"};
	unsigned wrong = 0;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		char pattern[64];
		snprintf(pattern, sizeof pattern, "refused/%s/*", codes[i]);
		wrong += inspect_all(pattern, codes[i]);
	}
	assert_int_equal(wrong, 0);
}

/* Nothing that is cut or bent may do more than be refused, or be taken for what it still is. */
static void nothing_that_is_bent_does_harm(void **state)
{
	(void)state;
	static const char *const names[] = {"form.docx",
	                                    "form.pdf",
	                                    "refused/active_content/chained_packed.pdf",
	                                    "taken/owner_aes_256_packed.pdf",
	                                    "taken/formulas.xlsx",
	                                    "taken/chart.docx",
	                                    "taken/stamped.ofd",
	                                    "photo.jpg",
	                                    "dot.png"};
	srandom(1);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[512];
		snprintf(path, sizeof path, "%s/%s", fixtures(), names[i]);
		struct file file = open_file(path);
		size_t size = file.size;
		for (int bent = 0; bent < 400; bent++) {
			size_t at = (size_t)random() % size;
			unsigned char was = file.bytes[at];
			file.bytes[at] = (unsigned char)random();
			if (bent % 4 == 0)
				file.size = (size_t)random() % size + 1;
			const char *text;
			inspect(file.bytes, file.size, &text);
			file.size = size;
			if (bent % 3)
				file.bytes[at] = was;
		}
		free(file.bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary_files_are_taken),
		cmocka_unit_test(each_refusal_is_by_what_it_is),
		cmocka_unit_test(nothing_that_is_bent_does_harm),
	};
	return cmocka_run_group_tests_name("inspect", tests, NULL, NULL);
}
