/* JPEG and PNG (inspect/picture.h): the input is a file. The checksums of a PNG are set right, which a fuzzer could not. */
#include <string.h>

#include <arpa/inet.h>
#include <zlib.h>

#include "file.h"

static void set_checksums(unsigned char *file, size_t length)
{
	for (size_t at = 8; length >= 20 && at <= length - 12;) {
		uint32_t size, sum;
		memcpy(&size, file + at, 4);
		size = ntohl(size);
		if (size > length - at - 12)
			return;
		sum = htonl((uint32_t)crc32(0, file + at + 4, size + 4));
		memcpy(file + at + 8 + size, &sum, 4);
		at += size + 12;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	if (size == 0 || (bytes[0] != 0x89 && bytes[0] != 0xFF))
		return 0;
	unsigned char *file = arena_alloc(arena, size);
	memcpy(file, bytes, size);
	if (file[0] == 0x89)
		set_checksums(file, size);
	/* A picture that is whole may have more behind it, and part of it is none. */
	HOLDS(!fuzz_inspect(file, size < 24 ? size : 24));
	if (!fuzz_inspect(file, size))
		return 0;
	unsigned char *longer = arena_alloc(arena, size + 3);
	memcpy(longer, file, size);
	HOLDS(fuzz_inspect(longer, size + 3));
	return 0;
}
