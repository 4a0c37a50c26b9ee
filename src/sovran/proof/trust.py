# SPDX-License-Identifier: Apache-2.0
"""Whom somebody trusts: public keys, or OpenSSH's allowed_signers file with names, purposes and days."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sovran.model.errors import UsageError
from sovran.model.printable import printable
from sovran.proof.signed_file import NotVerified, SignedFile, read_bytes
from sovran.proof.ssh_key import read_public_keys
from sovran.proof.ssh_keygen import SshKeygen

MOST_OF_KEYS = 64 * 1024 * 1024
"""Bytes of a file of allowed signers or revoked keys."""
ANYBODY = "signer"
"""Who the keys of a plain list belong to, for `ssh-keygen`."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What was named on the command line: either keys or allowed signers."""

    key: Path | None = None
    """File of public keys, of whomever."""
    allowed_signers: Path | None = None
    identity: str = ""
    """Who must have signed; empty: anybody in the file."""
    revoked: Path | None = None
    """File of public keys, or OpenSSH's key revocation list, that nobody may have signed with."""

    def __post_init__(self) -> None:
        """Raise UsageError for what cannot stand together, or cannot be read."""
        if self.key and self.allowed_signers:
            raise UsageError("`--key` and `--allowed-signers` both say whom to trust: leave out one of them.")
        if self.identity and not self.allowed_signers:
            raise UsageError("`--identity` is looked up in a file of allowed signers: name it by `--allowed-signers`.")
        if self.revoked and not (self.key or self.allowed_signers):
            raise UsageError("`--revoked` takes keys away from those that you trust: name those with `--key` as well.")
        for path in (self.allowed_signers, self.revoked):
            if path and read_bytes(path, MOST_OF_KEYS) is None:
                raise UsageError(f"There is no file {printable(str(path), 200)}; name one with keys.")


def signer(signed: SignedFile, trust: Trust, keygen: SshKeygen) -> str:
    """Who of those that are trusted signed it: an identity, or the name of the file of keys; empty when nobody is.

    Raises NotVerified when somebody is trusted, and none of them signed it.
    """
    if trust.key:
        return _by_key(signed, trust, trust.key, keygen)
    if trust.allowed_signers:
        return _by_name(signed, trust, trust.allowed_signers, keygen)
    return ""


def _by_key(signed: SignedFile, trust: Trust, path: Path, keygen: SshKeygen) -> str:
    keys, shown = read_public_keys(path), printable(str(path), 200)
    if signed.signature.key not in keys:
        named = f"the {keys[0]}" if len(keys) == 1 else f"one of the {len(keys)} keys"
        raise NotVerified(f"{signed.shown} is signed with the {signed.signature.key}, not with {named} in {shown}.")
    with _allowed(f"{ANYBODY} {key.line}" for key in keys) as allowed:
        _demand(signed, allowed, ANYBODY, trust, keygen)
    return f"whoever holds the key in {shown}"


def _by_name(signed: SignedFile, trust: Trust, path: Path, keygen: SshKeygen) -> str:
    shown, key = printable(str(path), 200), signed.signature.key
    found = keygen.principals(signed.signature.text, path)
    if not found.good:
        if "expired" in found.complaint or "not yet valid" in found.complaint:
            raise NotVerified(f"{signed.shown} is signed with the {key}, which is not valid today ({found.complaint}).")
        raise NotVerified(f"{signed.shown} is signed with the {key}, whom {shown} does not name as allowed signer.")
    names = found.out.decode("utf-8", "replace").split("\n")[:-1]
    identity = trust.identity or names[0]
    _demand(signed, path, identity, trust, keygen)
    return printable(identity, 200)


def _demand(signed: SignedFile, allowed: Path, identity: str, trust: Trust, keygen: SshKeygen) -> None:
    """Raise NotVerified unless `ssh-keygen` finds that `identity` signed it."""
    text, key = signed.signature.text, signed.signature.key
    answer = keygen.verify(text, signed.content, allowed, identity, trust.revoked)
    if answer.good:
        return
    if trust.revoked and keygen.verify(text, signed.content, allowed, identity).good:
        revoked = printable(str(trust.revoked), 200)
        raise NotVerified(f"{signed.shown} is signed with the {key}, which {revoked} has as revoked.")
    reason = f" ({answer.complaint})" if answer.complaint else ""
    raise NotVerified(
        f"{signed.shown} is signed with the {key}, which {printable(str(allowed), 200)} does not allow "
        f"{printable(identity, 100)} for reports{reason}."
    )


@contextmanager
def _allowed(lines: Iterator[str]) -> Iterator[Path]:
    """A file of allowed signers with these lines."""
    with tempfile.NamedTemporaryFile("w", prefix="sovran-", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        yield Path(file.name)
