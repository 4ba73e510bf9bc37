#include "server/gzip.h"

#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#include "http/reply.h"

#define COMPRESSION_MINIMUM 1024 /* bytes; below it gzip costs more than it saves */

bool gzip_worthwhile(const struct reply *reply)
{
	return reply->compressible && reply->body && reply->length >= COMPRESSION_MINIMUM;
}

char *gzip_bytes(const char *bytes, size_t length, size_t *ret_length)
{
	z_stream stream = {0};
	if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return NULL;
	char *compressed = malloc(length);
	stream.next_in = (const Bytef *)bytes;
	stream.avail_in = (uInt)length;
	stream.next_out = (Bytef *)compressed;
	stream.avail_out = (uInt)length;
	int status = compressed ? deflate(&stream, Z_FINISH) : Z_MEM_ERROR;
	deflateEnd(&stream);
	if (status != Z_STREAM_END) {
		free(compressed);
		return NULL;
	}
	*ret_length = length - stream.avail_out;
	return compressed;
}
