"""Copies a shared library so that it calls its own functions by themselves, and not a program's of the same name.

    symbolic.py LIBRARY COPY

DF_SYMBOLIC (System V ABI, "Dynamic Section") does so when it is loaded, as -Bsymbolic-functions does when it is linked.
"""

import struct
import sys

PT_DYNAMIC, DT_NULL, DT_FLAGS, DF_SYMBOLIC = 2, 0, 30, 2

source, copy = sys.argv[1:]
with open(source, "rb") as file:
    library = bytearray(file.read())
assert library[:6] == b"\x7fELF\x02\x01", "64 bits, the lowest first"
(headers,), (size, count) = struct.unpack_from("<Q", library, 32), struct.unpack_from("<HH", library, 54)
segments = [struct.unpack_from("<IIQ", library, headers + i * size) for i in range(count)]
at = next(offset for kind, _, offset in segments if kind == PT_DYNAMIC)
while (tag := struct.unpack_from("<q", library, at)[0]) != DT_FLAGS:
    assert tag != DT_NULL, "it has no flags to which one could be added"
    at += 16
library[at + 8] |= DF_SYMBOLIC
with open(copy, "wb") as file:
    file.write(library)
