# SPDX-License-Identifier: Apache-2.0
"""Finding what bears our marker: by the name that a ledger tells, by any marked name, or as a child of ours."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from sovran.cloud.acting.answer import ActingFailed, Answer
from sovran.cloud.acting.kinds import KINDS, Child, Kind
from sovran.cloud.acting.marker import Marker, read_marker
from sovran.cloud.recording import UNREADABLE

if TYPE_CHECKING:
    # probes use this, and a replay of what they saw shall not load what talks to clouds
    from sovran.cloud.acting.caller import Caller

MOST_PAGES = 1000
BARE = "."
"""As the `plural` of a kind: its listing is a JSON array that nothing wraps, whose pages go on after the last name."""
Item = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """One resource of the cloud that is ours."""

    kind: Kind
    id: str
    name: str
    base: str = ""
    """Path of its collection, where that is another user's than the caller's, or of what it is taken away from."""

    def path(self, caller: "Caller") -> str:
        """Where it is."""
        return f"{self.base or caller.collection(self.kind)}/{quote(self.id, safe='')}"


def named(caller: "Caller", kind: Kind, name: str, base: str = "") -> tuple[Found, ...]:
    """All of that kind with exactly that marked name, and what services made of it; below `base`, or the caller's own.

    Raises ActingFailed when they cannot be listed to the end.
    """
    query = kind.by_name.format(name=quote(name), user=caller.user, project=caller.project)
    found = (_found(kind, item, base) for item in _listed(caller, kind, query, base))
    return tuple(one for one in found if one and one.name in (name, name + kind.suffix))


def orphans(caller: "Caller", kind: Kind) -> Iterator[tuple[Found, Marker]]:
    """All of that kind in the actor's project that bear a marker of ours, whatever run it is of; raises as `named`."""
    own = kind.own.format(project=caller.project, user=caller.user)
    for item in _listed(caller, kind, own):
        found = _found(kind, item)
        marker = read_marker(found.name.removesuffix(kind.suffix)) if found else None
        # services may pass over a query, and show administrators what belongs to others
        elsewhere = kind.project_field and item.get(kind.project_field) != caller.project
        if found and marker and not elsewhere:
            yield found, marker


def children(caller: "Caller", parent: Found) -> tuple[Found, ...]:
    """What services made for a resource of ours, as far as it can be listed; never what somebody else named."""
    found: list[Found] = []
    for child in parent.kind.children:
        try:
            found += _children(caller, child, parent)
        except ActingFailed:
            # what cannot be listed cannot be deleted either; the parent's own refusal is reported
            continue
    return tuple(found)


def listed_names(caller: "Caller", kind: Kind, base: str, query: str) -> Iterator[str]:
    """The names in a bare listing of another path, such as those of a container's objects; raises as `named`."""
    for item in _listed(caller, kind, query, base):
        yield str(item.get("name") or item.get("subdir") or "")


def _children(caller: "Caller", child: Child, parent: Found) -> Iterator[Found]:
    kind = KINDS[child.kind]
    for item in _listed(caller, kind, child.query.format(id=quote(parent.id))):
        base = f"{caller.collection(parent.kind)}/{quote(parent.id, safe='')}" if kind.parting else ""
        found = _found(kind, item, base)
        # a service that does not know the query lists everything
        if found is None or item.get(child.field) != child.value.format(id=parent.id):
            continue
        name = str(item.get("name") or "")
        if name in [given.format(id=parent.id) for given in child.service_names] or read_marker(name):
            yield found


def _listed(caller: "Caller", kind: Kind, query: str, base: str = "") -> Iterator[Item]:
    base = base or (caller.collection(kind) if kind.listed.startswith("?") or not kind.listed else kind.listed)
    first, seen = query, set[str]()
    while query not in seen:
        if len(seen) == MOST_PAGES:
            raise ActingFailed(f"{kind.service} lists {kind.name}s on more than {MOST_PAGES} pages")
        seen.add(query)
        path = f"{base}?{query}" if query else base
        answer = caller.call("GET", kind.service, path, microversion=kind.microversion, cleaning=True)
        if not answer.ok:
            raise answer.failure
        items = _items(answer, kind)
        yield from items
        query = _following(answer, kind, items, first)
        if not query:
            return
    raise ActingFailed(f"{kind.service} lists {kind.name}s without end: a page comes again")


def _items(answer: Answer, kind: Kind) -> list[Item]:
    """What a page holds. Raises ActingFailed for what is no page: then nothing is known of what is there."""
    empty = answer.status == NO_CONTENT and kind.plural == BARE
    page = [] if empty else (answer.json if kind.plural == BARE else answer.at(kind.plural))
    if not isinstance(page, list):
        raise ActingFailed(f"{answer.asked} answered with something other than a list of {kind.name}s")
    inner = (one.get(kind.key) if kind.name == "keypair" and isinstance(one, dict) else one for one in page)
    return [one for one in inner if isinstance(one, dict)]


NO_CONTENT = 204


def _found(kind: Kind, item: Item, base: str = "") -> Found | None:
    identifier = str(item.get(kind.id_field) or "").rstrip("/")
    identifier = identifier.rpartition("/")[2] if kind.id_field.endswith("_ref") else identifier
    return Found(kind, identifier, _name(kind, item), base) if identifier else None


def _name(kind: Kind, item: Item) -> str:
    value: Any = item
    for key in kind.name_field.split(".") if kind.name_field else ():
        if isinstance(value, str):
            # a credential's blob is JSON text
            try:
                value = msgspec.json.decode(value)
            except UNREADABLE:
                return ""
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _following(answer: Answer, kind: Kind, items: list[Item], first: str) -> str:
    """Query of the next page; empty: there is none."""
    if kind.plural == BARE:
        last = str(items[-1].get("name") or items[-1].get("subdir") or "") if items else ""
        return f"{first}&marker={quote(last, safe='')}" if last else ""
    links = answer.at(f"{kind.plural}_links")
    linked = [
        link.get("href")
        for link in (links if isinstance(links, list) else ())
        if isinstance(link, dict) and link.get("rel") == "next"
    ]
    following = answer.at("next") or (linked[0] if linked else "")
    return following.partition("#")[0].partition("?")[2] if isinstance(following, str) else ""
