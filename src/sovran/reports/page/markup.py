# SPDX-License-Identifier: Apache-2.0
"""HTML that escapes by construction: text becomes part of it only through `element`, which escapes all that is no Html.

A template engine would be a dependency of every installation for one page; this is all of it that the page needs.
"""

import html
from collections.abc import Iterable

from sovran.model.printable import printable

TEXT_LIMIT = 600
"""Characters of one piece of text; more is no name and no sentence."""

_VOID = frozenset(("input", "link", "meta"))


class Html(str):
    """Markup. Only this module makes it; everything else holds it or passes it on."""

    __slots__ = ()


Child = Html | str | None
"""What an element may hold: text is escaped, None is nothing."""
Value = str | int | bool | None
"""Of an attribute: True writes its name alone, False and None write nothing."""

NOTHING = Html("")


def element(tag: str, *children: Child, **attributes: Value) -> Html:
    """An element; names of attributes as keywords: `class_` is class, `data_verdict` is data-verdict.

    Names come from our own code; values and children may be hostile.
    """
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{join(children)}</{tag}>")


def join(children: Iterable[Child], between: Child = None) -> Html:
    """Children one after the other, text among them escaped."""
    return Html(_escaped(between).join(map(_escaped, (child for child in children if child is not None))))


def raw(own: str) -> Html:
    """Our own style sheet, script or drawing, as it is: never anything that was read from elsewhere."""
    return Html(own)


def lines(numbered: Iterable[Child]) -> Html:
    """Lines of preformatted text, each escaped on its own, so that only we break lines."""
    return join(numbered, Html("\n"))


def prose(text: str, limit: int = TEXT_LIMIT) -> Html:
    """A sentence in which pairs of backticks stand for code, as in our own data."""
    parts = printable(text, limit=limit).split("`")
    if len(parts) % 2 == 0 or not all(part.strip() for part in parts[1:-1]):
        return join([text])
    return join(element("code", part) if number % 2 else part for number, part in enumerate(parts))


def link(target: str, *children: Child, **attributes: Value) -> Html:
    """A link to an address on the web, or only its children when it is none: no script, no file, no other scheme."""
    if target.startswith(("https://", "http://")) and target.isprintable():
        return element("a", *children, href=target, rel="noreferrer noopener", **attributes)
    return join(children)


def _escaped(child: Child) -> str:
    if child is None or isinstance(child, Html):
        return child or ""
    return html.escape(printable(child, limit=TEXT_LIMIT))


def _attribute(name: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    shown = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {shown}"
    return f' {shown}="{html.escape(printable(str(value), limit=TEXT_LIMIT))}"'
