# SPDX-License-Identifier: Apache-2.0
"""Marks of verdicts, drawn rather than written so that they look alike everywhere, and bars of how many there are."""

from collections import Counter
from collections.abc import Iterable

from sovran.reports.page.markup import Html, element, join, raw
from sovran.reports.page.view import OWN, WORDS, spoken

_DRAWN = {
    "fail": '<circle cx="8" cy="8" r="8"/><path class="on" d="M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4"/>',
    "should": '<circle class="ring" cx="8" cy="8" r="7"/><path d="M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4"/>',
    "open": '<circle class="ring" cx="8" cy="8" r="7"/>'
    '<path d="M6 6.3a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.3M8 11.6v.1"/>',
    "none": '<circle class="ring dots" cx="8" cy="8" r="7"/>',
    "na": '<path d="M4 8h8"/>',
    "pass": '<path d="M2.8 8.6l3.4 3.4 7-7.6"/>',
}
"""Kind to a drawing of 16 by 16; a class says what is filled."""
LEAST_SHARE = 0.6
"""Percent of a bar that even one of thousands gets, so that it is seen."""


def sprite() -> Html:
    """The drawings, once per page."""
    symbols = "".join(
        f'<symbol id="{OWN}{kind}" viewBox="0 0 16 16">{drawn}</symbol>' for kind, drawn in _DRAWN.items()
    )
    return raw(f'<svg class="sprite" width="0" height="0" aria-hidden="true">{symbols}</svg>')


def mark(kind: str) -> Html:
    """The mark of a verdict; what it means must stand beside it in words."""
    return raw(f'<svg class="mark {kind}" aria-hidden="true"><use href="#{OWN}{kind}"/></svg>')


def bar(kinds: Iterable[str]) -> Html:
    """How many verdicts there are of each kind, as a bar with its legend."""
    counts = Counter(kinds)
    total = sum(counts.values())
    if not total:
        return join([])
    shares = {kind: max(LEAST_SHARE, 100 * counts[kind] / total) for kind in WORDS if counts[kind]}
    scale = 100 / sum(shares.values())
    parts, at = [], 0.0
    for kind, share in shares.items():
        width = share * scale
        parts.append(f'<rect class="{kind}" x="{at:.2f}%" width="{max(width - 0.3, 0.3):.2f}%" height="100%"/>')
        at += width
    legend = (element("li", mark(kind), element("b", f"{counts[kind]:,}"), f" {spoken(kind)}") for kind in shares)
    drawing = raw(f'<svg class="bar" aria-hidden="true">{"".join(parts)}</svg>')
    return element("div", drawing, element("ul", *legend, class_="legend"), class_="counts")
