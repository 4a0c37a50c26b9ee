# SPDX-License-Identifier: Apache-2.0
"""Whether a file is what a trusted key signed, and whether the statements beside it agree with it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sovran.model.errors import ExitCode, SovranError
from sovran.model.printable import printable
from sovran.model.report import Report
from sovran.proof.places import bundle_of
from sovran.proof.signed_file import NotVerified, SignedFile, read_bytes, read_signed
from sovran.proof.ssh_key import Malformed
from sovran.proof.ssh_keygen import SshKeygen
from sovran.proof.testimony import reports_in
from sovran.proof.trust import Trust, signer

MOST_OF_BUNDLE = 256 * 1024 * 1024
COMPARED = ("result", "url", "passedTests", "failedTests")
"""Fields of a statement's predicate that must be what its report says."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A file by somebody who is trusted."""

    signed: SignedFile
    signer: str
    """An identity from the file of allowed signers, or which file of keys it is by."""
    statements: int
    """In-toto statements by the same key beside it, all of which agree with it."""


def verify(path: Path, trust: Trust) -> Verified:
    """Check the file by the signature beside it, and the bundle of statements if there is one.

    Raises NotVerified with what is wrong; SovranError with exit code 3 when nothing is, but nobody is trusted; and
    UsageError when something cannot be read.
    """
    keygen = SshKeygen()
    signed = read_signed(path, keygen)
    by = signer(signed, trust, keygen)
    statements = _statements(signed)
    if not by:
        raise SovranError(
            f"The signature of {signed.shown} is intact but the signer is unknown ({signed.signature.key}): say whom "
            "you trust with --key or --allowed-signers.",
            ExitCode.UNDECIDED,
        )
    return Verified(signed, by, statements)


def _statements(signed: SignedFile) -> int:
    """How many statements are beside the file; raises NotVerified unless all are about it, by the same key, and say
    what it says.
    """
    place = bundle_of(signed.path)
    shown = printable(str(place), 200)
    content = read_bytes(place, MOST_OF_BUNDLE)
    if content is None:
        return 0
    from sovran.proof.envelope import signed_by

    try:
        found = signed_by(content, signed.signature.key)
        for one in found:
            _demand_about(one, signed)
        _demand_agreement(found, signed)
    except Malformed as error:
        raise NotVerified(f"{shown} does not bear out {signed.shown}: {error}; get both again.") from None
    return len(found)


def _demand_about(one: dict[str, Any], signed: SignedFile) -> None:
    """Raise Malformed unless the statement is one of test results about this file."""
    from sovran.proof.statement import PREDICATE_TYPE, STATEMENT_TYPE

    if (one.get("_type"), one.get("predicateType")) != (STATEMENT_TYPE, PREDICATE_TYPE):
        raise Malformed("it holds something else than statements of test results")
    subjects = one.get("subject")
    only = subjects[0] if isinstance(subjects, list) and len(subjects) == 1 else None
    if not isinstance(only, dict) or only.get("digest") != {"sha256": signed.digest}:
        raise Malformed("it speaks of a file with another digest")


def _demand_agreement(found: list[dict[str, Any]], signed: SignedFile) -> None:
    """Raise Malformed unless there is one statement for each report of the file, which says what the report says."""
    from sovran.proof.statement import statement

    reports: tuple[Report, ...] = reports_in(signed.content, signed.shown)
    expected = [_compared(statement(report, "", signed.content)) for report in reports]
    if [_compared(one) for one in found] != expected:
        raise Malformed("its test results are not those of the report")


def _compared(one: dict[str, Any]) -> list[Any]:
    predicate = one.get("predicate")
    return [predicate.get(name) for name in COMPARED] if isinstance(predicate, dict) else []
