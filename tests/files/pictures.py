"""Pictures, whole and in part."""

import struct
import zlib


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(data=png_chunk(b"IDAT", zlib.compress(b"\0\x80")), size=(1, 1)):
    """One grey dot."""
    header = struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + data + png_chunk(b"IEND", b"")


def jpeg_segment(marker, data):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg():
    """Grey: a thumbnail in a segment of its own, as cameras put it there, a frame, and a scan of two thousand bytes."""
    tables = jpeg_segment(0xDB, b"\0" + b"\1" * 64) + jpeg_segment(0xC4, b"\0\1" + b"\0" * 15 + b"\0")
    frame = jpeg_segment(0xC0, b"\x08\0\x08\0\x08\1\1\x11\0")
    scan = jpeg_segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x55\xff\0\xff\xd0" * 400
    thumbnail = jpeg_segment(0xE1, b"Exif\0\0\xff\xd8\xff\xd9")
    return b"\xff\xd8" + jpeg_segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + thumbnail + tables + frame + scan + b"\xff\xd9"


def files():
    photo, dot = jpeg(), png()
    frame = photo.index(b"\xff\xc0")
    damaged = {
        "half.jpg": photo[: len(photo) // 2],
        "tiny.jpg": photo[:8],
        "no_end.jpg": photo[:-2],
        "no_scan.jpg": photo[:frame] + b"\xff\xd9",
        "no_width.jpg": photo[: frame + 7] + b"\0\0" + photo[frame + 9 :],
        "cut.png": dot[:-6],
        "half.png": dot[: len(dot) // 2],
        "tiny.png": dot[:8],
        "bent.png": dot.replace(b"IDATx", b"IDATy"),
        "no_data.png": png(b""),
        "no_size.png": png(size=(0, 1)),
    }
    return {
        "photo.jpg": photo,
        "dot.png": dot,
        "taken/photo.jpg": photo,
        "taken/telephone.jpg": photo + b"a film of the moment before" * 100,
        "taken/filled.jpg": photo.replace(b"\xff\xc0", b"\xff\xff\xff\xc0"),
        "taken/dot.png": dot,
        "taken/cropped.png": dot + b"what was cut away",
    } | {f"refused/damaged_file/{name}": content for name, content in damaged.items()}
