# SPDX-License-Identifier: Apache-2.0
"""What users are told before probes make anything: where, what and how much, and what the quotas leave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sovran.model.printable import printable
from sovran.probes.probe import Need
from sovran.probes.quota import units

LONGEST_NOTE = 300


@dataclass(frozen=True)
class Planned:
    """What one probe is going to make, or why it is not begun."""

    name: str
    needs: tuple[Need, ...]
    lacking: str = ""
    """Why its needs cannot be met; empty: they can."""
    where: str = ""
    """Where it makes them; empty: in the project."""
    notes: tuple[str, ...] = ()
    """What it chose and why."""


def preview(cloud: str, project: str, planned: Iterable[Planned], left: Mapping[str, int]) -> str:
    """Several lines; `left` is what quotas leave, by unit. The project is named where something is made in it."""
    several = tuple(planned)
    width = max(len(word) for word in (*(one.name for one in several), "together" if len(several) > 1 else "quota"))
    where = cloud if several and all(one.where for one in several) else f"{cloud}, {project}"
    lines = [f"probes make for a short time, in {printable(where)}:"]
    for one in several:
        lines.append(f"  {one.name:{width}}  {_made(one)}")
        lines += [f"  {'':{width}}    {printable(note, LONGEST_NOTE)}" for note in one.notes]
    wanted = units(need for one in several if not one.lacking for need in one.needs)
    if not wanted:
        return "\n".join(lines)
    if len(several) > 1:
        lines.append(f"  {'together':{width}}  {', '.join(_count(unit, count) for unit, count in wanted.items())}")
    told = [_count(unit, left[unit]) for unit in wanted if unit in left]
    if told:
        lines.append(f"  {'quota':{width}}  leaves {', '.join(told)}")
    return "\n".join(lines)


def _made(one: Planned) -> str:
    if one.lacking or not one.needs:
        return f"is not begun: it {one.lacking}" if one.lacking else "nothing"
    return ", ".join(map(str, one.needs)) + (f", in {printable(one.where)}" if one.where else "")


def _count(unit: str, count: int) -> str:
    return f"{count} {Need(unit, count).plural}"
