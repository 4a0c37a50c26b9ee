# SPDX-License-Identifier: Apache-2.0
"""The table of breaks, read from `table.yaml`: what each does and which verdicts it must flip."""

import difflib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Any

import msgspec
import yaml

from sovran.lab.breaks.actions import Action, read_action
from sovran.lab.seeds.catalog import CatalogChange
from sovran.model.errors import SovranError, UsageError
from sovran.model.verdict import Verdict

_AWAY = ("hide-service", "hide-from-member", "hide-endpoint", "move-endpoint")


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """One fault class."""

    id: str
    what: str
    """One sentence."""
    actions: tuple[Action, ...]
    needs: tuple[str, ...] = ()
    """Breaks that come first, when they are not active already."""
    flips: dict[str, Verdict]
    """Claim (`*` for any text) to the verdict that it then has, by any scope version; all others keep theirs."""
    next: dict[str, Verdict]
    """The same for what flips with scs-iaas@next only."""
    probes: tuple[str, ...] = ()
    """Probes that have to act for the flips to be seen; all claims else keep their verdicts also then."""
    personas: tuple[str, ...] = ()
    """What these probes need, as `sovran check --persona` takes it."""
    guests: bool = False
    """Whether it takes a lab with guests."""

    @property
    def takes_away(self) -> bool:
        """Whether all that it does is to hide services or to lead to where nobody listens."""
        return all(isinstance(action, CatalogChange) and action.do in _AWAY for action in self.actions)

    def expected(self, claims: Iterable[str], *, next_version: bool) -> dict[str, Verdict]:
        """Those of the claims that flip, and to which verdict; `next_version`: judged by scs-iaas@next."""
        given = list(claims)
        flips = self.flips | self.next if next_version else self.flips
        return {claim: flips[pattern] for pattern in flips for claim in given if fnmatchcase(claim, pattern)}


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    what: str
    actions: tuple[dict[str, Any], ...]
    needs: tuple[str, ...] = ()
    flips: dict[str, Verdict] = {}
    next: dict[str, Verdict] = {}
    probes: tuple[str, ...] = ()
    personas: tuple[str, ...] = ()
    guests: bool = False


@cache
def load() -> dict[str, Break]:
    """All breaks by id, in the order of the table.

    Raises:
        SovranError: the table of this installation is broken.
    """
    try:
        rows = msgspec.convert(_read("table.yaml"), list[_Row])
        breaks = [
            Break(
                id=row.id,
                what=row.what,
                actions=tuple(read_action(action) for action in row.actions),
                needs=row.needs,
                flips=row.flips,
                next=row.next,
                probes=row.probes,
                personas=row.personas,
                guests=row.guests,
            )
            for row in rows
        ]
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise SovranError(
            f"table.yaml of this installation's breaks is broken ({error}): install sovran anew"
        ) from None
    return {item.id: item for item in breaks}


@cache
def unbroken() -> dict[str, str]:
    """Claims with a rule whose verdict changes only when a whole service goes, to the reason."""
    return {claim: reason.strip() for claim, reason in _read("unbroken.yaml").items()}


def _read(name: str) -> Any:
    return yaml.safe_load(resources.files(__package__).joinpath(name).read_text("utf-8"))


def find(ids: Iterable[str]) -> list[Break]:
    """The breaks with these ids.

    Raises:
        UsageError: there is none of such an id; names those that are like it.
    """
    table = load()
    found = []
    for wanted in ids:
        if wanted not in table:
            near = difflib.get_close_matches(wanted, table, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else "`sovran lab breaks` lists them"
            raise UsageError(f"there is no break {wanted!r}: {hint}")
        found.append(table[wanted])
    return found


def with_needs(breaks: Iterable[Break]) -> list[Break]:
    """The breaks, each after those that it needs, none twice."""
    wanted: dict[str, Break] = {}
    for item in breaks:
        wanted |= {one.id: one for one in (*with_needs(find(item.needs)), item) if one.id not in wanted}
    return list(wanted.values())
