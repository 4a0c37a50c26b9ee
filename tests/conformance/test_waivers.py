# SPDX-License-Identifier: Apache-2.0
"""Waivers: what a file may say, which findings are covered, and what stays true in spite of them."""

import datetime
from pathlib import Path

import msgspec
import pytest
import yaml

from sovran.conformance.exit_code import exit_code
from sovran.conformance.waivers import PlacedWaiver, read_waivers, with_waivers
from sovran.model.errors import ExitCode, UsageError
from sovran.model.finding import Finding, Weight
from sovran.model.report import Report
from sovran.model.verdict import Verdict
from sovran.model.waiver import Waiver
from sovran.reports import scs_yaml
from sovran.standards.load import load_standards
from tests.reports.samples import conformant, finding, judgement, report

RULESET = load_standards(environ={})
TODAY = datetime.date(2026, 11, 20)
SYNTAX = "scs-0100-syntax-check"
GOOD = """\
- id: scs-0100-syntax-check
  resource: SCS-*X-*
  reason: renamed with the next hosts
  owner: Ada
  until: 2026-12-31
- {id: 0103-*, reason: r, owner: o, until: 2026-01-01}
"""


def waiver(claim: str = SYNTAX, resource: str = "*", until: datetime.date = TODAY) -> PlacedWaiver:
    return PlacedWaiver(Waiver(id=claim, resource=resource, reason="r", owner="o", until=until), "w.yaml, line 1")


def broken(*names: str, claim: str = SYNTAX) -> Report:
    """A report in which one testcase fails on these flavors."""
    findings = tuple(finding("flavor", name, f"flavor {name} is bad", field="name") for name in names)
    return report({claim: judgement(claim, Verdict.FAIL, reason="bad", findings=findings)})


def covered(found: Report, claim: str = SYNTAX) -> list[bool]:
    (one,) = [one for one in found.judgements if one.claim == claim]
    return [finding.waiver is not None for finding in one.findings]


def test_a_file_is_read_with_the_line_of_each(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(GOOD, encoding="utf-8")
    first, second = read_waivers(path, RULESET)
    assert (first.waiver.owner, first.waiver.until) == ("Ada", datetime.date(2026, 12, 31))
    assert first.place == f"{path}, line 1"
    assert second.place == f"{path}, line 6"
    assert second.waiver.resource == "*"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("owner: Ada", "ovner: Ada"), "line 4, column 3: `ovner` is not a key of a waiver; did you"),
        (GOOD.replace("  owner: Ada\n", ""), "line 1, column 3: a waiver needs the key `owner`, which is missing here"),
        (GOOD.replace("2026-12-31", "soon"), "line 5, column 10: `until` is not a date such as"),
        (GOOD.replace("owner: Ada", "owner: ''"), "line 4, column 10: `owner` is empty"),
        (GOOD.replace("owner: Ada", "owner: 3"), "`owner` is a whole number where text is expected; put it in quotes"),
        (GOOD.replace("syntax", "sintax"), "line 1, column 7: `scs-0100-sintax-check` matches no requirement"),
        ("id: x\n", "the file is a mapping where a list is expected"),
        ("", "the file is empty; a list of waivers must stand in it"),
        ("- {id: [}\n", "line 1"),
        ("- {id: 0100-01, id: 0100-02}\n", "the key `id` stands twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_waivers(path, RULESET)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


def test_an_unreadable_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*no\.yaml: No such file"):
        read_waivers(tmp_path / "no.yaml", RULESET)


def test_testcases_without_data_can_be_waived(tmp_path: Path) -> None:
    testcases = {
        name for module in RULESET.scopes["scs-iaas"].modules for names in module.targets.values() for name in names
    }
    path = tmp_path / "w.yaml"
    entries = [{"id": name, "reason": "r", "owner": "o", "until": TODAY} for name in testcases]
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    assert len(read_waivers(path, RULESET)) == len(testcases)


def test_a_waiver_covers_by_id_and_by_name_or_id_of_the_resource() -> None:
    found = with_waivers(broken("SCS-1X-4", "SCS-2X-8", "other"), [waiver("scs-0100-*", "SCS-?X-*")], TODAY)
    assert covered(found) == [True, True, False]
    assert found.waivers[0].findings == 2
    assert covered(with_waivers(broken("a"), [waiver("scs-0103-*")], TODAY)) == [False]
    assert covered(with_waivers(broken("Ab"), [waiver(resource="ab")], TODAY)) == [False]


def test_a_finding_without_resource_is_reached_by_the_star_only() -> None:
    bare = Finding(message="nothing there")
    found = report({SYNTAX: judgement(SYNTAX, Verdict.FAIL, findings=(bare,))})
    assert covered(with_waivers(found, [waiver()], TODAY)) == [True]
    assert covered(with_waivers(found, [waiver(resource="**")], TODAY)) == [False]


def test_notes_are_not_waived() -> None:
    note = Finding(message="fine", weight=Weight.NOTE)
    found = report({SYNTAX: judgement(SYNTAX, Verdict.FAIL, findings=(note, finding("flavor", "a", "bad")))})
    assert covered(with_waivers(found, [waiver()], TODAY)) == [False, True]


def test_the_verdict_stays_and_the_exit_code_looks_away() -> None:
    found = with_waivers(broken("a", "b"), [waiver()], TODAY)
    (one,) = [one for one in found.judgements if one.claim == SYNTAX]
    assert one.verdict is Verdict.FAIL
    assert one.waived
    assert found.scopes[0].targets == {"main": Verdict.FAIL}
    assert exit_code([found]) is ExitCode.OK
    partly = with_waivers(broken("a", "b"), [waiver(resource="a")], TODAY)
    assert exit_code([partly]) is ExitCode.NOT_CONFORMANT


def test_what_is_undecided_cannot_be_waived() -> None:
    undecided = report({SYNTAX: judgement(SYNTAX, Verdict.ABORT)})
    assert exit_code([with_waivers(undecided, [waiver("*")], TODAY)]) is ExitCode.UNDECIDED


def test_the_last_day_counts_and_the_next_does_not() -> None:
    assert covered(with_waivers(broken("a"), [waiver(until=TODAY)], TODAY)) == [True]
    late = with_waivers(broken("a"), [waiver(until=TODAY - datetime.timedelta(days=1))], TODAY)
    assert covered(late) == [False]
    assert (late.waivers[0].expired, late.waivers[0].findings) == (True, 1)
    assert exit_code([late]) is ExitCode.NOT_CONFORMANT


def test_of_two_that_cover_the_first_that_holds_is_named() -> None:
    old = waiver(until=TODAY - datetime.timedelta(days=1))
    found = with_waivers(broken("a"), [old, waiver("scs-*"), waiver()], TODAY)
    (one,) = [one for one in found.judgements if one.claim == SYNTAX]
    assert one.findings[0].waiver is not None
    assert one.findings[0].waiver.id == "scs-*"


def test_the_monitor_gets_the_truth() -> None:
    plain = broken("a", "b")
    assert scs_yaml.render([with_waivers(plain, [waiver("*")], TODAY)]) == scs_yaml.render([plain])
    assert f"{SYNTAX}: -1" in scs_yaml.render([with_waivers(plain, [waiver("*")], TODAY)])


def test_nothing_to_waive_changes_no_judgement() -> None:
    found = with_waivers(conformant(), [waiver()], TODAY)
    assert found.judgements == conformant().judgements
    assert msgspec.structs.replace(found, waivers=()) == conformant()
