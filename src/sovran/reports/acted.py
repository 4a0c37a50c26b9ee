# SPDX-License-Identifier: Apache-2.0
"""How every report for people speaks of probes and of who may do what; what it returns may hold foreign text."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sovran.model.matrix import Access, Cell, Matrix, Row
from sovran.model.probe_run import ProbeRun
from sovran.model.report import Report

EXPECTED = (Access.ALLOWED, Access.DENIED)
TELLING = (Access.LEAK, Access.MISSING, Access.UNCLEAR)
"""What is not as expected, worst first."""


def headline(matrix: Matrix) -> str:
    """The counts of a matrix, e.g. `148 as expected, 1 LEAK, 2 MISSING`."""
    counts = Counter(cell.access for row in matrix.rows for cell in row.cells)
    parts = [f"{sum(counts[access] for access in EXPECTED):,} as expected"]
    parts += [f"{counts[access]:,} {access.value}" for access in TELLING if counts[access]]
    return ", ".join(parts)


def telling(matrix: Matrix) -> tuple[tuple[Row, Cell], ...]:
    """The cells that are not as expected, leaks first."""
    return tuple(found for access in TELLING for found in matrix.cells(access))


def operation(row: Row) -> str:
    """What was tried and on what, e.g. `create a user (own domain)`."""
    return f"{row.operation} ({row.target})" if row.target else row.operation


def by_service(matrix: Matrix) -> Mapping[str, Sequence[Row]]:
    """The rows of each service, in order of first appearance; rows of no service under the empty name."""
    groups: dict[str, list[Row]] = {}
    for row in matrix.rows:
        groups.setdefault(row.service, []).append(row)
    return groups


def made(run: ProbeRun) -> str:
    """What it made, e.g. `1 volume, 2 backups`; `nothing` where it made nothing."""
    return ", ".join(f"{count} {_plural(kind, count)}" for kind, count in run.made.items()) or "nothing"


def remark(run: ProbeRun) -> str:
    """Why a probe did not do more, to stand beside its name; empty: it did all."""
    return run.reason.removeprefix(f"takes the probe {run.name}: ")


def did(run: ProbeRun) -> str:
    """What a probe did, in one line: how long, what it made, why not more."""
    acted = f"{run.seconds:.1f} s, made {made(run)}" if run.made or not run.reason else ""
    return "; ".join(part for part in (acted, remark(run)) if part)


def left_behind(report: Report) -> tuple[str, ...]:
    """A sentence for each probe of which something is left in the cloud."""
    return tuple(_left(report))


def _left(report: Report) -> Iterator[str]:
    for run in report.probes:
        if run.left:
            yield (
                "Something is left behind in the cloud: run `sovran cleanup`. "
                f"The probe {run.name} could not delete: {'; '.join(run.left)}"
            )


def _plural(kind: str, count: int) -> str:
    if count == 1:
        return kind
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
