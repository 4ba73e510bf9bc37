/*
 * PDF (inspect/pdf.h). The input is a file, or the objects of one: for each a line "= DICTIONARY", and the content of its
 * stream, if it has one. The first is the catalogue.
 */
#include <string.h>

#include <zlib.h>

#include "file.h"

#define OBJECTS_MAXIMUM 64

static void append_stream(struct buffer *file, const struct fuzz_piece *piece)
{
	uLongf length = compressBound(piece->length);
	unsigned char *packed = arena_alloc(file->arena, length);
	compress(packed, &length, (const unsigned char *)piece->body, piece->length);
	bool is_packed = strstr(piece->head, "FlateDecode");
	buffer_printf(file, "<< %s /Length %zu >>\nstream\r\n", piece->head, is_packed ? (size_t)length : piece->length);
	if (is_packed)
		buffer_append(file, (const char *)packed, length);
	else
		buffer_append(file, piece->body, piece->length);
	buffer_append_string(file, "\nendstream");
}

/* With a table of where each object is (ISO 32000-1, section 7.5.4), so that no reader has to look for them. */
static struct buffer write_file(struct arena *arena, const uint8_t *bytes, size_t size)
{
	struct buffer file = buffer_create(arena), table = buffer_create(arena);
	struct fuzz_piece piece;
	size_t count = 1;
	buffer_append_string(&file, "%PDF-1.7\n");
	for (; count < OBJECTS_MAXIMUM && fuzz_next_piece(arena, &bytes, &size, &piece); count++) {
		buffer_printf(&table, "%010zu 00000 n \n", file.length);
		buffer_printf(&file, "%zu 0 obj\n", count);
		if (piece.length > 0)
			append_stream(&file, &piece);
		else
			buffer_printf(&file, "<< %s >>", piece.head);
		buffer_append_string(&file, "\nendobj\n");
	}
	size_t start = file.length;
	buffer_printf(&file, "xref\n0 %zu\n0000000000 65535 f \n%s", count, table.data);
	buffer_printf(&file, "trailer\n<< /Size %zu /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", count, start);
	return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	if (size >= 5 && memcmp(bytes, "%PDF-", 5) == 0) {
		fuzz_inspect(bytes, size);
		return 0;
	}
	struct buffer file = write_file(arena, bytes, size);
	fuzz_inspect(file.data, file.length);
	return 0;
}
