#include "document/content.h"

#include "base/arena.h"
#include "document/bytes.h"
#include "operation/unit.h"
#include "statements.h"

size_t content_read(const struct exchange *exchange, const char *document_id, unsigned long long at, void *buffer, size_t room)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct values values = {0};
	values_set(&values, "document_id", document_id);
	values_set(&values, "ordinal", arena_printf(arena, "%llu", at / PIECE_SIZE));
	const struct db_step step = {&statement_document_piece, &values};
	struct db_rows rows;
	struct problem *problem = unit_run(exchange, UNIT_READ, arena, &step, 1, &rows);
	const char *text = problem ? NULL : db_field(&rows, 0, "bytes");
	return text ? bytes_decode(text, (size_t)(at % PIECE_SIZE), buffer, room) : 0;
}
