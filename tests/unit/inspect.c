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

#define PDF "application/pdf"
#define DOCX "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* The files of tests/fixtures.sh: what each is taken for, or why it is refused. */
static const struct {
	const char *name;
	enum inspection_result result;
	const char *text;
} files[] = {
	{"form.docx", INSPECTION_TAKEN, DOCX},
	{"form.pdf", INSPECTION_TAKEN, PDF},
	{"sheet.xlsx", INSPECTION_TAKEN, XLSX},
	{"linked.docx", INSPECTION_TAKEN, DOCX},
	{"plain.pdf", INSPECTION_TAKEN, PDF},
	{"packed.pdf", INSPECTION_TAKEN, PDF},
	{"dot.png", INSPECTION_TAKEN, "image/png"},
	{"photo.jpg", INSPECTION_TAKEN, "image/jpeg"},
	{"telephone.jpg", INSPECTION_TAKEN, "image/jpeg"},
	{"cropped.png", INSPECTION_TAKEN, "image/png"},
	{"zip64.docx", INSPECTION_TAKEN, DOCX},
	{"program.pdf", INSPECTION_REFUSED, "unsupported_file_type"},
	{"text.pdf", INSPECTION_REFUSED, "unsupported_file_type"},
	{"tiny.pdf", INSPECTION_REFUSED, "damaged_file"},
	{"empty.pdf", INSPECTION_REFUSED, "unsupported_file_type"},
	{"late.pdf", INSPECTION_REFUSED, "unsupported_file_type"},
	{"plain.zip", INSPECTION_REFUSED, "unsupported_file_type"},
	{"other.zip", INSPECTION_REFUSED, "unsupported_file_type"},
	{"cut.docx", INSPECTION_REFUSED, "damaged_file"},
	{"cut.png", INSPECTION_REFUSED, "damaged_file"},
	{"half.png", INSPECTION_REFUSED, "damaged_file"},
	{"bent.png", INSPECTION_REFUSED, "damaged_file"},
	{"no_data.png", INSPECTION_REFUSED, "damaged_file"},
	{"half.jpg", INSPECTION_REFUSED, "damaged_file"},
	{"tiny.jpg", INSPECTION_REFUSED, "damaged_file"},
	{"no_scan.jpg", INSPECTION_REFUSED, "damaged_file"},
	{"overlapping.docx", INSPECTION_REFUSED, "damaged_file"},
	{"uncounted.docx", INSPECTION_REFUSED, "damaged_file"},
	{"no_end.pdf", INSPECTION_REFUSED, "damaged_file"},
	{"outside.docx", INSPECTION_REFUSED, "damaged_file"},
	{"entities.docx", INSPECTION_REFUSED, "damaged_file"},
	{"fetch.docx", INSPECTION_REFUSED, "damaged_file"},
	{"liar.docx", INSPECTION_REFUSED, "damaged_file"},
	{"twice_packed.pdf", INSPECTION_REFUSED, "damaged_file"},
	{"broken_packing.pdf", INSPECTION_REFUSED, "damaged_file"},
	{"bomb.docx", INSPECTION_REFUSED, "file_too_complex"},
	{"ratio.docx", INSPECTION_REFUSED, "file_too_complex"},
	{"many.docx", INSPECTION_REFUSED, "file_too_complex"},
	{"countless.docx", INSPECTION_REFUSED, "file_too_complex"},
	{"inflating.pdf", INSPECTION_REFUSED, "file_too_complex"},
	{"macros.docx", INSPECTION_REFUSED, "macros"},
	{"macro_type.docx", INSPECTION_REFUSED, "macros"},
	{"embedded.docx", INSPECTION_REFUSED, "embedded_file"},
	{"embedded.pdf", INSPECTION_REFUSED, "embedded_file"},
	{"active.docx", INSPECTION_REFUSED, "active_content"},
	{"script.pdf", INSPECTION_REFUSED, "active_content"},
	{"escaped.pdf", INSPECTION_REFUSED, "active_content"},
	{"launch.pdf", INSPECTION_REFUSED, "active_content"},
	{"hidden.pdf", INSPECTION_REFUSED, "active_content"},
	{"stored.pdf", INSPECTION_REFUSED, "active_content"},
	{"untyped.pdf", INSPECTION_REFUSED, "active_content"},
	{"encrypted.pdf", INSPECTION_REFUSED, "encrypted_file"},
	{"template.docx", INSPECTION_REFUSED, "external_reference"},
};

struct file {
	unsigned char *bytes;
	size_t size;
};

/* The file's bytes in a block of its own, so that reading beyond them is seen. */
static struct file open_file(const char *name)
{
	const char *folder = getenv("SCIDAY_FIXTURES");
	char path[512];
	snprintf(path, sizeof path, "%s/%s", folder ? folder : "build/fixtures", name);
	FILE *stream = fopen(path, "rb");
	if (!stream)
		skip();
	fseek(stream, 0, SEEK_END);
	struct file file = {.size = (size_t)ftell(stream)};
	rewind(stream);
	file.bytes = malloc(file.size ? file.size : 1);
	assert_int_equal(fread(file.bytes, 1, file.size, stream), file.size);
	fclose(stream);
	return file;
}

static void each_file_is_what_its_bytes_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct file file = open_file(files[i].name);
		const char *text = NULL;
		enum inspection_result result = inspect(file.bytes, file.size, &text);
		if (result != files[i].result || strcmp(text, files[i].text) != 0)
			fail_msg("%s is %s, not %s", files[i].name, text, files[i].text);
		free(file.bytes);
	}
}

/* Nothing that is cut or bent may do more than be refused, or be taken for what it still is. */
static void nothing_that_is_bent_does_harm(void **state)
{
	(void)state;
	static const char *const names[] = {"form.docx", "form.pdf", "hidden.pdf", "sheet.xlsx"};
	srandom(1);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct file file = open_file(names[i]);
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
		cmocka_unit_test(each_file_is_what_its_bytes_are),
		cmocka_unit_test(nothing_that_is_bent_does_harm),
	};
	return cmocka_run_group_tests_name("inspect", tests, NULL, NULL);
}
