/*
 * PDF (inspect/pdf.h). The input is a file, or the objects of one: for each a line "= DICTIONARY", and the content of its
 * stream, if it has one. The first is the catalogue.
 */
#include <string.h>

#include <qpdf/qpdf-c.h>
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

/* The file as another program writes it anew: unpacked, or with its objects in object streams. Empty for one that is damaged. */
static struct buffer rewrite(struct arena *arena, const void *bytes, size_t length, enum qpdf_object_stream_e packing)
{
	struct buffer file = buffer_create(arena);
	qpdf_data pdf = qpdf_init();
	qpdf_silence_errors(pdf);
	qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
	if (qpdf_read_memory(pdf, "document", bytes, length, NULL) == QPDF_SUCCESS &&
	    qpdf_init_write_memory(pdf) == QPDF_SUCCESS) {
		qpdf_set_object_stream_mode(pdf, packing);
		qpdf_set_stream_data_mode(pdf, packing == qpdf_o_generate ? qpdf_s_compress : qpdf_s_uncompress);
		qpdf_set_deterministic_ID(pdf, QPDF_TRUE);
		if (qpdf_write(pdf) == QPDF_SUCCESS)
			buffer_append(&file, (const char *)qpdf_get_buffer(pdf), qpdf_get_buffer_length(pdf));
	}
	if (qpdf_has_error(pdf))
		qpdf_get_error(pdf);
	qpdf_cleanup(&pdf);
	return file;
}

/* What acts in a file acts in it however its objects are written, and what does not does not. */
static void check(struct arena *arena, const void *bytes, size_t length)
{
	const char *text = NULL, *again = NULL;
	fuzz_inspect(bytes, length);
	enum inspection_result result = inspect(bytes, length, &text);
	if (result == INSPECTION_REFUSED && strcmp(text, "active_content") != 0)
		return;
	for (enum qpdf_object_stream_e packing = qpdf_o_disable; packing <= qpdf_o_generate; packing += 2) {
		struct buffer file = rewrite(arena, bytes, length, packing);
		if (file.length == 0)
			continue;
		HOLDS(inspect(file.data, file.length, &again) == result);
		HOLDS(result == INSPECTION_REFUSED || strcmp(text, again) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	if (size >= 5 && memcmp(bytes, "%PDF-", 5) == 0) {
		check(arena, bytes, size);
		return 0;
	}
	struct buffer file = write_file(arena, bytes, size);
	check(arena, file.data, file.length);
	return 0;
}
