# SPDX-License-Identifier: Apache-2.0
"""What every report says of probes and of who may do what."""

import json

import msgspec
import pytest
from markdown_it import MarkdownIt

from sovran.model.matrix import Access, Cell, Matrix, Row
from sovran.model.probe_run import ProbeRun
from sovran.model.report import Report
from sovran.model.verdict import Verdict
from sovran.reports import acted, html_report, json_report, junit, markdown, scs_yaml, terminal
from tests.reports import samples
from tests.reports.parsed_page import Node, parse

COUNTS = "9 as expected, 1 LEAK, 1 MISSING, 1 unclear"
LEFT = "Something is left behind in the cloud: run `sovran cleanup`. The probe backup could not delete: volume v-1"


def test_a_headline_counts_cells_and_leaves_out_what_there_is_not() -> None:
    assert acted.headline(samples.matrix()) == COUNTS
    fine = Row("read", "own", (Cell("reader", Access.ALLOWED), Cell("member", Access.DENIED)))
    assert acted.headline(Matrix("m", ("reader", "member"), (fine,))) == "2 as expected"
    assert acted.headline(Matrix("m", (), ())) == "0 as expected"


def test_what_a_probe_made_is_counted_in_words() -> None:
    run = ProbeRun(name="x", seconds=1.25, made={"RBAC policy": 2, "volume": 1})
    assert acted.did(run) == "1.2 s, made 2 RBAC policies, 1 volume"
    assert acted.did(ProbeRun(name="x", reason="no key manager")) == "no key manager"
    assert acted.did(ProbeRun(name="x", seconds=2.0)) == "2.0 s, made nothing"


class TestTerminal:
    def test_compact_has_the_counts_and_what_is_not_as_expected(self) -> None:
        text = terminal.render([samples.acting()], width=100)
        assert f"Who may do what · roles: {COUNTS}\n" in text
        assert "LEAK     reader: create a volume (own project)  block-storage POST /volumes ended" in text
        assert text.index("LEAK  ") < text.index("MISSING  ") < text.index("unclear  ")
        assert "list volumes" not in text
        assert "key-manager   0.8 s, made 1 secret\n" in text
        assert "sharing       takes `--persona foreign=ENTRY`\n" in text

    def test_verbose_has_every_operation_and_persona(self) -> None:
        lines = terminal.render([samples.acting()], width=100, verbose=True).splitlines()
        (at,) = [number for number, line in enumerate(lines) if line.split() == ["reader", "member", "admin"]]
        shown = [line.split() for line in lines[at + 1 : at + 7]]
        assert shown[0] == ["block-storage"]
        assert shown[2] == ["create", "a", "volume", "(own", "project)", "LEAK", "allowed", "allowed"]
        assert shown[4] == ["network"]

    def test_what_is_left_behind_stands_above_the_answer(self) -> None:
        text = " ".join(terminal.render([samples.acting()], width=80).split())
        assert text.index(LEFT) < text.index("scs-iaas@v5.1 main")

    def test_a_long_list_is_cut_unless_everything_is_wanted(self) -> None:
        leaks = tuple(Row(f"do {n}", "own", (Cell("reader", Access.LEAK, 200),)) for n in range(30))
        report = msgspec.structs.replace(samples.conformant(), matrices=(Matrix("roles", ("reader",), leaks),))
        assert "... and 18 more; --verbose shows all" in terminal.render([report])
        assert "more; --verbose" not in terminal.render([report], verbose=True)

    @pytest.mark.parametrize("verbose", [False, True])
    def test_what_a_claim_has_as_its_finding_is_said_once(self, verbose: bool) -> None:
        said = "block-storage POST /volumes ended with HTTP 202"
        cells = (Cell("reader", Access.LEAK, 202, said), Cell("admin", Access.UNCLEAR, 0, "no answer"))
        rows = (Row("create a volume", "own", cells), Row("create a share", "own", cells[:1]))
        found = samples.finding("volume", "v", f"reader can create a volume (own): {said}")
        report = samples.conformant()
        first = msgspec.structs.replace(
            report.judgements[0], verdict=Verdict.FAIL, reason="it leaks", findings=(found,)
        )
        matrix = Matrix("roles", ("reader", "admin"), rows)
        report = msgspec.structs.replace(report, judgements=(first, *report.judgements[1:]), matrices=(matrix,))
        text = " ".join(terminal.render([report], width=100, verbose=verbose).split())
        assert text.count(f"create a volume (own): {said}") == 1
        assert f"reader: create a volume (own) {said}" not in text
        assert f"reader: create a share (own) {said}" in text
        assert "admin: create a volume (own) no answer" in text
        assert "2 LEAK" in text

    def test_why_a_probe_did_nothing_is_said_once(self) -> None:
        reason = "takes the probe sharing: name another user"
        report = samples.acting()
        first = msgspec.structs.replace(report.judgements[0], verdict=Verdict.MISS, reason=reason)
        idle = ProbeRun(name="sharing", reason=reason)
        report = msgspec.structs.replace(report, judgements=(first, *report.judgements[1:]), probes=(idle,))
        text = " ".join(terminal.render([report], width=100, verbose=True).split())
        assert text.count("name another user") == 1
        alone = msgspec.structs.replace(report, judgements=report.judgements[1:])
        assert "sharing name another user" in " ".join(terminal.render([alone], width=100).split())

    def test_a_run_without_probes_says_nothing_of_them(self) -> None:
        text = terminal.render([samples.conformant()], verbose=True)
        assert "Probes" not in text
        assert "Who may do what" not in text


def page(report: Report) -> Node:
    return parse(html_report.render([report]))


class TestPage:
    def test_the_table_names_each_cell_by_row_and_column(self) -> None:
        section = page(samples.acting()).one("section", class_="access")
        assert f"{COUNTS}." in section.text
        table = section.one("table")
        assert [node.text for node in table.find("th", scope="col")] == ["Operation", "reader", "member", "admin"]
        assert [node.text for node in table.find("th", scope="rowgroup")] == ["block-storage", "network"]
        first = table.find("tr", class_="operation")[0]
        assert first.one("th", scope="row").text == "create a volumeown project · 0115-01"
        cells = [node.text for node in first.find("td")]
        assert cells == ["LEAK", "allowed", "allowed"]
        assert first.attributes["data-kinds"] == "fail pass"

    def test_what_is_not_as_expected_stands_above_the_table_with_the_reason(self) -> None:
        section = page(samples.acting()).one("section", class_="access")
        (leaks,) = section.find("ul", class_="blockers")
        assert [node.text for node in leaks.find("li")] == [
            "LEAK block-storage · reader: create a volume (own project)block-storage POST /volumes ended with HTTP 202",
            "MISSING block-storage · member: delete a volume (own project)Policy doesn't allow it.",
            "unclear network · member: create a network (own project)no answer",
        ]
        fine = msgspec.structs.replace(samples.acting(), matrices=(Matrix("m", ("reader",), ()),))
        assert page(fine).one("section", class_="access").find("ul", class_="blockers") == []

    def test_the_marks_have_words_beside_them(self) -> None:
        for came in page(samples.acting()).find("span", class_="came"):
            assert came.text in {access.value for access in Access}

    def test_what_was_not_tried_says_so(self) -> None:
        row = Row("read", "own", (Cell("reader", Access.ALLOWED),))
        report = msgspec.structs.replace(samples.conformant(), matrices=(Matrix("m", ("reader", "admin"), (row,)),))
        assert [node.text for node in page(report).one("tr", class_="operation").find("td")] == ["allowed", "not tried"]

    def test_a_matrix_wholly_as_expected_is_folded_and_still_counted(self) -> None:
        row = Row("read", "own", (Cell("reader", Access.ALLOWED), Cell("member", Access.DENIED, 403)))
        fine = Matrix("fine", ("reader", "member"), (row,) * 700)
        report = msgspec.structs.replace(samples.conformant(), matrices=(fine, samples.matrix()))
        folded, shown = page(report).find("section", class_="access")
        details = folded.one("details", class_="folded")
        assert "open" not in details.attributes
        assert details.one("summary").text == "1,400 as expected."
        assert len(details.find("tr", class_="operation")) == 600
        assert "and 100 more operations" in details.text
        assert shown.one("details", class_="folded").one("summary").text == "4 operations, by persona"

    def test_probes_have_a_table_and_what_is_left_a_warning(self) -> None:
        root = page(samples.acting())
        (table,) = [table for table in root.find("table") if "3 volumes, 2 RBAC policies" in table.text]
        rows = [[cell.text for cell in row.walk() if cell.tag in ("th", "td")] for row in table.one("tbody").find("tr")]
        assert rows[1] == ["backup", "12.3 s", "3 volumes, 2 RBAC policies", "volume v-1: HTTP 409", "none"]
        assert "left behind" in root.one("p", class_="warning").text

    def test_a_huge_matrix_is_cut_and_counted(self) -> None:
        report = msgspec.structs.replace(samples.conformant(), matrices=(samples.matrix(1000),))
        section = page(report).one("section", class_="access")
        assert len(section.find("tr", class_="operation")) == 600
        assert "and 401 more operations" in section.text


def test_markdown_has_the_whole_matrix_as_a_table() -> None:
    text = markdown.render([samples.acting()])
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    assert [token.type for token in tokens].count("table_open") == 3
    assert "| `block-storage` | `create a volume (own project)` | **LEAK** | allowed | allowed |" in text
    assert "- **LEAK** `reader` `create a volume (own project)`: `block-storage POST /volumes ended with" in text
    assert "- Probe `key-manager`: `0.8 s, made 1 secret`" in text
    assert "left behind" in text


def test_junit_has_counts_as_properties_and_the_rest_as_output() -> None:
    text = junit.render([samples.acting()])
    assert f'name="matrix.1" value="roles: {COUNTS}"' in text
    assert 'name="probe.key-manager" value="0.8 s, made 1 secret"' in text
    assert "LEAK: reader: create a volume (own project): block-storage POST /volumes" in text
    assert "left behind" in text[text.index("<system-err>") :]


def test_json_holds_all_of_it() -> None:
    (report,) = json.loads(json_report.render([samples.acting()]))["reports"]
    assert report["matrices"][0]["rows"][1]["cells"][0]["access"] == "LEAK"
    assert report["probes"][1]["left"] == ["volume v-1: HTTP 409"]


def test_the_file_for_the_monitor_is_what_it_would_be_without_probes() -> None:
    assert scs_yaml.render([samples.acting()]) == scs_yaml.render([samples.conformant()])


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_nothing_foreign_is_obeyed(text: str) -> None:
    report = msgspec.structs.replace(
        samples.conformant(),
        matrices=(samples.hostile_matrix(text),),
        probes=(ProbeRun(name=text, made={text: 1}, left=(text,), reason=text),),
    )
    for written in (terminal.render([report], verbose=True), markdown.render([report]), junit.render([report])):
        assert all(line.isprintable() for line in written.split("\n"))
