# SPDX-License-Identifier: Apache-2.0
"""The key that a run signs with: found to be usable before the run, by signing something small with it."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from sovran.model.errors import SovranError, UsageError
from sovran.model.printable import printable
from sovran.proof.ssh_key import MOST_BYTES, TYPES, Malformed, PublicKey
from sovran.proof.ssh_keygen import SshKeygen
from sovran.proof.ssh_signature import read_signature

TRIAL = b"sovran tries whether this key can sign\n"
TRIAL_NAMESPACE = "sovran-trial"
"""Not that of reports: the trial is a signature on nothing."""
_PRIVATE = b"PRIVATE KEY-----"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that has just signed something."""

    path: Path
    public: PublicKey
    keygen: SshKeygen
    private: bytes
    """Content of the file when that is a private key, which may have a passphrase; else empty: an agent signs."""

    def __repr__(self) -> str:
        return f"SigningKey({self.public})"

    def sign(self, content: bytes) -> str:
        """The armored SSH signature on `content`, for reports; raises SovranError."""
        answer = self.keygen.sign(self.path, content)
        if not answer.good:
            raise SovranError(_why(self.path, answer.complaint))
        return answer.out.decode("ascii", "replace")


def open_key(path: Path) -> SigningKey:
    """The key in this file: a private one, or a public one whose private part an SSH agent holds.

    Raises UsageError with what keeps it from signing: no `ssh-keygen`, no key, a type that we do not sign with, a
    passphrase without an agent, permissions that let others read it.
    """
    keygen = SshKeygen()
    shown = printable(str(path), 200)
    private = _private(path, shown)
    described = keygen.describe(path)
    if not described.good:
        raise UsageError(f"{shown} is no SSH key that can be read ({described.complaint}); name one for --sign.")
    kind = described.out.decode("utf-8", "replace").rpartition("(")[2].rstrip().rstrip(")")
    if kind not in TYPES.values():
        raise UsageError(
            f"{shown} is a key of type {printable(kind, 40)}: name an ed25519, rsa or ecdsa key for --sign."
        )
    answer = keygen.sign(path, TRIAL, namespace=TRIAL_NAMESPACE)
    if not answer.good:
        raise UsageError(_why(path, answer.complaint))
    try:
        public = read_signature(answer.out).key
    except Malformed as error:
        raise UsageError(f"`ssh-keygen` gave a signature that we do not understand ({error}); update it.") from None
    return SigningKey(path, public, keygen, private)


def _private(path: Path, shown: str) -> bytes:
    """The file's content if it is a private key; raises UsageError when it cannot be read or others can read it."""
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"The key {shown} is no file; name an SSH key for --sign.")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES)
            mode = stat.S_IMODE(path.stat().st_mode)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
        raise UsageError(f"Cannot read the key {shown} ({reason}); name an SSH key for --sign.") from None
    if _PRIVATE not in content:
        # as `ssh-keygen` does, for a key that no agent holds
        beside = path.with_suffix("")
        return _private(beside, printable(str(beside), 200)) if _is_readable(path, beside) else b""
    if mode & _OTHERS:
        raise UsageError(f"Others may read the private key {shown} (mode {mode:04o}); run `chmod 600 {shown}` first.")
    return content


def _is_readable(public: Path, private: Path) -> bool:
    return public.suffix == ".pub" and private.is_file() and os.access(private, os.R_OK)


def _why(path: Path, complaint: str) -> str:
    """Why it did not sign, and what to do."""
    shown = printable(str(path), 200)
    if "passphrase" in complaint:
        return f"The key {shown} has a passphrase and no SSH agent holds it: load it with `ssh-add {shown}` first."
    if "No private key found" in complaint:
        return f"The private key of {shown} is in no file beside it and no SSH agent holds it: `ssh-add` it first."
    return (
        f"The key {shown} did not sign ({complaint or 'no reason given'}); try `ssh-keygen -Y sign -n report` with it."
    )
