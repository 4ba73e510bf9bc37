"""OFD (GB/T 33190), as small as it may be."""

from packages import archive

NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
ROOT = "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
LIST = {"Doc_0/Attachs/Attachments.xml": f'<ofd:Attachments {NAMESPACE}>{{}}</ofd:Attachments>'}


def action(event, does):
    return f'<ofd:Actions><ofd:Action Event="{event}">{does}</ofd:Action></ofd:Actions>'


def ofd(document="", page="", body=ROOT, extra=(), name="OFD.xml", namespace=NAMESPACE):
    return archive(
        {
            name: f'<ofd:OFD {namespace} DocType="OFD" Version="1.1"><ofd:DocBody><ofd:DocInfo/>{body}</ofd:DocBody></ofd:OFD>',
            "Doc_0/Document.xml": f'<ofd:Document {NAMESPACE}><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
            f"{document}</ofd:Document>",
            "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {NAMESPACE}>{page}</ofd:Page>",
        }
        | dict(extra)
    )


def files():
    attachments = {name: text.format('<ofd:Attachment ID="1" Name="a"><ofd:FileLoc>a.exe</ofd:FileLoc></ofd:Attachment>') for name, text in LIST.items()}
    seal = {
        "Doc_0/Signs/Signatures.xml": f'<ofd:Signatures {NAMESPACE}><ofd:Signature ID="1" BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>',
        "Doc_0/Signs/Sign_0/SignedValue.dat": b"\x30\x82\1\0",
        "Doc_0/Signs/Sign_0/Seal.esl": b"\x30\x82\1\0",
        "Doc_0/Res/font_1.ttf": b"\0\1\0\0",
    }
    click = action("CLICK", '<ofd:URI URI="https://zh.wikipedia.org/wiki/JavaScript"/>')
    cases = {
        "taken/blank": ofd(),
        "taken/rooted": ofd(body="<ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot>"),
        "taken/stamped": ofd(extra=seal),
        "taken/empty_attachments": ofd("<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>", extra={n: t.format("") for n, t in LIST.items()}),
        "taken/link": ofd(page=click),
        "taken/goto": ofd(action("DO", '<ofd:Goto><ofd:Dest Type="Fit" PageID="1"/></ofd:Goto>')),
        "taken/windows": ofd().replace(b"Doc_0/", b"Doc_0\\"),
        "refused/embedded_file/attachment": ofd(extra=attachments),
        "refused/active_content/opened": ofd(action("DO", '<ofd:URI URI="https://evil.example/"/>')),
        "refused/active_content/page_opened": ofd(page=action("PO", '<ofd:URI URI="https://evil.example/"/>')),
        "refused/active_content/attachment_opened": ofd(action("DO", '<ofd:GotoA AttachID="1"/>')),
        "refused/active_content/script_address": ofd(page=action("CLICK", '<ofd:URI URI=" javascript:alert(1)"/>')),
        "refused/active_content/sound": ofd(page=action("CLICK", '<ofd:Sound ResourceID="1"/>')),
        "refused/active_content/movie": ofd(action("DO", '<ofd:Movie ResourceID="1"/>')),
        "refused/encrypted_file/encrypted": ofd(body=ROOT + "<ofd:Encryptions/>"),
        "refused/damaged_file/no_document": ofd(body="<ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot>"),
        "refused/damaged_file/no_root": ofd(body=""),
        "refused/damaged_file/broken_page": ofd(page="<ofd:Layer>"),
        "refused/unsupported_file_type/elsewhere": ofd(name="Doc_0/OFD.xml"),
        "refused/unsupported_file_type/other_namespace": ofd(namespace='xmlns:ofd="urn:other"'),
    }
    return {f"{name}.ofd": content for name, content in cases.items()}
