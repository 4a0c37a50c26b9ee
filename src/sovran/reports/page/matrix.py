# SPDX-License-Identifier: Apache-2.0
"""Several clouds side by side: the answers, then each standard."""

from collections.abc import Sequence

from sovran.reports import digest
from sovran.reports.page.marks import mark
from sovran.reports.page.markup import Html, element
from sovran.reports.page.standards import counted
from sovran.reports.page.view import KINDS, View


def matrix(views: Sequence[View]) -> Html:
    """One column per cloud; one row per scope and target, and one per standard."""
    clouds = (
        element(
            "th", element("a", view.report.cloud.name or "a cloud", href=f"#{view.own_anchor('cloud')}"), scope="col"
        )
        for view in views
    )
    head = element("thead", element("tr", element("td"), *clouds))
    answers = [{(one.scope, one.target): one for one in digest.answers(view.report)} for view in views]
    rows = []
    for scope, target in dict.fromkeys(key for mine in answers for key in mine):
        cells = (_answer(mine.get((scope, target))) for mine in answers)
        name = element("th", element("code", scope), f" {target}", scope="row")
        rows.append(element("tr", name, *cells, class_="answers"))
    standards = [{row.standard: row for row in digest.rows(view.report)} for view in views]
    for standard in dict.fromkeys(name for mine in standards for name in mine):
        cells = (_standard(mine.get(standard)) for mine in standards)
        rows.append(element("tr", element("th", element("code", standard), scope="row"), *cells))
    table = element("table", head, element("tbody", *rows), class_="matrix")
    return element("div", table, class_="wide", tabindex=0, role="region", aria_label="Clouds side by side")


def _answer(answer: digest.Answer | None) -> Html:
    if answer is None:
        return element("td", "not asked", class_="soft")
    how = {"CONFORMANT": "pass", "NOT CONFORMANT": "fail", "UNDECIDED": "open"}.get(answer.label)
    how = how or KINDS[answer.verdict]
    said = element("span", answer.sentence, class_="soft small")
    return element("td", element("span", mark(how), answer.label.capitalize(), class_="said"), said)


def _standard(row: digest.Row | None) -> Html:
    if row is None:
        return element("td", "not asked", class_="soft")
    official = element("span", *counted(row.official), class_="both")
    text = element("span", f"by the text {row.text}", class_="soft small") if row.text != "-" else None
    return element("td", official, text)
