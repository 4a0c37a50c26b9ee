# SPDX-License-Identifier: Apache-2.0
"""Giving a lab a fault, and healing it."""

from collections.abc import Callable, Iterable
from pathlib import Path

from sovran.lab import fronts
from sovran.lab.breaks import journal, table
from sovran.lab.breaks.actions import Action, Cloud
from sovran.lab.breaks.journal import Active
from sovran.lab.breaks.states import enforce, subject
from sovran.lab.breaks.tls_states import SecureEndpoints, SetTls
from sovran.lab.description import Description
from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.catalog import CatalogChange
from sovran.model.errors import UsageError

Report = Callable[[str], None]


def apply(lab: Description, folder: Path, ids: Iterable[str], report: Report) -> None:
    """Break the lab, one break after the other; a break that is active already is made again, as it was meant.

    How each object was is on disk before it is changed, so `heal` works also after a crash.

    Raises:
        UsageError: there is no such break, or it takes guests and the lab has none.
        SovranError: what it breaks is not there, or a service refused.
    """
    wanted = table.with_needs(table.find(ids))
    needing = [item.id for item in wanted if item.guests and not lab.guests]
    if needing:
        raise UsageError(f"{needing[0]} takes a lab with guests, and {lab.name} has none: `sovran lab up --guests`")
    with AdminApi(lab) as api:
        for item in wanted:
            active = journal.load(folder)
            cloud = Cloud(api)
            changes = [change for action in item.actions for change in cloud.changes(action)]
            if item.id not in [entry.id for entry in active]:
                journal.save(folder, [*active, Active(id=item.id, before=tuple(before for before, _ in changes))])
            for _, after in changes:
                enforce(api, after)
            fronts.settle(lab, folder)
            report(f"{item.id}: {item.what}")


def make_again(lab: Description, folder: Path) -> None:
    """Make again of the active breaks what a start of the lab undoes: endpoints of the catalog, and TLS proxies.

    Raises:
        SovranError: a service refused.
    """
    rows = table.find(entry.id for entry in journal.load(folder))
    undone = [action for row in rows for action in row.actions if _is_undone_by_a_start(action)]
    if undone:
        with AdminApi(lab) as api:
            for action in undone:
                # each sees what those before it have done
                for _, after in Cloud(api).changes(action):
                    enforce(api, after)
        fronts.settle(lab, folder)


def _is_undone_by_a_start(action: Action) -> bool:
    if isinstance(action, CatalogChange):
        return action.do in ("hide-endpoint", "move-endpoint")
    return isinstance(action, SecureEndpoints | SetTls)


def heal(lab: Description, folder: Path, ids: Iterable[str], report: Report) -> None:
    """Undo these breaks, or all without ids, the latest first.

    Raises:
        UsageError: a break is not active, or a later one has changed the same object.
        SovranError: a service refused; what was not healed can still be.
    """
    active = journal.load(folder)
    chosen = {item.id for item in table.find(ids)} or {entry.id for entry in active}
    _refuse(active, chosen)
    if not chosen:
        report("nothing is broken")
        return
    with AdminApi(lab) as api:
        for entry in reversed(active):
            if entry.id not in chosen:
                continue
            for state in reversed(entry.before):
                enforce(api, state)
            fronts.settle(lab, folder)
            journal.save(folder, [left for left in journal.load(folder) if left.id != entry.id])
            report(f"{entry.id}: healed")


def _refuse(active: list[Active], chosen: set[str]) -> None:
    missing = sorted(chosen - {entry.id for entry in active})
    if missing:
        there = ", ".join(entry.id for entry in active) or "none"
        raise UsageError(f"{missing[0]} is not broken in this lab; active breaks: {there}")
    for position, entry in enumerate(active):
        if entry.id not in chosen:
            continue
        touched = {subject(state) for state in entry.before}
        for later in active[position + 1 :]:
            if later.id not in chosen and touched & {subject(state) for state in later.before}:
                raise UsageError(f"{later.id} has changed the same object as {entry.id} since: heal it first, or both")
