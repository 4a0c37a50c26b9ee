# SPDX-License-Identifier: Apache-2.0
"""Reports show what is waived and what is known: by whom, until when, why; and that the verdict stays."""

import json
from xml.etree import ElementTree

import msgspec
import pytest

from sovran.conformance.baseline import with_baseline
from sovran.model.report import Report
from sovran.model.verdict import Verdict
from sovran.reports import accepted, json_report, junit, markdown, scs_yaml, terminal
from tests.reports import samples
from tests.reports.test_junit import outcome, parsed
from tests.reports.test_markdown import structure

WAIVED = "scs-0103-flavor-2v-8"
PARTLY = "scs-0100-syntax-check"


def known(*, only_new: bool) -> Report:
    """`failing` held against itself before one flavor got a bad name."""
    (syntax,) = [one for one in samples.failing().judgements if one.claim == PARTLY]
    before = samples.failing()
    fewer = msgspec.structs.replace(syntax, findings=syntax.findings[1:])
    judgements = tuple(fewer if one.claim == PARTLY else one for one in before.judgements)
    before = msgspec.structs.replace(before, judgements=judgements)
    (found,) = with_baseline([samples.failing()], [before], only_new=only_new)
    return found


def test_warnings_name_what_expired_and_what_matches_nothing() -> None:
    expired, useless, unmatched, nothing_failed = accepted.warnings(samples.waived())
    assert expired == (
        "the waiver for 0123-01 on * by Ada (waivers.yaml, line 3) expired on 2026-11-19: "
        "1 finding that it covered counts again"
    )
    assert useless.endswith("(waivers.yaml, line 4) expired on 2026-11-19 and covers nothing here: remove it")
    assert unmatched.endswith("(waivers.yaml, line 5) matches no finding of this run: remove or correct it")
    assert "line 6" in nothing_failed


def test_without_waivers_and_baseline_nothing_is_said() -> None:
    assert accepted.warnings(samples.failing()) == accepted.summary(samples.failing()) == ()


def test_the_terminal_shows_who_accepts_what_and_puts_it_last() -> None:
    shown = terminal.render([samples.waived()], width=120)
    assert "scs-iaas@v5.1 main: NOT CONFORMANT: 2 of 32 fail" in shown
    assert "Waived: 2 findings; failing claims left out of the exit code: 1; verdicts stay." in shown
    assert f"FAIL  {WAIVED} (waived)" in shown
    assert "(waived until 2026-12-31 by Ada: Ada said so)" in shown
    assert shown.index(PARTLY) < shown.index(WAIVED)
    assert "Note: the waiver for 0123-01 on * by Ada (waivers.yaml, line 3) expired on 2026-11-19" in shown


def test_the_finding_that_still_counts_stands_before_the_waived_one() -> None:
    shown = terminal.render([samples.waived()], width=120, verbose=True)
    lines = [line for line in shown.splitlines() if "CPU suffix X" in line]
    assert len(lines) == 20
    assert "SCS-3X-12" in lines[-1]
    assert "waived" in lines[-1]


def test_the_terminal_says_what_is_new() -> None:
    shown = terminal.render([known(only_new=True)], width=120)
    assert (
        "Baseline: lab of 2026-11-20 09:41 UTC: 1 of 24 findings new, 0 of 8 undecided claims new; "
        "only what is new counts for the exit code." in " ".join(shown.split())
    )
    assert f"FAIL  {WAIVED} (known)" in shown
    assert f"{PARTLY} (known)" not in shown
    # the new one first
    assert shown.index("SCS-1X-4:") < shown.index("SCS-2X-8:")
    assert "only what is new counts" not in terminal.render([known(only_new=False)])


def test_markdown_shows_who_accepts_what() -> None:
    written = markdown.render([samples.waived()])
    assert f"- **MUST** `{WAIVED}` **(waived)** What" in written
    assert "(`waived until 2026-12-31 by Ada: Ada said so`)" in written
    assert "- **Waiver:** `the waiver for 0123-01 on * by Ada (waivers.yaml, line 3) expired" in written


def test_json_carries_waivers_and_their_use() -> None:
    (report,) = json.loads(json_report.render([samples.waived()]))["reports"]
    (judgement,) = [one for one in report["judgements"] if one["claim"] == WAIVED]
    assert judgement["verdict"] == "FAIL"
    assert judgement["findings"][0]["waiver"] == {
        "id": "scs-0103-flavor-*",
        "resource": "*",
        "reason": "Ada said so",
        "owner": "Ada",
        "until": "2026-12-31",
    }
    assert [(use["expired"], use["findings"]) for use in report["waivers"]][:3] == [(False, 1), (False, 1), (True, 1)]


def test_junit_skips_what_is_waived_with_the_reason() -> None:
    root = parsed(samples.waived())
    found = outcome(root, WAIVED)
    assert found is not None
    assert found.tag == "skipped"
    assert str(found.get("message")).startswith("MUST FAIL (waived until 2026-12-31 by Ada: Ada said so): ")
    partly = outcome(root, PARTLY)
    assert partly is not None
    assert partly.tag == "failure"
    assert "expired on 2026-11-19" in root.findtext("testsuite/system-err", "")


@pytest.mark.parametrize(("only_new", "tag"), [(True, "skipped"), (False, "failure")])
def test_junit_skips_what_is_known_only_where_new_counts(only_new: bool, tag: str) -> None:
    found = outcome(parsed(known(only_new=only_new)), WAIVED)
    assert found is not None
    assert found.tag == tag
    new = outcome(parsed(known(only_new=only_new)), PARTLY)
    assert new is not None
    assert new.tag == "failure"


def test_the_monitor_sees_neither() -> None:
    plain = scs_yaml.render([samples.failing()])
    assert scs_yaml.render([samples.waived()]) == plain
    assert scs_yaml.render([known(only_new=True)]) == plain


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_owners_and_reasons_break_out_of_nothing(text: str) -> None:
    report = samples.waived(text)
    assert structure(markdown.render([report])) == structure(markdown.render([samples.waived("x")]))
    assert all(line.isprintable() for line in terminal.render([report], verbose=True).split("\n"))
    root = ElementTree.fromstring(junit.render([report]))  # noqa: S314 - written by ourselves
    assert len(list(root.iter("testcase"))) == len(report.judgements)
    assert json.loads(json_report.render([report]))


def test_every_verdict_stays() -> None:
    before = {one.claim: one.verdict for one in samples.failing().judgements}
    assert {one.claim: one.verdict for one in samples.waived().judgements} == before
    assert samples.waived().scopes[0].targets["main"] is Verdict.FAIL
