#!/usr/bin/python3
"""Writes files for the tests of documents: good ones that no office is needed for, and bad ones.

    files DIRECTORY      (form.docx and form.pdf are there already: bad ones are made from them)

What must be taken is under taken/, what must be refused under refused/CODE/, and what only a process of its own survives
under exhausting/. Those that the tests attach for other reasons lie beside these folders.
"""

import sys
from pathlib import Path

import ofds
import offices
import packages
import pdfs
import pictures

OTHERS = {
    "refused/unsupported_file_type/program.pdf": b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + b"\0" * 4000,
    "refused/unsupported_file_type/text.pdf": "这不是 PDF。".encode() * 100,
    "refused/unsupported_file_type/empty.pdf": b"",
    "refused/unsupported_file_type/short.pdf": b"%PDF",
}


def main(folder):
    files = OTHERS | pictures.files() | pdfs.files() | pdfs.by_qpdf(folder) | pdfs.exhausting()
    files |= ofds.files() | offices.files() | packages.files((folder / "form.docx").read_bytes())
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
