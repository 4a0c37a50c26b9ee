# SPDX-License-Identifier: Apache-2.0
"""All claims: a table of the standards, then each standard with official testcases and requirements side by side."""

from collections.abc import Iterable, Iterator, Sequence

from sovran.model.claim import Reading
from sovran.model.report import Judgement, StandardInfo
from sovran.reports import digest
from sovran.reports.page.claims import claim
from sovran.reports.page.marks import mark
from sovran.reports.page.markup import Html, element, join, link
from sovran.reports.page.view import KINDS, WORDS, View, kind, spoken

READINGS = {Reading.OFFICIAL: "Official testcases", Reading.TEXT: "By the text"}
FOLDED = ("pass", "na", "none")
"""Kinds that are folded into one line each: they ask nothing of the reader."""


def title(view: View, standard: str) -> StandardInfo | None:
    """What the report says about a standard."""
    return next((info for info in view.report.standards if info.id == standard), None)


def overview(view: View) -> Html:
    """One row per standard, in both readings."""
    rows = []
    for row in digest.rows(view.report):
        info = title(view, row.standard)
        name = element("a", element("code", row.standard), href=f"#{view.standard_anchor(row.standard)}")
        rows.append(
            element(
                "tr",
                element("th", name, element("span", info.title, class_="title") if info else None, scope="row"),
                *(element("td", element("span", *counted(said)), data_label=label) for label, said in _sides(row)),
            )
        )
    header = element("tr", *(element("th", word, scope="col") for word in ("Standard", "Official", "By the text")))
    table = element("table", element("thead", header), element("tbody", *rows), class_="overview")
    return element("section", element(view.heading(1), "Standards"), table)


def _sides(row: digest.Row) -> tuple[tuple[str, str], ...]:
    return ("Official", row.official), ("By the text", row.text)


def counted(said: str) -> Iterator[Html]:
    """Counts as the digest speaks them, each with its mark."""
    kinds = {words: KINDS[verdict] for verdict, words in digest.WORDS.items()} | {digest.SHOULD_WORDS: "should"}
    if said == "-":
        yield element("span", "none", class_="soft")
        return
    for part in said.split(", "):
        count, _, words = part.partition(" ")
        yield element("span", mark(kinds[words]), element("b", count), f" {words}", class_="counted")


def sections(view: View) -> Iterator[Html]:
    """Each standard with all its claims."""
    for standard, judgements in digest.by_standard(view.report.judgements).items():
        info = title(view, standard)
        heading = element(
            view.heading(2), element("code", standard), f" {info.title}" if info else None, class_="standard-title"
        )
        source = element("p", link(info.url, "Read the standard"), class_="soft") if info and info.url else None
        columns = (_column(view, reading, judgements) for reading in READINGS)
        yield element(
            "section",
            element("header", heading, source),
            element("div", *columns, class_="columns"),
            class_="standard",
            id=view.once(view.standard_anchor(standard)),
        )


def _column(view: View, reading: Reading, judgements: Iterable[Judgement]) -> Html:
    mine = [judgement for judgement in judgements if judgement.reading is reading]
    said = element("p", "None.", class_="soft none-here") if not mine else join(_claims(view, mine))
    return element("div", element(view.heading(3), READINGS[reading]), said, class_="column")


def _claims(view: View, judgements: Sequence[Judgement]) -> Iterator[Html]:
    """What fails or is undecided stands open to the eye; the rest is folded by kind."""
    groups: dict[str, list[Judgement]] = {how: [] for how in WORDS}
    for judgement in judgements:
        groups[kind(judgement)].append(judgement)
    for how, members in groups.items():
        if how not in FOLDED:
            yield from (claim(view, judgement) for judgement in members)
        elif members:
            yield _folded(view, how, members)


def _folded(view: View, how: str, members: Sequence[Judgement]) -> Html:
    line = element("span", element("b", f"{len(members):,}"), f" {spoken(how)}", class_="what")
    return element(
        "details",
        element("summary", mark(how), line),
        element("div", *(claim(view, judgement) for judgement in members)),
        class_="folded",
    )
