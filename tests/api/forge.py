#!/usr/bin/python3
"""Makes JWTs as a forger would: any header, any claims, and any key or none.

    forge.py                            with an empty signature
    forge.py --key PEM                  signed with ECDSA and SHA-256 (RFC 7518, section 3.4)
    forge.py --secret FILE [--hash H]   an HMAC, keyed with the file's bytes (section 3.2)

Each line of standard input is a header, a tab and the claims, and makes a line with the token. What
a header says of its signature is not looked at, and neither part need be JSON.
"""

import argparse
import base64
import hashlib
import hmac
import subprocess
import sys
from pathlib import Path

HALF = 32  # bytes of each of the two numbers that a P-256 signature is


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=")


def der_integer(der, at):
    """The INTEGER at this place in HALF bytes, and where the next one begins."""
    length = der[at + 1]
    return der[at + 2 : at + 2 + length].lstrip(b"\0").rjust(HALF, b"\0"), at + 2 + length


def ecdsa(pem, signed):
    der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", pem], input=signed, capture_output=True, check=True).stdout
    first, second = der_integer(der, 2)
    return first + der_integer(der, second)[0]


def sign(signed, arguments):
    if arguments.key:
        return ecdsa(arguments.key, signed)
    if arguments.secret:
        return hmac.new(Path(arguments.secret).read_bytes(), signed, getattr(hashlib, arguments.hash)).digest()
    return b""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--key")
    parser.add_argument("--secret")
    parser.add_argument("--hash", default="sha256")
    arguments = parser.parse_args()
    for line in sys.stdin:
        header, claims = line.rstrip("\n").split("\t")
        signed = base64url(header.encode()) + b"." + base64url(claims.encode())
        print((signed + b"." + base64url(sign(signed, arguments))).decode())


if __name__ == "__main__":
    main()
