#include "inspect/picture.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <zlib.h>

/* JPEG (ITU-T T.81, annex B) */

#define JPEG_SOF0 0xC0
#define JPEG_SOF15 0xCF
#define JPEG_DHT 0xC4
#define JPEG_JPG 0xC8
#define JPEG_DAC 0xCC
#define JPEG_RST0 0xD0
#define JPEG_RST7 0xD7
#define JPEG_SOI 0xD8
#define JPEG_EOI 0xD9
#define JPEG_SOS 0xDA
#define JPEG_TEM 0x01

struct jpeg {
	const unsigned char *bytes;
	size_t length, at;
	bool has_frame, has_scan;
};

/* The next marker, past what fills the space before it, or -1. */
static int next_marker(struct jpeg *jpeg)
{
	if (jpeg->at + 2 > jpeg->length || jpeg->bytes[jpeg->at] != 0xFF)
		return -1;
	while (jpeg->at < jpeg->length && jpeg->bytes[jpeg->at] == 0xFF)
		jpeg->at++;
	return jpeg->at < jpeg->length ? jpeg->bytes[jpeg->at++] : -1;
}

static bool is_frame(int marker)
{
	return marker >= JPEG_SOF0 && marker <= JPEG_SOF15 && marker != JPEG_DHT && marker != JPEG_JPG && marker != JPEG_DAC;
}

/* To the next marker that is none of the picture's data: there, 0xFF is followed by a zero or says where to start again. */
static void skip_data(struct jpeg *jpeg)
{
	const unsigned char *bytes = jpeg->bytes;
	for (; jpeg->at + 1 < jpeg->length; jpeg->at++) {
		unsigned char next = bytes[jpeg->at + 1];
		if (bytes[jpeg->at] == 0xFF && next != 0 && next != 0xFF && !(next >= JPEG_RST0 && next <= JPEG_RST7))
			return;
	}
	jpeg->at = jpeg->length;
}

static bool take_segment(struct jpeg *jpeg, int marker)
{
	if ((marker >= JPEG_RST0 && marker <= JPEG_SOI) || marker == JPEG_TEM)
		return true;
	if (jpeg->at + 2 > jpeg->length)
		return false;
	const unsigned char *segment = jpeg->bytes + jpeg->at;
	size_t length = (size_t)segment[0] << 8 | segment[1];
	if (length < 2 || length > jpeg->length - jpeg->at)
		return false;
	if (is_frame(marker)) { /* a precision, and then the height and the width */
		if (length < 8 || !(segment[3] | segment[4]) || !(segment[5] | segment[6]))
			return false;
		jpeg->has_frame = true;
	}
	jpeg->at += length;
	if (marker == JPEG_SOS) {
		jpeg->has_scan = jpeg->has_frame;
		skip_data(jpeg);
	}
	return true;
}

const char *jpeg_look(const unsigned char *bytes, size_t length, const char **ret_media_type)
{
	struct jpeg jpeg = {.bytes = bytes, .length = length};
	int marker;
	while ((marker = next_marker(&jpeg)) != JPEG_EOI)
		if (marker < 0 || !take_segment(&jpeg, marker))
			return "damaged_file";
	*ret_media_type = "image/jpeg";
	return jpeg.has_scan ? NULL : "damaged_file";
}

/* PNG (ISO/IEC 15948) */

#define PNG_SIGNATURE 8
#define PNG_CHUNK 12 /* bytes of a chunk besides its data: length, type, CRC */

static uint32_t big_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool is_chunk(const unsigned char *chunk, const char *type)
{
	return memcmp(chunk + 4, type, 4) == 0;
}

const char *png_look(const unsigned char *bytes, size_t length, const char **ret_media_type)
{
	bool has_data = false;
	size_t at = PNG_SIGNATURE;
	while (length - at >= PNG_CHUNK) {
		const unsigned char *chunk = bytes + at;
		uint32_t size = big_endian(chunk);
		if (size > length - at - PNG_CHUNK || crc32(0, chunk + 4, size + 4) != big_endian(chunk + 8 + size))
			break;
		if ((at == PNG_SIGNATURE) != is_chunk(chunk, "IHDR")) /* the first one, and no other */
			break;
		if (is_chunk(chunk, "IHDR") && (size != 13 || big_endian(chunk + 8) == 0 || big_endian(chunk + 12) == 0))
			break;
		has_data = has_data || is_chunk(chunk, "IDAT");
		if (is_chunk(chunk, "IEND")) {
			*ret_media_type = "image/png";
			return has_data ? NULL : "damaged_file";
		}
		at += PNG_CHUNK + size;
	}
	return "damaged_file";
}
