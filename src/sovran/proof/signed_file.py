# SPDX-License-Identifier: Apache-2.0
"""A file and the SSH signature beside it, read once: everything that is checked is checked on these bytes."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sovran.model.errors import ExitCode, SovranError, UsageError
from sovran.model.printable import printable
from sovran.proof.places import signature_of
from sovran.proof.ssh_key import Malformed
from sovran.proof.ssh_keygen import SshKeygen
from sovran.proof.ssh_signature import BEGIN, NAMESPACE, SshSignature, read_signature
from sovran.proof.ssh_signature import MOST_BYTES as MOST_OF_SIGNATURE

MOST_BYTES = 1024 * 1024 * 1024
"""Of a file; reports of 5,000 images with findings are some MiB."""


class NotVerified(SovranError):
    """What is wrong with a file's proof."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, ExitCode.NOT_CONFORMANT)


@dataclass(frozen=True)
class SignedFile:
    """A file that is what somebody signed as a report; who that is, nobody has looked at."""

    path: Path
    content: bytes
    signature: SshSignature

    @property
    def shown(self) -> str:
        """The file's name, fit to be printed."""
        return printable(str(self.path), 200)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def read_signed(path: Path, keygen: SshKeygen) -> SignedFile:
    """The file and its signature; raises UsageError when the file cannot be read, and NotVerified when there is no
    signature, it is for something else, or the file is not what was signed.
    """
    shown = printable(str(path), 200)
    content = read_bytes(path, MOST_BYTES)
    if path.suffix == ".sig" and content and content.startswith(BEGIN.encode()):
        raise UsageError(f"{shown} is a signature; name the file that it is beside.")
    if content is None:
        raise UsageError(f"There is no file {shown}; name a report that `sovran check` wrote.")
    place = signature_of(path)
    beside = printable(str(place), 200)
    found = read_bytes(place, MOST_OF_SIGNATURE + 1)
    if found is None:
        raise NotVerified(f"{shown} is not signed: there is no {beside}; sign with `sovran check --sign KEY`.")
    try:
        signature = read_signature(found)
    except Malformed as error:
        raise NotVerified(f"{beside} is no SSH signature ({error}); get the signature again.") from None
    if signature.namespace != NAMESPACE:
        purpose = printable(signature.namespace, 60)
        raise NotVerified(f"{beside} was made for `{purpose}`, not for `{NAMESPACE}`; it says nothing of a report.")
    if not keygen.intact(signature.text, content):
        raise NotVerified(f"{shown} is not what was signed: it or {beside} was changed; get both again.")
    return SignedFile(path, content, signature)


def read_bytes(path: Path, most: int) -> bytes | None:
    """The file's content, or None when there is no such file; raises UsageError when it cannot be read."""
    shown = printable(str(path), 200)
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
        raise UsageError(f"Cannot read {shown} ({reason}); name a file that you may read.") from None
    if len(content) > most:
        raise UsageError(f"{shown} is longer than {most} bytes, as nothing is that sovran writes there.")
    return content
