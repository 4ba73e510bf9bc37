#include "inspect/inspect.h"

#include <string.h>

#include "base/arena.h"
#include "inspect/package.h"
#include "inspect/pdf.h"

#define HEAD 8 /* bytes that tell the types apart */
#define TAIL 8

enum type { TYPE_UNDECIDED, TYPE_NONE, TYPE_PDF, TYPE_PACKAGE, TYPE_JPEG, TYPE_PNG };

static const struct {
	enum type type;
	const char *bytes;
	size_t length;
} beginnings[] = {
	{TYPE_PDF, "%PDF-", 5},
	{TYPE_PACKAGE, "PK\3\4", 4},
	{TYPE_JPEG, "\xff\xd8\xff", 3},
	{TYPE_PNG, "\x89PNG\r\n\x1a\n", 8},
};

struct inspection {
	struct arena *arena;
	enum type type;
	unsigned char head[HEAD];
	size_t head_length;
	unsigned char tail[TAIL];
	struct pdf *pdf;
};

struct inspection *inspection_create(struct arena *arena)
{
	struct inspection *inspection = arena_alloc(arena, sizeof *inspection);
	inspection->arena = arena;
	return inspection;
}

static void decide(struct inspection *inspection, const unsigned char *bytes, size_t length)
{
	size_t count = length < HEAD - inspection->head_length ? length : HEAD - inspection->head_length;
	memcpy(inspection->head + inspection->head_length, bytes, count);
	inspection->head_length += count;
	if (inspection->head_length < HEAD)
		return;
	inspection->type = TYPE_NONE;
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
		if (memcmp(inspection->head, beginnings[i].bytes, beginnings[i].length) == 0)
			inspection->type = beginnings[i].type;
	if (inspection->type == TYPE_PDF) {
		inspection->pdf = pdf_create(inspection->arena);
		pdf_read(inspection->pdf, inspection->head, HEAD - count);
	}
}

static void keep_tail(struct inspection *inspection, const unsigned char *bytes, size_t length)
{
	size_t count = length < TAIL ? length : TAIL;
	memmove(inspection->tail, inspection->tail + count, TAIL - count);
	memcpy(inspection->tail + TAIL - count, bytes + length - count, count);
}

bool inspection_read(struct inspection *inspection, const void *bytes, size_t length)
{
	if (length == 0)
		return true;
	keep_tail(inspection, bytes, length);
	if (inspection->type == TYPE_UNDECIDED)
		decide(inspection, bytes, length);
	if (inspection->pdf)
		pdf_read(inspection->pdf, bytes, length);
	return inspection->type != TYPE_NONE;
}

static enum inspection_result judge(const char *code, const char *media_type, const char **ret_text)
{
	*ret_text = code ? code : media_type;
	return code ? INSPECTION_REFUSED : INSPECTION_TAKEN;
}

enum inspection_result inspection_finish(struct inspection *inspection, const struct inspect_source *source,
                                         const char **ret_text)
{
	switch (inspection->type) {
	case TYPE_PDF:
		return judge(pdf_finish(inspection->pdf), "application/pdf", ret_text);
	case TYPE_PACKAGE:
		return package_inspect(source, ret_text);
	case TYPE_JPEG: /* telephones put more behind the end of the picture */
		return judge(NULL, "image/jpeg", ret_text);
	case TYPE_PNG: /* the last chunk is IEND, and empty (ISO/IEC 15948, section 11.2.5) */
		return judge(memcmp(inspection->tail, "IEND\xae\x42\x60\x82", TAIL) == 0 ? NULL : "damaged_file", "image/png",
		             ret_text);
	default:
		return judge("unsupported_file_type", NULL, ret_text);
	}
}
