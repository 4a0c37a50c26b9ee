# SPDX-License-Identifier: Apache-2.0
"""`sovran explain` as its users see it."""

import datetime
import json
from pathlib import Path

import pytest

from sovran.model.verdict import Verdict
from sovran.reports import json_report
from sovran.standards.load import load_standards
from tests.cli.running import Command, on_terminal, visible
from tests.reports import samples


@pytest.fixture
def sovran(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.delenv("SOVRAN_STANDARDS", raising=False)
    return Command(capsys)


def fields(out: str) -> dict[str, str]:
    """Label to text; further lines of a text are joined to it."""
    found: dict[str, str] = {}
    label = ""
    for line in out.splitlines()[1:]:
        label = line[:15].strip() or label
        found[label] = f"{found[label]}\n{line[15:]}" if label in found else line[15:]
    return found


def test_a_testcase_tells_statement_rule_scopes_counterparts_and_cure(sovran: Command) -> None:
    ended = sovran("explain", "scs-0103-flavor-2v-4-20s")
    assert ended.code == 0
    assert ended.out.startswith("scs-0103-flavor-2v-4-20s (MUST), official testcase of scs-0103: Standard flavors")
    shown = fields(ended.out)
    assert shown["reading"].startswith("official: As the official suite decides")
    assert shown["decided by"].startswith("scs_0103.official_flavor: Passes when ")
    assert shown["parameters"] == "name: SCS-2V-4-20s"
    assert shown["counts in"] == "scs-iaas@next (main), scs-iaas@v5.1 (main), scs-iaas@v4 (main)"
    assert shown["counterparts"] == "MUST, text: 0103-01, 0103-03, 0103-04, 0103-05, 0103-06"
    assert "openstack flavor create" in shown["cure"]


def test_a_requirement_tells_its_source_and_its_rows(sovran: Command) -> None:
    shown = fields(sovran("explain", "0103-02").out)
    assert shown["reading"].startswith("text: As the text")
    assert shown["source"].startswith("scs-0103-v1, Standard SCS flavors")
    assert "  SCS-16V-128, 16, shared-core, 128, 0, -" in shown["parameters"].splitlines()
    assert shown["counterparts"].count("scs-0103-flavor-") == 16


def test_parameters_that_differ_by_document_are_shown_for_each(sovran: Command) -> None:
    lines = fields(sovran("explain", "0123-01").out)["parameters"].splitlines()
    first, second = (line for line in lines if ": services: " in line)
    assert first.startswith("scs-0123-v1: services: block-storage (volumev3, ")
    assert first.endswith("; s3 (object-store-s3)")
    assert second.endswith("; object-store-s3")


def test_a_long_parameter_is_named_and_left_to_json(sovran: Command) -> None:
    out = sovran("explain", "0125-01").out
    assert "profiles: modern, intermediate, old (`--json` shows what is in them)" in out
    assert "TLS_AES_128_GCM_SHA256" not in out
    assert "TLS_AES_128_GCM_SHA256" in sovran("explain", "0125-01", "--json").out


def test_what_no_rule_decides_names_the_evidence(sovran: Command) -> None:
    shown = fields(sovran("explain", "0100-08").out)
    assert shown["decided by"] == "no rule: no API shows it"
    assert "ECC" in shown["evidence"]
    assert shown["counterparts"] == "none in the other reading"


def test_a_permission_is_not_decided(sovran: Command) -> None:
    assert fields(sovran("explain", "0100-06").out)["decided by"].startswith("nothing to decide")


def test_a_testcase_that_no_scope_includes_says_so(sovran: Command) -> None:
    assert fields(sovran("explain", "scs-0103-flavor-16v-64").out)["counts in"] == "no scope version"


def test_a_testcase_tells_until_when_a_result_counts(sovran: Command) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    counts = fields(sovran("explain", "scs-0115-default-rules").out)["result counts"]
    assert counts.startswith("to the end of the week after that of the check; one of today before ")
    end = datetime.date.fromisoformat(counts[-10:])
    assert end.weekday() == 0
    assert 7 < (end - today).days <= 14
    assert "result counts" not in fields(sovran("explain", "0115-02").out)


def test_every_claim_can_be_explained(sovran: Command) -> None:
    for name in load_standards(environ={}).claims:
        ended = sovran("explain", name)
        assert (ended.code, ended.err) == (0, "")
        assert fields(ended.out)["decided by"]


def test_json_holds_claim_rule_counterparts_and_scopes(sovran: Command) -> None:
    shown = json.loads(sovran("explain", "0115-02", "--json").out)
    assert shown["claim"]["level"] == "MUST NOT"
    assert shown["decided"].startswith("scs_0115.no_other_ingress: ")
    assert shown["counterparts"] == ["scs-0115-default-rules"]
    assert shown["counts_in"] == ["scs-iaas@next", "scs-iaas@v5.1"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("0103-99", "sovran: unknown requirement or testcase `0103-99`; did you mean `0103-09`"),
        ("scs-0103", "sovran: `scs-0103` is a standard; see `sovran standard show scs-0103`"),
        ("0103", "sovran: `0103` is a standard; see `sovran standard show scs-0103`"),
        ("scs-0101-fips-tests", "sovran: unknown requirement or testcase `scs-0101-fips-tests`; did you mean `scs-"),
    ],
)
def test_an_unknown_id_is_one_sentence_and_exit_code_2(sovran: Command, name: str, said: str) -> None:
    ended = sovran("explain", name)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(said)
    assert ended.err.count("\n") == 1


@pytest.fixture
def report(tmp_path: Path) -> str:
    """The path of a report with findings of many kinds."""
    path = tmp_path / "r.json"
    path.write_text(json_report.render([samples.waived()]), encoding="utf-8")
    return str(path)


class TestReport:
    """`--report FILE.json`."""

    def test_what_was_seen_stands_below_the_rule_with_the_cure(self, sovran: Command, report: str) -> None:
        ended = sovran("explain", "scs-0103-flavor-2v-8", "--report", report)
        assert ended.code == 0
        rule, _, seen = ended.out.partition("\n\nFAIL on lab, region RegionOne, 2026-11-20 09:41 UTC, judged by ")
        assert "decided by" in rule
        assert seen.startswith("scs-iaas@v5.1\nreason         Flavor SCS-2V-8 differs from the table.\n")
        assert "other reading  0103-01 FAIL" in seen
        assert "resource   flavor SCS-2V-8\nfield      scs:name-v1\nexpected   SCS-2V:8\nseen       SCS-2V-8\n" in seen
        assert "accepted   waived until 2026-12-31 by Ada: Ada said so" in seen

    def test_the_cure_is_made_out_for_the_resource(self, sovran: Command, report: str) -> None:
        ended = sovran("explain", "scs-0100-syntax-check", "--report", report)
        assert "cure command  sovran flavor describe SCS-1X-4\n" in ended.out
        assert ended.out.count("cure command") == 10
        assert "... and 10 more findings; --verbose shows all" in ended.out
        assert sovran("explain", "scs-0100-syntax-check", "--report", report, "-v").out.count("cure command") == 20

    def test_json_holds_each_finding_with_its_commands(self, sovran: Command, report: str) -> None:
        shown = json.loads(sovran("explain", "scs-0100-syntax-check", "--report", report, "--json").out)
        (told,) = shown["reports"]
        assert (told["cloud"], told["judgement"]["verdict"], len(told["seen"])) == ("lab", "FAIL", 20)
        assert told["seen"][0]["commands"] == ["sovran flavor describe SCS-1X-4"]

    def test_what_was_not_asked_is_one_sentence(self, sovran: Command, report: str) -> None:
        ended = sovran("explain", "0103-03", "--report", report)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith("sovran: the report says nothing about `0103-03`, it was not asked there; did you")

    def test_a_file_that_is_no_report_is_one_sentence(self, sovran: Command, tmp_path: Path) -> None:
        ended = sovran("explain", "0103-01", "--report", str(tmp_path / "no.json"))
        assert (ended.code, ended.out) == (2, "")
        assert "Cannot read the report" in ended.err

    @pytest.mark.parametrize("text", samples.HOSTILE)
    def test_names_from_the_cloud_are_obeyed_by_no_terminal(self, sovran: Command, tmp_path: Path, text: str) -> None:
        path = tmp_path / "r.json"
        bad = samples.finding("flavor", text, text, field=text, expected=text, seen=text)
        claim = "scs-0100-syntax-check"
        path.write_text(
            json_report.render([samples.report({claim: samples.judgement(claim, Verdict.FAIL, findings=(bad,))})]),
            encoding="utf-8",
        )
        shown = sovran("explain", claim, "--report", str(path)).out
        assert all(line.isprintable() for line in shown.split("\n"))


def test_a_terminal_wraps_long_texts() -> None:
    shown = on_terminal("explain", "scs-0103-flavor-2v-4-20s", columns=80, NO_COLOR="1")
    assert max(map(len, visible(shown))) <= 80
    assert "scs:name-v1=SCS-2V:4:20s" in "".join(line.strip() for line in visible(shown))
