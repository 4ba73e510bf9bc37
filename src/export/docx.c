#include "export/docx.h"

#include <libxml/xmlwriter.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"
#include "export/docx_files.h"
#include "export/form.h"
#include "export/package.h"
#include "export/pdf.h"

/* Twentieths of a point: the same A4 as the PDF's. */
#define TEXT_WIDTH "8946"
#define LABEL_WIDTH 1926
#define SHARE_WIDTH 585

#define WORD "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define RELATIONSHIPS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

/* An XML file while it is written. */
struct sheet {
	struct arena *arena;
	xmlBufferPtr buffer;
	xmlTextWriterPtr writer;
};

#define X(text_) ((const xmlChar *)(text_))

static void release_buffer(void *buffer)
{
	xmlBufferFree(buffer);
}

static bool sheet_begin(struct sheet *ret_sheet, struct arena *arena)
{
	*ret_sheet = (struct sheet){.arena = arena, .buffer = xmlBufferCreate()};
	if (!ret_sheet->buffer)
		return false;
	arena_defer(arena, release_buffer, ret_sheet->buffer);
	ret_sheet->writer = xmlNewTextWriterMemory(ret_sheet->buffer, 0);
	return ret_sheet->writer && xmlTextWriterStartDocument(ret_sheet->writer, "1.0", "UTF-8", "yes") >= 0;
}

/* The file, if all of it could be written: an error of the writer stays until its end. */
static bool sheet_end(struct sheet *sheet, const char *name, struct package_file *ret_file)
{
	bool is_good = xmlTextWriterEndDocument(sheet->writer) >= 0;
	xmlFreeTextWriter(sheet->writer);
	*ret_file = (struct package_file){
		.name = name,
		.bytes = (const char *)xmlBufferContent(sheet->buffer),
		.length = (size_t)xmlBufferLength(sheet->buffer),
	};
	return is_good;
}

/* An element that stays open, with its attributes: name, value, …, NULL. */
static void __attribute__((sentinel)) begin(const struct sheet *sheet, const char *element, ...)
{
	va_list arguments;
	va_start(arguments, element);
	xmlTextWriterStartElement(sheet->writer, X(element));
	const char *name;
	while ((name = va_arg(arguments, const char *)))
		xmlTextWriterWriteAttribute(sheet->writer, X(name), X(va_arg(arguments, const char *)));
	va_end(arguments);
}

static void end(const struct sheet *sheet)
{
	xmlTextWriterEndElement(sheet->writer);
}

/* An element with attributes and nothing in it. */
#define leaf(sheet_, ...) (begin((sheet_), __VA_ARGS__), end(sheet_))

static size_t box_length(const char *text)
{
	return strncmp(text, "☑", 3) == 0 || strncmp(text, "☐", 3) == 0 ? 3 : 0;
}

static void write_run(const struct sheet *sheet, const char *text, size_t length, bool is_box)
{
	if (length == 0)
		return;
	begin(sheet, "w:r", NULL);
	if (is_box) {
		begin(sheet, "w:rPr", NULL);
		leaf(sheet, "w:rFonts", "w:ascii", SYMBOL_FONT, "w:hAnsi", SYMBOL_FONT, "w:eastAsia", SYMBOL_FONT, "w:cs",
		     SYMBOL_FONT, NULL);
		end(sheet);
	}
	begin(sheet, "w:t", "xml:space", "preserve", NULL);
	xmlTextWriterWriteString(sheet->writer, X(text_of_characters(sheet->arena, arena_strndup(sheet->arena, text, length))));
	end(sheet);
	end(sheet);
}

/* Runs: the boxes in a font that has them, which a text font has not. */
static void write_text(const struct sheet *sheet, const char *text, size_t length)
{
	size_t from = 0;
	for (size_t at = 0; at < length; at++) {
		if (box_length(text + at) == 0)
			continue;
		write_run(sheet, text + from, at - from, false);
		write_run(sheet, text + at, box_length(text + at), true);
		from = at + box_length(text + at);
		at = from - 1;
	}
	write_run(sheet, text + from, length - from, false);
}

static void write_tab(const struct sheet *sheet)
{
	begin(sheet, "w:r", NULL);
	leaf(sheet, "w:tab", NULL);
	end(sheet);
}

static void write_field_mark(const struct sheet *sheet, const char *type)
{
	begin(sheet, "w:r", NULL);
	leaf(sheet, "w:fldChar", "w:fldCharType", type, NULL);
	end(sheet);
}

/* A field, with the text that it shows until it is counted anew. */
static void write_field(const struct sheet *sheet, const char *instruction, const char *shown)
{
	write_field_mark(sheet, "begin");
	begin(sheet, "w:r", NULL);
	begin(sheet, "w:instrText", "xml:space", "preserve", NULL);
	xmlTextWriterWriteString(sheet->writer, X(instruction));
	end(sheet);
	end(sheet);
	write_field_mark(sheet, "separate");
	write_text(sheet, shown, strlen(shown));
	write_field_mark(sheet, "end");
}

static void begin_paragraph(const struct sheet *sheet, const char *style)
{
	begin(sheet, "w:p", NULL);
	begin(sheet, "w:pPr", NULL);
	leaf(sheet, "w:pStyle", "w:val", style, NULL);
	end(sheet);
}

/* A paragraph for each line of the text. */
static void write_paragraphs(const struct sheet *sheet, const char *text, const char *style)
{
	do {
		size_t length = strcspn(text, "\n");
		begin_paragraph(sheet, style);
		write_text(sheet, text, length);
		end(sheet);
		text += length + (text[length] == '\n');
	} while (*text);
}

static void write_pair(const struct sheet *sheet, const struct form_block *block)
{
	begin_paragraph(sheet, "FormPair");
	write_text(sheet, block->text, strlen(block->text));
	write_tab(sheet);
	write_text(sheet, block->right, strlen(block->right));
	end(sheet);
}

/* Tables */

static void begin_cell(const struct sheet *sheet, unsigned width, unsigned span, const char *merge)
{
	begin(sheet, "w:tc", NULL);
	begin(sheet, "w:tcPr", NULL);
	leaf(sheet, "w:tcW", "w:w", arena_printf(sheet->arena, "%u", width), "w:type", "dxa", NULL);
	if (span > 1)
		leaf(sheet, "w:gridSpan", "w:val", arena_printf(sheet->arena, "%u", span), NULL);
	if (merge)
		leaf(sheet, "w:vMerge", "w:val", merge, NULL);
	leaf(sheet, "w:vAlign", "w:val", "center", NULL);
	end(sheet);
}

static void write_line(const struct sheet *sheet, const struct form_block *row, size_t index)
{
	const struct form_line *line = &row->lines[index];
	begin(sheet, "w:tr", NULL);
	begin_cell(sheet, LABEL_WIDTH, 1, row->line_count == 1 ? NULL : index == 0 ? "restart" : "continue");
	write_paragraphs(sheet, index == 0 ? row->text : "", "FormLabel");
	end(sheet);
	for (size_t i = 0; i < line->count; i++) {
		const struct form_cell *cell = &line->cells[i];
		begin_cell(sheet, SHARE_WIDTH * cell->share, cell->share, NULL);
		write_paragraphs(sheet, cell->text, cell->is_label ? "FormLabel" : "FormCell");
		end(sheet);
	}
	end(sheet);
}

static void begin_table(const struct sheet *sheet)
{
	begin(sheet, "w:tbl", NULL);
	begin(sheet, "w:tblPr", NULL);
	leaf(sheet, "w:tblStyle", "w:val", "FormTable", NULL);
	leaf(sheet, "w:tblW", "w:w", TEXT_WIDTH, "w:type", "dxa", NULL);
	leaf(sheet, "w:tblLayout", "w:type", "fixed", NULL);
	end(sheet);
	begin(sheet, "w:tblGrid", NULL);
	leaf(sheet, "w:gridCol", "w:w", arena_printf(sheet->arena, "%d", LABEL_WIDTH), NULL);
	for (unsigned i = 0; i < FORM_SHARES; i++)
		leaf(sheet, "w:gridCol", "w:w", arena_printf(sheet->arena, "%d", SHARE_WIDTH), NULL);
	end(sheet);
}

/* The rows from this block on; how many they were. */
static size_t write_table(const struct sheet *sheet, const struct form_part *part, size_t from)
{
	size_t at = from;
	begin_table(sheet);
	for (; at < part->block_count && part->blocks[at].kind == FORM_ROW; at++)
		for (size_t i = 0; i < part->blocks[at].line_count; i++)
			write_line(sheet, &part->blocks[at], i);
	end(sheet);
	if (at < part->block_count && part->blocks[at].kind != FORM_NOTE)
		write_paragraphs(sheet, "", "FormGap");
	return at - from;
}

/* The table of contents */

static const char *bookmark(struct arena *arena, size_t part)
{
	return arena_printf(arena, "part_%zu", part + 1);
}

static void write_entry(const struct sheet *sheet, const struct form_part *part, size_t index, unsigned page)
{
	const char *target = bookmark(sheet->arena, index);
	begin_paragraph(sheet, "FormEntry");
	begin(sheet, "w:hyperlink", "w:anchor", target, NULL);
	write_text(sheet, part->name, strlen(part->name));
	if (part->detail) {
		write_text(sheet, "　", strlen("　"));
		write_text(sheet, part->detail, strlen(part->detail));
	}
	write_tab(sheet);
	write_field(sheet, arena_printf(sheet->arena, " PAGEREF %s \\h ", target), arena_printf(sheet->arena, "%u", page));
	end(sheet);
	end(sheet);
}

/* The whole */

static void write_block(const struct sheet *sheet, const struct form *form, const unsigned *pages, const struct form_part *part,
                        const struct form_block *block)
{
	static const char *const styles[] = {
		[FORM_SUPERTITLE] = "FormSupertitle",
		[FORM_HEADING] = "Heading1",
		[FORM_PARAGRAPH] = "BodyText",
		[FORM_NOTE] = "FormNote",
	};
	if (block->kind == FORM_PAIR) {
		write_pair(sheet, block);
	} else if (block->kind == FORM_CONTENTS) {
		for (size_t i = (size_t)(part - form->parts) + 1; i < form->part_count; i++)
			write_entry(sheet, &form->parts[i], i, pages[i]);
	} else {
		write_paragraphs(sheet, block->text, styles[block->kind]);
	}
}

static void write_section(const struct sheet *sheet, size_t part)
{
	begin(sheet, "w:sectPr", NULL);
	leaf(sheet, "w:footerReference", "w:type", "default", "r:id", arena_printf(sheet->arena, "rIdFooter%zu", part + 1), NULL);
	leaf(sheet, "w:type", "w:val", "nextPage", NULL);
	leaf(sheet, "w:pgSz", "w:w", "11906", "w:h", "16838", NULL);
	leaf(sheet, "w:pgMar", "w:top", "1480", "w:right", "1480", "w:bottom", "1500", "w:left", "1480", "w:header", "720",
	     "w:footer", "860", "w:gutter", "0", NULL);
	end(sheet);
}

/* What the table of contents leads to. */
static void write_marked_title(const struct sheet *sheet, const char *text, size_t part)
{
	const char *id = arena_printf(sheet->arena, "%zu", part);
	begin_paragraph(sheet, "Title");
	leaf(sheet, "w:bookmarkStart", "w:id", id, "w:name", bookmark(sheet->arena, part), NULL);
	write_text(sheet, text, strlen(text));
	leaf(sheet, "w:bookmarkEnd", "w:id", id, NULL);
	end(sheet);
}

/* A part, which ends with its section: in a paragraph too small to be seen, but for the last. */
static void write_part(const struct sheet *sheet, const struct form *form, const unsigned *pages, size_t index)
{
	const struct form_part *part = &form->parts[index];
	for (size_t i = 0; i < part->block_count; i++)
		if (part->blocks[i].kind == FORM_ROW)
			i += write_table(sheet, part, i) - 1;
		else if (part->blocks[i].kind == FORM_TITLE)
			write_marked_title(sheet, part->blocks[i].text, index);
		else
			write_block(sheet, form, pages, part, &part->blocks[i]);
	begin(sheet, "w:p", NULL);
	begin(sheet, "w:pPr", NULL);
	leaf(sheet, "w:pStyle", "w:val", "FormEnd", NULL);
	if (index + 1 < form->part_count)
		write_section(sheet, index);
	end(sheet);
	end(sheet);
}

static bool write_document(const struct form *form, const unsigned *pages, struct package_file *ret_file)
{
	struct sheet sheet;
	if (!sheet_begin(&sheet, form->arena))
		return false;
	begin(&sheet, "w:document", "xmlns:w", WORD, "xmlns:r", RELATIONSHIPS, NULL);
	begin(&sheet, "w:body", NULL);
	for (size_t i = 0; i < form->part_count; i++)
		write_part(&sheet, form, pages, i);
	write_section(&sheet, form->part_count - 1);
	return sheet_end(&sheet, "word/document.xml", ret_file);
}

static bool write_footer(const struct form *form, size_t index, struct package_file *ret_file)
{
	const struct form_part *part = &form->parts[index];
	struct sheet sheet;
	if (!sheet_begin(&sheet, form->arena))
		return false;
	begin(&sheet, "w:ftr", "xmlns:w", WORD, NULL);
	begin_paragraph(&sheet, "Footer");
	if (part->footer)
		write_text(&sheet, part->footer, strlen(part->footer));
	write_tab(&sheet);
	write_text(&sheet, "第 ", strlen("第 "));
	write_field(&sheet, " PAGE ", "1");
	write_text(&sheet, " 页 共 ", strlen(" 页 共 "));
	write_field(&sheet, " NUMPAGES ", "1");
	write_text(&sheet, " 页", strlen(" 页"));
	write_tab(&sheet);
	if (part->digest)
		write_text(&sheet, part->digest, strlen(part->digest));
	return sheet_end(&sheet, arena_printf(form->arena, "word/footer%zu.xml", index + 1), ret_file);
}

static void write_property(const struct sheet *sheet, const char *element, const char *text)
{
	if (!text)
		return;
	begin(sheet, element, NULL);
	xmlTextWriterWriteString(sheet->writer, X(text_of_characters(sheet->arena, text)));
	end(sheet);
}

static void write_time(const struct sheet *sheet, const char *element, long long time)
{
	char instant[32];
	struct tm utc;
	strftime(instant, sizeof instant, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&(time_t){time}, &utc));
	begin(sheet, element, "xsi:type", "dcterms:W3CDTF", NULL);
	xmlTextWriterWriteString(sheet->writer, X(instant));
	end(sheet);
}

static bool write_core(const struct form *form, struct package_file *ret_file)
{
	struct sheet sheet;
	if (!sheet_begin(&sheet, form->arena))
		return false;
	begin(&sheet, "cp:coreProperties", "xmlns:cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
	      "xmlns:dc", "http://purl.org/dc/elements/1.1/", "xmlns:dcterms", "http://purl.org/dc/terms/", "xmlns:xsi",
	      "http://www.w3.org/2001/XMLSchema-instance", NULL);
	write_property(&sheet, "dc:title", form->title);
	write_property(&sheet, "dc:subject", form->subject);
	write_property(&sheet, "dc:creator", form->author);
	write_property(&sheet, "dc:language", "zh-CN");
	write_time(&sheet, "dcterms:created", form->written_at);
	write_time(&sheet, "dcterms:modified", form->written_at);
	return sheet_end(&sheet, "docProps/core.xml", ret_file);
}

static struct package_file file_of(const char *name, const char *text)
{
	return (struct package_file){.name = name, .bytes = text, .length = strlen(text)};
}

static struct package_file content_types(const struct form *form)
{
	struct buffer text = buffer_create(form->arena);
	buffer_append_string(&text, CONTENT_TYPES_BEGIN);
	for (size_t i = 0; i < form->part_count; i++)
		buffer_printf(&text, CONTENT_TYPE_OF_FOOTER, i + 1);
	buffer_append_string(&text, CONTENT_TYPES_END);
	return file_of("[Content_Types].xml", text.data);
}

static struct package_file document_relationships(const struct form *form)
{
	struct buffer text = buffer_create(form->arena);
	buffer_append_string(&text, RELATIONSHIPS_BEGIN);
	for (size_t i = 0; i < form->part_count; i++)
		buffer_printf(&text, RELATIONSHIP_OF_FOOTER, i + 1, i + 1);
	buffer_append_string(&text, RELATIONSHIPS_END);
	return file_of("word/_rels/document.xml.rels", text.data);
}

bool docx_render(struct typesetter *typesetter, const struct form *form, const char **ret_bytes, size_t *ret_length)
{
	unsigned *pages = arena_array(form->arena, form->part_count, sizeof *pages);
	if (form->part_count > 1)
		pdf_pages(typesetter, form, pages);
	struct package_file *files = arena_array(form->arena, form->part_count + 8, sizeof *files);
	size_t count = 0;
	files[count++] = content_types(form);
	files[count++] = file_of("_rels/.rels", PACKAGE_RELATIONSHIPS);
	if (!write_core(form, &files[count++]) || !write_document(form, pages, &files[count++]))
		return false;
	files[count++] = file_of("word/styles.xml", STYLES);
	files[count++] = file_of("word/settings.xml", SETTINGS);
	files[count++] = file_of("word/fontTable.xml", FONT_TABLE);
	files[count++] = document_relationships(form);
	for (size_t i = 0; i < form->part_count; i++)
		if (!write_footer(form, i, &files[count++]))
			return false;
	return package_make(form->arena, files, count, ret_bytes, ret_length);
}
