# SPDX-License-Identifier: Apache-2.0
"""Reads the parts of an X.509 certificate that a TLS profile speaks of (RFC 5280), from its DER.

The standard library shows them only of certificates that it trusts, and the usual library for the rest would be ten
times as large as all that sovran needs otherwise.
"""

import datetime
import ipaddress
from collections.abc import Iterator

from sovran.cloud.tls.records import Certificate
from sovran.model.printable import printable

INTEGER, BITS, OCTETS, OID, SEQUENCE = 0x02, 0x03, 0x04, 0x06, 0x30
UTC_TIME = 0x17
COMMON_NAME, ALTERNATIVE_NAMES = "2.5.4.3", "2.5.29.17"
MOST_NAMES = 1000
LONGEST_NAME = 255

KEYS = {"1.2.840.113549.1.1.1": "rsa", "1.2.840.10045.2.1": "ecdsa", "1.3.101.112": "ed25519", "1.3.101.113": "ed448"}
CURVES = {
    "1.2.840.10045.3.1.1": ("prime192v1", 192),
    "1.2.840.10045.3.1.7": ("prime256v1", 256),
    "1.3.132.0.10": ("secp256k1", 256),
    "1.3.132.0.33": ("secp224r1", 224),
    "1.3.132.0.34": ("secp384r1", 384),
    "1.3.132.0.35": ("secp521r1", 521),
}
SIGNATURES = {
    "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
    "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
    "1.2.840.113549.1.1.10": "rsassaPss",
    "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
    "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
    "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
    "1.2.840.10045.4.1": "ecdsa-with-SHA1",
    "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
    "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
    "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
    "1.3.101.112": "ed25519",
}
"""OID to the name that OpenSSL and Mozilla give it."""

Item = tuple[int, bytes]
"""Tag and content of one DER value."""


def read_certificate(der: bytes) -> Certificate:
    """The certificate's key, signature, names and validity.

    Raises ValueError when it is none.
    """
    try:
        (_, whole), *_ = _items(der)
        (_, body), (_, algorithm), *_ = _items(whole)
        fields = [item for item in _items(body) if item[0] != 0xA0]
        _serial, _signature, _issuer, validity, subject, key, *rest = fields
        not_before, not_after = (_time(*item) for item in _items(validity[1]))
        kind, bits, curve = _key(key[1])
        signature = _oid(next(_items(algorithm))[1])
        return Certificate(
            subject=_common_name(subject[1]),
            names=tuple(_names(rest)),
            not_before=not_before,
            not_after=not_after,
            key=kind,
            key_bits=bits,
            curve=curve,
            signed_with=SIGNATURES.get(signature, signature),
        )
    except (IndexError, StopIteration, RuntimeError) as error:
        raise ValueError("no certificate") from error


def _items(data: bytes) -> Iterator[Item]:
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        if at + length > len(data):
            raise ValueError("cut short")
        yield tag, data[at : at + length]
        at += length


def _oid(data: bytes) -> str:
    numbers, value = [], 0
    for byte in data[:64]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def _time(tag: int, data: bytes) -> datetime.datetime:
    text = data.decode("ascii")
    if tag == UTC_TIME:
        # RFC 5280, 4.1.2.5.1: two digits of the year, 50 and later are of the last century
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    return datetime.datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=datetime.UTC)


def _key(data: bytes) -> tuple[str, int, str]:
    (_, algorithm), (_, bits) = _items(data)
    kind, *parameters = _items(algorithm)
    name = KEYS.get(_oid(kind[1]), _oid(kind[1]))
    if name == "rsa":
        modulus = next(_items(next(_items(bits[1:]))[1]))[1]
        return name, int.from_bytes(modulus, "big").bit_length(), ""
    if name == "ecdsa" and parameters and parameters[0][0] == OID:
        curve = _oid(parameters[0][1])
        known, size = CURVES.get(curve, (curve, 0))
        return name, size, known
    return name, 0, ""


def _common_name(subject: bytes) -> str:
    for _, parts in _items(subject):
        for _, pair in _items(parts):
            (_, kind), (_, value) = _items(pair)
            if _oid(kind) == COMMON_NAME:
                return printable(value.decode("utf-8", "replace"), LONGEST_NAME)
    return ""


def _names(rest: list[Item]) -> Iterator[str]:
    for tag, extensions in rest:
        if tag != 0xA3:
            continue
        for _, extension in _items(next(_items(extensions))[1]):
            (_, kind), *others = _items(extension)
            if _oid(kind) == ALTERNATIVE_NAMES:
                yield from _alternative_names(next(_items(others[-1][1]))[1])


def _alternative_names(data: bytes) -> Iterator[str]:
    for number, (tag, value) in enumerate(_items(data)):
        if number == MOST_NAMES:
            return
        if tag == 0x82:
            yield printable(value.decode("ascii", "replace"), LONGEST_NAME)
        elif tag == 0x87 and len(value) in (4, 16):
            yield str(ipaddress.ip_address(value))
