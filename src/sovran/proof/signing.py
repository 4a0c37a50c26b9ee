# SPDX-License-Identifier: Apache-2.0
"""Signing what a run writes: `FILE.sig` beside each file, and a DSSE bundle beside each JSON report.

What is signed is what was written, as it was held in memory, not what stands in the file by then.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sovran.model.errors import SovranError, UsageError
from sovran.model.printable import printable
from sovran.model.report import Report
from sovran.proof.places import bundle_of, signature_of
from sovran.proof.signing_key import SigningKey, open_key
from sovran.reports.write import Output, replace_file

if TYPE_CHECKING:
    from securesystemslib.signer import Signer


@dataclass(frozen=True, slots=True)
class Signing:
    """A key and the place of each signature, found to be usable."""

    key: SigningKey
    signer: "Signer | None"
    """For the bundles of JSON reports; None when there is none of those."""

    def sign(self, written: Mapping[Path, bytes], reports: Sequence[Report]) -> tuple[Path, ...]:
        """Sign these contents of files, of which JSON files hold `reports`; returns the files of signatures.

        Raises SovranError when that fails; what was written stays as it is.
        """
        made: list[Path] = []
        try:
            for path, content in written.items():
                made.append(_write(signature_of(path), self.key.sign(content).encode()))
                if self.signer and is_json(path):
                    made.append(_write(bundle_of(path), _bundle(self.signer, path, content, reports)))
        except SovranError as error:
            raise SovranError(f"What was to be written is written, but not all of it is signed: {error}") from None
        return tuple(made)


def plan_signing(key: Path, outputs: Sequence[Output], snapshots: Iterable[Path]) -> Signing:
    """Check, before anything runs, that the key can sign and that its signatures can be written.

    Raises UsageError, or SovranError when an SSH agent fails, with what keeps them from it.
    """
    if unsignable := next((output for output in outputs if not output.whole), None):
        raise UsageError(f"Output {unsignable.name} is a pipe or device, beside which no signature fits; name a file.")
    files = [*(output.given for output in outputs), *snapshots]
    if not files:
        raise UsageError("Nothing is written that `--sign` could sign: name a file with `-o` or `--save-snapshot`.")
    taken = {_folded(path) for path in files}
    for path in files:
        for place in (signature_of(path), *([bundle_of(path)] if is_json(path) else [])):
            _check_place(place, taken)
    opened = open_key(key)
    signer = None
    if any(is_json(path) for path in files):
        from sovran.proof.envelope import signer_of

        signer = signer_of(opened)
    return Signing(opened, signer)


def is_json(path: Path) -> bool:
    """Whether it is the name of a JSON report, which gets a statement as well."""
    return path.suffix.lower() == ".json"


def _bundle(signer: "Signer", path: Path, content: bytes, reports: Sequence[Report]) -> bytes:
    from sovran.proof.envelope import bundle
    from sovran.proof.statement import statement

    return bundle((statement(report, path.name, content) for report in reports), signer)


def _write(path: Path, content: bytes) -> Path:
    try:
        replace_file(path.resolve(), content)
    except OSError as error:
        shown = printable(str(path), 200)
        raise SovranError(f"Could not write {shown} ({error.strerror or type(error).__name__}); make room.") from None
    return path


def _check_place(path: Path, taken: set[str]) -> None:
    """Raise UsageError when no signature can be written there."""
    shown = printable(str(path), 200)
    if _folded(path) in taken:
        raise UsageError(f"{shown} is where a signature goes; give the other file that is to be written another name.")
    if path.is_dir() or (path.exists() and not path.is_file()):
        raise UsageError(f"The signature {shown} cannot be written, since something else is there; remove it.")
    if not os.access(path.resolve().parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise UsageError(f"The signature {shown} is not writable for you; name another place for what is signed.")


def _folded(path: Path) -> str:
    return str(path.absolute()).casefold()
