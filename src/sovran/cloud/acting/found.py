# SPDX-License-Identifier: Apache-2.0
"""Finding what bears our marker: by the name that a ledger tells, by any marked name, or as a child of ours."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sovran.cloud.acting.answer import Answer, NoAnswer, Refused
from sovran.cloud.acting.kinds import KINDS, Kind
from sovran.cloud.acting.marker import Marker, read_marker

if TYPE_CHECKING:
    # probes use this, and a replay of what they saw shall not load what talks to clouds
    from sovran.cloud.acting.actor import Actor

MOST_PAGES = 1000


@dataclass(frozen=True)
class Found:
    """One resource of the cloud that is ours."""

    kind: Kind
    id: str
    name: str


def named(actor: "Actor", kind: Kind, name: str) -> tuple[Found, ...]:
    """All of that kind with exactly that marked name. Raises Refused or NoAnswer when they cannot be listed."""
    query = kind.by_name.format(name=quote(name))
    return tuple(found for found in _listed(actor, kind, query) if found.name == name)


def orphans(actor: "Actor", kind: Kind) -> Iterator[tuple[Found, Marker]]:
    """All of that kind that bear a marker of ours, whatever run it is of; raises as `named` does."""
    own = kind.own.format(project=actor.project, user=actor.user)
    for found in _listed(actor, kind, own):
        marker = read_marker(found.name)
        if marker:
            yield found, marker


def children(actor: "Actor", parent: Found) -> tuple[Found, ...]:
    """What services made for a resource of ours, as far as it can be listed."""
    found: list[Found] = []
    for child in parent.kind.children:
        try:
            found += _listed(actor, KINDS[child.kind], child.query.format(id=quote(parent.id)))
        except (Refused, NoAnswer):
            # what cannot be listed cannot be deleted either; the parent's own refusal is reported
            continue
    return tuple(found)


def _listed(actor: "Actor", kind: Kind, query: str) -> Iterator[Found]:
    base = kind.listed or actor.collection(kind)
    seen: set[str] = set()
    while query not in seen and len(seen) < MOST_PAGES:
        seen.add(query)
        answer = actor.call(
            "GET",
            kind.service,
            f"{base}?{query}" if query else base,
            microversion=kind.microversion,
            cleaning=True,
        )
        if not answer.ok:
            raise Refused(answer) if answer.status else NoAnswer(answer)
        items = answer.at(kind.plural)
        for item in items if isinstance(items, list) else ():
            if found := _found(kind, item):
                yield found
        query = _following(answer, kind)
        if not query:
            return


def _found(kind: Kind, item: Any) -> Found | None:
    inner = item.get(kind.key) if kind.name == "keypair" and isinstance(item, dict) else item
    if not isinstance(inner, dict):
        return None
    identifier = str(inner.get(kind.id_field) or "").rstrip("/")
    identifier = identifier.rpartition("/")[2] if kind.id_field.endswith("_ref") else identifier
    name = str(inner.get(kind.name_field) or "") if kind.name_field else ""
    return Found(kind, identifier, name) if identifier else None


def _following(answer: Answer, kind: Kind) -> str:
    """Query of the next page; empty: there is none."""
    links = answer.at(f"{kind.plural}_links")
    linked = [link.get("href") for link in links if link.get("rel") == "next"] if isinstance(links, list) else []
    following = answer.at("next") or (linked[0] if linked else "")
    return following.partition("#")[0].partition("?")[2] if isinstance(following, str) else ""
