# SPDX-License-Identifier: Apache-2.0
"""What `--sign` of `sovran check` does with the files that were written."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sovran.model.report import Report
    from sovran.reports.write import Plan


def signing(
    key: str, plan: "Plan", snapshots: "Sequence[Path]"
) -> "Callable[[Mapping[Path, bytes], Sequence[Report]], None]":
    """Return what signs files and says so; the key is tried at once, before anything is asked.

    Raises UsageError when the key cannot sign, or there is nothing to sign; without a key nothing is signed.
    """
    if not key:
        return lambda _written, _reports: None
    from sovran.proof.signing import plan_signing

    planned = plan_signing(Path(key), plan.outputs, snapshots)

    def sign(written: "Mapping[Path, bytes]", reports: "Sequence[Report]") -> None:
        from sovran.model.printable import printable

        made = planned.sign(written, reports)
        if made:
            names = ", ".join(printable(str(path), 200) for path in made)
            typer.echo(f"signed with the {planned.key.public}: {names}", err=True)

    return sign
