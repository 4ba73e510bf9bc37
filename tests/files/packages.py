"""Office documents, as small as they may be, and what may be wrong with them."""

import io
import struct
import zipfile

MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
DOCX_TYPE, XLSX_TYPE = MAIN.format("wordprocessingml.document"), MAIN.format("spreadsheetml.sheet")
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
EVIL = "https://evil.example/x"


def archive(entries, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as written:
        for name, content in entries.items():
            written.writestr(name, content)
    return target.getvalue()


def relationships(*lines):
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{"".join(lines)}</Relationships>'


def relationship(kind, target, mode=' TargetMode="External"', number=1):
    address = kind if "://" in kind else RELATIONSHIPS + kind
    return f'<Relationship Id="r{number}" Type="{address}" Target="{target}"{mode}/>'


def package(main, content_type, types="", links="", extra=(), method=zipfile.ZIP_DEFLATED, content="<main/>"):
    folder, _, name = main.rpartition("/")
    entries = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{main}" ContentType="{content_type}"/>{types}</Types>',
        "_rels/.rels": relationships(relationship("officeDocument", main, "")),
        f"{folder}/_rels/{name}.rels": relationships(links),
        main: content,
    }
    return archive(entries | dict(extra), method)


def docx(content_type=DOCX_TYPE, **rest):
    return package("word/document.xml", content_type, **rest)


def xlsx(content_type=XLSX_TYPE, **rest):
    return package("xl/workbook.xml", content_type, **rest)


def content_types(text):
    return archive({"[Content_Types].xml": text, "word/document.xml": "<document/>"})


def zip_end(count, size, start):
    return struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, size, start, 0)


def directories(whole):
    """What a good document's central directory may be made to say."""
    end = whole.rindex(b"PK\5\6")
    count, size, start = struct.unpack("<HII", whole[end + 10 : end + 20])
    entries = whole[start:end]
    first = entries[: entries.index(b"PK\1\2", 4)]
    end64 = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)

    def again(times, counted):
        return whole[:end] + first * times + zip_end(counted, size + times * len(first), start)

    return {
        "taken/zip64.docx": whole[:end] + end64 + locator + zip_end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
        "taken/commented.docx": whole[:-2] + struct.pack("<H", 5) + b"hello",
        # The first entry 1,900 times: each would be read for itself.
        "refused/damaged_file/overlapping.docx": again(1900, count + 1900),
        "refused/damaged_file/uncounted.docx": again(1900, count),
        "refused/damaged_file/beyond.docx": whole[:end] + zip_end(count, size, start + 1000),
        "refused/damaged_file/no_directory.docx": whole[:start],
        "refused/file_too_complex/countless.docx": again(60000, 60000),
    }


def liar():
    """Says of an entry that it is small: what is believed is checked where it is read."""
    whole = bytearray(docx(types=" " * 3_000_000))
    at = whole.find(b"PK\1\2")
    whole[at + 24 : at + 28] = struct.pack("<I", 1000)
    return bytes(whole)


def files(whole):
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    bomb = {"word/media/zero.bin": b"\0" * 300_000_000}
    cases = {
        "taken/form.docx": whole,
        "taken/small.docx": docx(),
        "taken/small.xlsx": xlsx(),
        "taken/linked.docx": docx(links=relationship("hyperlink", EVIL)),
        "refused/unsupported_file_type/plain.zip": archive({"readme.txt": "hello"}),
        "refused/unsupported_file_type/other.zip": docx("application/octet-stream"),
        "refused/damaged_file/cut.docx": whole[: len(whole) // 2],
        "refused/damaged_file/outside.docx": docx(extra={"../../etc/passwd": b"root"}),
        "refused/damaged_file/entities.docx": content_types(f'<!DOCTYPE t [<!ENTITY l0 "lol">{lol}]><Types>&l8;</Types>'),
        "refused/damaged_file/fetch.docx": content_types('<!DOCTYPE t SYSTEM "http://127.0.0.1:9/x.dtd"><Types/>'),
        "refused/damaged_file/encoding.docx": content_types(b'<?xml version="1.0" encoding="EUC-JP"?><Types>\xff\xfe\xff</Types>'),
        "refused/damaged_file/liar.docx": liar(),
        "refused/file_too_complex/bomb.docx": docx(extra=bomb),
        "refused/file_too_complex/ratio.docx": docx(extra={"word/media/zero.bin": b"\0" * 20_000_000}),
        "refused/file_too_complex/many.docx": docx(extra={f"word/{n}": b"" for n in range(3000)}, method=zipfile.ZIP_STORED),
    }
    return cases | directories(whole)
