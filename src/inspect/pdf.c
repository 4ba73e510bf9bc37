#include "inspect/pdf.h"

#include <stdbool.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/arena.h"

#define NAME_MAXIMUM 16                      /* bytes: longer than any name that is looked for */
#define KEYWORD_MAXIMUM 6                    /* "stream" */
#define TAIL 1024                            /* bytes at the end, among which %%EOF stands (ISO 32000-1, annex H, note 18) */
#define INFLATED_MAXIMUM (64u * 1024 * 1024) /* bytes of object streams in one file */

/* The names are looked for wherever they stand, so that no trick with strings or comments hides one. */
static const struct {
	const char *name;
	const char *code;
} refused_names[] = {
	{"JavaScript", "active_content"},  {"Launch", "active_content"},       {"RichMedia", "active_content"},
	{"EmbeddedFile", "embedded_file"}, {"EmbeddedFiles", "embedded_file"}, {"Encrypt", "encrypted_file"},
};

/* Reads names and keywords out of bytes that come in pieces. */
struct scanner {
	bool in_name;
	char name[NAME_MAXIMUM + 1]; /* with its #xx decoded (section 7.3.5) */
	size_t name_length;
	unsigned escape; /* digits of a #xx that are still to come */
	unsigned char escaped;
	char keyword[KEYWORD_MAXIMUM + 1];
	size_t keyword_length;
};

struct pdf {
	struct scanner outer, inner; /* of the file, and of what an object stream unpacks to */
	const char *code;            /* what was found first, or NULL */
	/* Of the object that is being read: whether it is an object stream, and how it is packed. */
	bool has_objects, is_flate, is_otherwise_packed;
	bool at_start;   /* of its bytes: the line that "stream" stands on may end in CR LF (section 7.3.8.1) */
	bool in_objects; /* in the bytes of an object stream, up to where its packing ends, whatever they look like */
	z_stream inflater;
	size_t inflated;
	unsigned char tail[TAIL];
	size_t tail_length;
};

static void end_inflater(void *inflater)
{
	inflateEnd(inflater);
}

static struct pdf *pdf_create(struct arena *arena)
{
	struct pdf *pdf = arena_alloc(arena, sizeof *pdf);
	if (inflateInit(&pdf->inflater) == Z_OK)
		arena_defer(arena, end_inflater, &pdf->inflater);
	else
		pdf->code = "damaged_file";
	return pdf;
}

static void refuse(struct pdf *pdf, const char *code)
{
	if (!pdf->code)
		pdf->code = code;
}

static void take_name(struct pdf *pdf, const struct scanner *scanner)
{
	for (size_t i = 0; i < sizeof refused_names / sizeof *refused_names; i++)
		if (strcmp(scanner->name, refused_names[i].name) == 0)
			refuse(pdf, refused_names[i].code);
	if (scanner != &pdf->outer || pdf->in_objects)
		return;
	if (strcmp(scanner->name, "ObjStm") == 0 || strcmp(scanner->name, "First") == 0)
		pdf->has_objects = true;
	else if (strcmp(scanner->name, "FlateDecode") == 0 || strcmp(scanner->name, "Fl") == 0)
		pdf->is_flate = true;
	else if (strstr(scanner->name, "Decode") || strcmp(scanner->name, "DecodeParms") == 0 ||
	         strcmp(scanner->name, "Crypt") == 0 || strcmp(scanner->name, "LZW") == 0 || strcmp(scanner->name, "AHx") == 0 ||
	         strcmp(scanner->name, "A85") == 0 || strcmp(scanner->name, "RL") == 0)
		pdf->is_otherwise_packed = true;
}

static void take_keyword(struct pdf *pdf, const struct scanner *scanner)
{
	if (scanner != &pdf->outer || pdf->in_objects)
		return;
	if (strcmp(scanner->keyword, "obj") == 0) {
		pdf->has_objects = pdf->is_flate = pdf->is_otherwise_packed = false;
	} else if (strcmp(scanner->keyword, "stream") == 0 && pdf->has_objects) {
		if (pdf->is_otherwise_packed) /* as no writer does, and nobody could look into it */
			refuse(pdf, "damaged_file");
		pdf->in_objects = pdf->is_flate && !pdf->is_otherwise_packed && inflateReset(&pdf->inflater) == Z_OK;
		pdf->at_start = true;
	}
}

/* Neither white space nor a delimiter (section 7.2.2). */
static bool is_regular(unsigned char byte)
{
	switch (byte) {
	case '\0':
	case '\t':
	case '\n':
	case '\f':
	case '\r':
	case ' ':
	case '(':
	case ')':
	case '<':
	case '>':
	case '[':
	case ']':
	case '{':
	case '}':
	case '/':
	case '%':
		return false;
	default:
		return true;
	}
}

static int hexadecimal(unsigned char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static void append_to_name(struct scanner *scanner, unsigned char byte)
{
	if (scanner->escape > 0 && hexadecimal(byte) >= 0) {
		scanner->escaped = (unsigned char)(scanner->escaped << 4 | hexadecimal(byte));
		if (--scanner->escape > 0)
			return;
		byte = scanner->escaped;
	} else if (byte == '#') {
		scanner->escape = 2;
		return;
	}
	if (scanner->name_length < NAME_MAXIMUM)
		scanner->name[scanner->name_length++] = (char)byte;
	else
		scanner->name_length = NAME_MAXIMUM + 1; /* too long to be any of them */
}

static void end_token(struct pdf *pdf, struct scanner *scanner)
{
	if (scanner->in_name && scanner->name_length <= NAME_MAXIMUM) {
		scanner->name[scanner->name_length] = '\0';
		take_name(pdf, scanner);
	} else if (!scanner->in_name && scanner->keyword_length > 0 && scanner->keyword_length <= KEYWORD_MAXIMUM) {
		scanner->keyword[scanner->keyword_length] = '\0';
		take_keyword(pdf, scanner);
	}
	scanner->in_name = false;
	scanner->name_length = scanner->keyword_length = 0;
	scanner->escape = 0;
}

static void scan(struct pdf *pdf, struct scanner *scanner, unsigned char byte)
{
	if (!is_regular(byte)) {
		end_token(pdf, scanner);
		scanner->in_name = byte == '/';
		return;
	}
	if (scanner->in_name) {
		append_to_name(scanner, byte);
		return;
	}
	if (scanner->keyword_length < KEYWORD_MAXIMUM)
		scanner->keyword[scanner->keyword_length] = (char)byte;
	scanner->keyword_length++;
}

/* What an object stream unpacks to is read by a scanner of its own. */
static void unpack(struct pdf *pdf, unsigned char byte)
{
	bool is_newline = pdf->at_start && byte == '\n';
	pdf->at_start = false;
	if (is_newline)
		return;
	unsigned char out[4096];
	pdf->inflater.next_in = &byte;
	pdf->inflater.avail_in = 1;
	int status;
	do {
		pdf->inflater.next_out = out;
		pdf->inflater.avail_out = sizeof out;
		status = inflate(&pdf->inflater, Z_SYNC_FLUSH);
		size_t count = sizeof out - pdf->inflater.avail_out;
		pdf->inflated += count;
		for (size_t i = 0; i < count; i++)
			scan(pdf, &pdf->inner, out[i]);
		if (pdf->inflated > INFLATED_MAXIMUM) {
			refuse(pdf, "file_too_complex");
			pdf->in_objects = false;
			return;
		}
	} while (status == Z_OK && pdf->inflater.avail_out == 0);
	if (status == Z_STREAM_END) {
		scan(pdf, &pdf->inner, '\n');
		pdf->in_objects = false;
	} else if (status != Z_OK && status != Z_BUF_ERROR) {
		refuse(pdf, "damaged_file");
		pdf->in_objects = false;
	}
}

static void keep_tail(struct pdf *pdf, const unsigned char *bytes, size_t length)
{
	if (length > TAIL) {
		bytes += length - TAIL;
		length = TAIL;
	}
	size_t kept = pdf->tail_length < TAIL - length ? pdf->tail_length : TAIL - length;
	memmove(pdf->tail, pdf->tail + pdf->tail_length - kept, kept);
	memcpy(pdf->tail + kept, bytes, length);
	pdf->tail_length = kept + length;
}

static void pdf_read(struct pdf *pdf, const unsigned char *bytes, size_t length)
{
	keep_tail(pdf, bytes, length);
	for (size_t i = 0; i < length; i++) {
		bool in_objects = pdf->in_objects;
		scan(pdf, &pdf->outer, bytes[i]);
		if (in_objects && pdf->in_objects)
			unpack(pdf, bytes[i]);
	}
}

static const char *pdf_finish(struct pdf *pdf)
{
	scan(pdf, &pdf->outer, '\n');
	if (!pdf->code && pdf->in_objects)
		return "damaged_file";
	if (!pdf->code && !memmem(pdf->tail, pdf->tail_length, "%%EOF", 5))
		return "damaged_file";
	return pdf->code;
}

const char *pdf_look(const unsigned char *bytes, size_t length, const char **ret_media_type)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct pdf *pdf = pdf_create(arena);
	pdf_read(pdf, bytes, length);
	*ret_media_type = "application/pdf";
	return pdf_finish(pdf);
}
