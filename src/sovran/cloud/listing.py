# SPDX-License-Identifier: Apache-2.0
"""Listings: following the pages of an OpenStack collection to its end, and decoding the whole."""

from types import GenericAlias
from typing import Any, TypeVar

import msgspec

from sovran.cloud.outcome import Ok, Outcome, Partial, Unreachable
from sovran.cloud.recording import UNREADABLE, Exchange, Reader
from sovran.model.printable import printable

T = TypeVar("T")
MOST_PAGES = 1000
LONGEST_WORDS = 200
"""Characters of a reason that come from the cloud."""


def decode(exchange: Exchange, kind: type[T], what: str) -> Outcome[T]:
    """The body of an answer as `kind` (a msgspec type); Unreachable, saying where, when it has another form.

    A snapshot keeps of the body what `kind` declares.
    """
    asked = printable(f"{exchange.service} answered GET {exchange.path}", LONGEST_WORDS)
    if lacking := exchange.kept.fields(kind):
        return Unreachable(f"this snapshot did not keep {lacking} of what {asked} with: take a new one")
    reason = exchange.kept.error
    if not reason:
        try:
            return Ok(msgspec.json.decode(exchange.body, type=kind))
        except UNREADABLE as error:
            reason = str(error)
    return Unreachable(f"{asked} with something other than {what}: {printable(reason, LONGEST_WORDS)}")


def listing(
    reader: Reader, service: str, path: str, key: str, item: type[T], *, microversion: str = ""
) -> Outcome[list[T]]:
    """All items of a collection, page by page, each decoded as `item` (a msgspec Struct with an `id`).

    `key` is the collection's name in the body; `KEY_links` may carry the next page (OpenStack API guideline on
    pagination), or `next`, as in the Image API. A listing that names a page or an id twice has no end or no order, so
    it counts as unreadable.
    """
    page_type: Any = msgspec.defstruct(
        "Page",
        [
            ("items", GenericAlias(list, (item,)), msgspec.field(name=key)),
            ("links", list[dict[str, str]], msgspec.field(name=f"{key}_links", default_factory=list)),
            ("next", str | None, None),
        ],
    )
    items: list[T] = []
    seen_ids: set[str] = set()
    seen_pages: set[str] = set()
    base, _, query = path.partition("?")
    while True:
        if query in seen_pages:
            return Unreachable(f"{service} lists {key} without end: page {printable(query) or 'one'!r} comes again")
        if len(seen_pages) == MOST_PAGES:
            return Unreachable(f"{service} lists {key} on more than {MOST_PAGES} pages")
        seen_pages.add(query)
        answer = reader.get(service, f"{base}?{query}" if query else base, microversion=microversion)
        if not isinstance(answer, Ok):
            # the address of a later page is the cloud's, and the reason may quote it
            return Partial(f"after {len(items)} {key}: {printable(answer.reason, LONGEST_WORDS)}") if items else answer
        page = decode(answer.value, page_type, f"a list of {key}")
        if not isinstance(page, Ok):
            return page
        for one in page.value.items:
            if one.id in seen_ids:
                return Unreachable(f"{service} lists the id {printable(one.id)!r} twice among its {key}")
            seen_ids.add(one.id)
        items += page.value.items
        linked = (link.get("href", "") for link in page.value.links if link.get("rel") == "next")
        following = page.value.next or next(linked, "")
        if not following:
            return Ok(items)
        # not urlsplit, which refuses some hosts: only the query counts
        query = following.partition("#")[0].partition("?")[2]
