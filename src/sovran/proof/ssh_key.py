# SPDX-License-Identifier: Apache-2.0
"""Public keys as OpenSSH writes them, and the wire format in which keys and signatures are packed (RFC 4251, 4253)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sovran.model.errors import UsageError
from sovran.model.printable import printable

TYPES = {
    "ssh-ed25519": "ED25519",
    "ssh-rsa": "RSA",
    "ecdsa-sha2-nistp256": "ECDSA",
    "ecdsa-sha2-nistp384": "ECDSA",
    "ecdsa-sha2-nistp521": "ECDSA",
}
"""Types of keys that sovran signs with and trusts, and what people call them."""
MOST_BYTES = 1024 * 1024
"""Of a file of keys."""
_LINE = re.compile(r"(?P<type>[a-z0-9@.-]+)[ \t]+(?P<blob>[A-Za-z0-9+/]+={0,2})(?:[ \t].*)?")


class Malformed(ValueError):
    """Bytes that are not what they should be; the text says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key."""

    blob: bytes
    """In wire format: what OpenSSH writes in base64."""

    @property
    def type(self) -> str:
        """Such as `ssh-ed25519`."""
        return next(strings(self.blob)).decode("ascii", "replace")

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` prints it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    @property
    def line(self) -> str:
        """As it stands in a file of public keys, without comment."""
        return f"{self.type} {base64.b64encode(self.blob).decode()}"

    def __str__(self) -> str:
        return f"{TYPES.get(self.type, printable(self.type, 60))} key {self.fingerprint}"


def strings(packed: bytes) -> Iterator[bytes]:
    """The strings that follow each other in wire format; raises Malformed where one is cut short."""
    at = 0
    while at < len(packed):
        length = int.from_bytes(packed[at : at + 4], "big")
        at += 4
        if at + length > len(packed):
            raise Malformed("it is cut short")
        yield packed[at : at + length]
        at += length


def pack(*values: bytes) -> bytes:
    """The values as strings in wire format, one after the other."""
    return b"".join(len(value).to_bytes(4, "big") + value for value in values)


def base64_strictly(text: str) -> bytes:
    """What the text means; raises Malformed unless it is the only way to write that."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("it is not base64") from None
    if base64.b64encode(content).decode() != text:
        raise Malformed("its base64 has bits that mean nothing")
    return content


def read_public_keys(path: Path) -> tuple[PublicKey, ...]:
    """The keys in a file such as id_ed25519.pub, one per line; raises UsageError unless there are only keys."""
    shown = printable(str(path), 200)
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
        raise UsageError(
            f"Cannot read the public key {shown} ({reason}); name a file such as id_ed25519.pub."
        ) from None
    if b"PRIVATE KEY-----" in content:
        raise UsageError(f"{shown} is a private key, which nobody needs to verify; name the public one, {shown}.pub.")
    lines = [line.strip() for line in content.decode("utf-8", "replace").splitlines()]
    keys = [_public_key(line, shown) for line in lines if line and not line.startswith("#")]
    if not keys:
        raise UsageError(f"{shown} holds no public key; name a file such as id_ed25519.pub.")
    return tuple(dict.fromkeys(keys))


def _public_key(line: str, shown: str) -> PublicKey:
    found = _LINE.fullmatch(line)
    try:
        key = PublicKey(base64_strictly(found["blob"])) if found else None
        if found and key and key.type == found["type"] in TYPES:
            return key
    except (Malformed, StopIteration):
        pass
    raise UsageError(
        f"{shown} has a line that is no ed25519, rsa or ecdsa public key ({printable(line, 60)}); "
        "name a file such as id_ed25519.pub."
    )
