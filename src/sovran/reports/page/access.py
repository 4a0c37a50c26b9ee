# SPDX-License-Identifier: Apache-2.0
"""Who may do what, as probes tried it: a table of operations by personas; and what the probes of the run did."""

from collections.abc import Iterator, Sequence

from sovran.model.matrix import Access, Cell, Matrix, Row
from sovran.reports import acted
from sovran.reports.page.answer import reference_plain
from sovran.reports.page.marks import mark
from sovran.reports.page.markup import Html, element, join, prose
from sovran.reports.page.view import View

KINDS = {
    Access.LEAK: "fail",
    Access.MISSING: "fail",
    Access.UNCLEAR: "open",
    Access.ALLOWED: "pass",
    Access.DENIED: "pass",
}
"""What came of it to the mark that it has, worst first."""
ROWS_SHOWN = 600
"""Of one matrix."""
SHOWN = 60
"""Of a matrix, of what is not as expected."""


def access(view: View) -> Iterator[Html]:
    """One section per matrix, and one on the probes, as far as there are any."""
    for matrix in view.report.matrices:
        yield _section(view, matrix)
    if view.report.probes:
        yield _probes(view)


def _section(view: View, matrix: Matrix) -> Html:
    """The counts, what is not as expected with its reason, and everything in a folded table."""
    told = f"{acted.headline(matrix)}."
    found = acted.telling(matrix)
    count = element("span", element("b", f"{len(matrix.rows):,}"), " operations, by persona", class_="what")
    fine = (mark("pass"), element("span", told, class_="what"))
    summary = element("summary", count) if found else element("summary", *fine)
    return element(
        "section",
        element(view.heading(1), f"Who may do what: {matrix.title}"),
        element("p", told, class_="soft") if found else None,
        *_telling(found),
        element("p", "Nothing matches what you search.", class_="nothing soft", hidden=True),
        element("details", summary, element("div", *_operations(view, matrix)), class_="folded"),
        class_="access",
    )


def _telling(found: Sequence[tuple[Row, Cell]]) -> Iterator[Html]:
    """What is not as expected, leaks first."""
    items = (element("li", mark(KINDS[cell.access]), element("div", *_told(row, cell))) for row, cell in found[:SHOWN])
    if found:
        yield element("ul", *items, class_="blockers")
    if len(found) > SHOWN:
        yield element("p", f"and {len(found) - SHOWN:,} more; the JSON report has them all.", class_="more")


def _told(row: Row, cell: Cell) -> Iterator[Html]:
    service = f"{row.service} · " if row.service else ""
    yield element("p", element("b", cell.access.value), f" {service}{cell.persona}: {acted.operation(row)}")
    if cell.said:
        yield element("p", cell.said, class_="soft small")


def _operations(view: View, matrix: Matrix) -> Iterator[Html]:
    """The table, and how much of it is left out."""
    label = f"Operations: {matrix.title}"
    yield element("div", _table(view, matrix), class_="wide", tabindex=0, role="region", aria_label=label)
    left = len(matrix.rows) - ROWS_SHOWN
    if left > 0:
        yield element("p", f"and {left:,} more operations; the JSON report has them all.", class_="more")


def _table(view: View, matrix: Matrix) -> Html:
    personas = (element("th", persona, scope="col") for persona in matrix.personas)
    head = element("thead", element("tr", element("th", "Operation", scope="col"), *personas))
    bodies = []
    room = ROWS_SHOWN
    for service, rows in acted.by_service(matrix).items():
        shown = rows[: max(room, 0)]
        room -= len(shown)
        if shown:
            bodies.append(_service(view, service, shown, matrix.personas))
    return element("table", head, *bodies, class_="matrix operations")


def _service(view: View, service: str, rows: Sequence[Row], personas: Sequence[str]) -> Html:
    """The operations on one service below its name; those that are not as expected first."""
    name = None
    if service:
        title = element("th", service, scope="rowgroup", colspan=len(personas) + 1)
        name = element("tr", title, class_="service")
    ordered = sorted(rows, key=_worst)
    return element("tbody", name, *(_row(view, row, personas) for row in ordered))


def _worst(row: Row) -> int:
    order = list(KINDS)
    return min(
        (order.index(cell.access) for cell in row.cells if cell.access not in acted.EXPECTED), default=len(order)
    )


def _row(view: View, row: Row, personas: Sequence[str]) -> Html:
    cells = {cell.persona: cell for cell in row.cells}
    kinds = dict.fromkeys(KINDS[cell.access] for cell in row.cells)
    about = join([row.target or None, _claim(view, row.claim)], " · " if row.target and row.claim else None)
    name = element("th", row.operation, element("span", about, class_="soft small"), scope="row")
    return element(
        "tr",
        name,
        *(_cell(cells.get(persona)) for persona in personas),
        class_="operation",
        data_kinds=" ".join(kinds) or "none",
    )


def _claim(view: View, claim: str) -> Html | None:
    """The requirement that speaks of the operation: a link where it was judged."""
    if not claim:
        return None
    return reference_plain(view, claim) if claim in view.claims else element("code", claim)


def _cell(cell: Cell | None) -> Html:
    if cell is None:
        return element("td", "not tried", class_="soft")
    how = KINDS[cell.access]
    word = cell.access.value
    words = word if cell.access in acted.EXPECTED else element("b", word)
    return element("td", element("span", mark(how), words, class_=f"came {how}"))


def _probes(view: View) -> Html:
    """Which probes acted, how long, what they made, and what is left."""
    rows = []
    for run in view.report.probes:
        left = join((element("span", one, class_="left") for one in run.left), " ") if run.left else "nothing"
        rows.append(
            element(
                "tr",
                element("th", element("code", run.name), scope="row"),
                element("td", f"{run.seconds:.1f} s", data_label="Time"),
                element("td", element("span", acted.made(run)), data_label="Made"),
                element("td", element("span", left), data_label="Left"),
                element("td", element("span", prose(acted.remark(run)) if run.reason else "none"), data_label="Remark"),
            )
        )
    words = ("Probe", "Time", "Made", "Left", "Remark")
    header = element("tr", *(element("th", word, scope="col") for word in words))
    table = element("table", element("thead", header), element("tbody", *rows), class_="overview")
    note = element("p", "What acted in the cloud, with its cleanup.", class_="soft")
    return element("section", element(view.heading(1), "Probes"), note, table)
