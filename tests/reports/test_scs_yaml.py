# SPDX-License-Identifier: Apache-2.0
"""The YAML that the SCS monitor takes: keys, order, codes, and what must not be in it."""

import datetime
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sovran.model.errors import UsageError
from sovran.model.printable import printable
from sovran.model.report import Report
from sovran.reports import scs_yaml
from tests.reports import samples

GOLDEN = Path(__file__).parent / "golden" / "scs-monitor.yaml"


def documents(*reports: Report, subject: str = "") -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(scs_yaml.render(reports, subject=subject)))


def invocation(document: dict[str, Any]) -> dict[str, Any]:
    ((key, value),) = document["run"]["invocations"].items()
    assert value["id"] == key
    return dict(value)


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine stands in Berlin: one hour ahead of UTC in November."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_keys_and_order_are_those_of_the_official_suite() -> None:
    (document,) = documents(samples.failing())
    assert list(document) == ["spec", "checked_at", "reference_date", "subject", "run"]
    assert list(document["spec"]) == ["uuid", "name", "url"]
    assert list(document["run"]) == [
        "uuid", "argv", "assignment", "sections", "forced_version", "forced_tests", "invocations",
    ]  # fmt: skip
    assert list(invocation(document)) == [
        "id", "cmd", "results", "rc", "stdout", "stderr", "info", "warning", "error", "critical",
    ]  # fmt: skip


def test_a_whole_document() -> None:
    assert scs_yaml.render([samples.first_verdict()]) == GOLDEN.read_text(encoding="utf-8")


def test_time_is_local_without_a_zone() -> None:
    late = msgspec.structs.replace(samples.conformant(), checked_at=samples.CHECKED_AT.replace(hour=23, minute=30))
    (document,) = documents(late)
    assert document["checked_at"] == datetime.datetime(2026, 11, 21, 0, 30, 7, 123456)  # noqa: DTZ001 - has no zone
    assert document["reference_date"] == datetime.date(2026, 11, 21)
    assert "checked_at: 2026-11-21 00:30:07.123456\n" in scs_yaml.render([late])


def test_only_official_testcases_that_were_decided_have_a_code() -> None:
    (document,) = documents(samples.failing())
    results = invocation(document)["results"]
    assert results["scs-0100-syntax-check"] == -1
    assert results["scs-0115-default-rules"] == 0
    assert results["scs-0123-swift-s3"] == 1
    assert "scs-0117-test-backup" not in results
    assert all(name.startswith("scs-") for name in results)
    (hostile,) = documents(samples.hostile("x"))
    assert invocation(hostile)["results"] == {
        "scs-0100-case-fail": -1,
        "scs-0100-case-abort": 0,
        "scs-0100-case-pass": 1,
    }


def test_verdict_lines_give_the_same_results_as_the_codes() -> None:
    (document,) = documents(samples.failing())
    run = invocation(document)
    codes = {"PASS": 1, "ABORT": 0, "FAIL": -1}
    read = {line.rsplit(":", 1)[0].strip(): codes[line.rsplit(":", 1)[1].strip()] for line in run["stdout"]}
    assert read == run["results"]


def test_messages_are_lines_on_stderr_and_are_counted() -> None:
    (document,) = documents(samples.failing())
    run = invocation(document)
    assert "ERROR: scs-0103-flavor-2v-8: flavor SCS-2V-8: scs:name-v1 is SCS-2V-8, expected SCS-2V:8" in run["stderr"]
    assert any(
        line.startswith("WARNING: scs-0115-default-rules: The network API answered 503") for line in run["stderr"]
    )
    assert run["stderr"][0].endswith("not a certificate of the SCS certification body.")
    assert (run["info"], run["warning"], run["error"], run["critical"], run["rc"]) == (1, 1, 21, 0, 0)


def test_an_interrupted_run_says_so() -> None:
    (document,) = documents(samples.hostile("x"))
    run = invocation(document)
    assert run["rc"] == 130
    assert "WARNING: interrupted before everything was decided" in run["stderr"]


def test_the_run_is_named_by_the_report_and_the_subject_by_the_caller() -> None:
    report = samples.conformant()
    (document,) = documents(report, subject="gx-example")
    assert document["run"]["uuid"] == report.id
    assert document["subject"] == "gx-example"
    assert document["run"]["assignment"] == {"os_cloud": "lab"}
    assert document["run"]["argv"] == ["check", "--os-cloud", "lab", "--scope", "scs-iaas@v5.1"]
    assert invocation(document)["cmd"] == "sovran check --os-cloud lab --scope scs-iaas@v5.1"
    assert documents(report)[0]["subject"] == "lab"


def test_one_subject_for_two_clouds_is_refused() -> None:
    with pytest.raises(UsageError, match="One subject cannot stand for 2 clouds"):
        scs_yaml.render([samples.report(cloud="a"), samples.report(cloud="b")], subject="x")


def test_versions_of_a_scope_share_a_document_and_scopes_do_not() -> None:
    report = samples.conformant()
    (scope,) = report.scopes
    later = msgspec.structs.replace(scope, version="next", testcases={"main": (*scope.testcases["main"], "scs-x")})
    other = msgspec.structs.replace(scope, scope="scs-kaas", uuid="1fffebe6-fd4b-44d3-a36c-fc58b4bb0180")
    (document,) = documents(msgspec.structs.replace(report, scopes=(scope, later)))
    assert document["run"]["forced_version"] is None
    assert len(invocation(document)["results"]) == 32
    several = documents(msgspec.structs.replace(report, scopes=(scope, other)), samples.first_verdict())
    assert [each["spec"]["uuid"] for each in several] == [scope.uuid, other.uuid, scope.uuid]
    assert len({each["run"]["uuid"] for each in several[:2]}) == 2


def test_a_selection_is_written_as_a_pattern_that_matches_it() -> None:
    (document,) = documents(samples.report(complete=False))
    pattern = re.compile(document["run"]["forced_tests"])
    assert all(pattern.match(name) for name in invocation(document)["results"])
    assert not pattern.match("scs-0102-prop-min_ram")
    assert not pattern.match("scs-0103-flavor-1v-4-10")
    (whole,) = documents(samples.conformant())
    assert whole["run"]["forced_tests"] is None


def test_the_preamble_says_what_this_is_and_how_abort_counts() -> None:
    head, _ = scs_yaml.render([samples.conformant(), samples.failing()]).split("---\n", 1)
    assert all(line.startswith("# ") for line in head.splitlines())
    assert "not a certificate" in head
    assert "marks ABORT (0) as\n# inconclusive" in head


@given(text=st.text() | st.sampled_from(samples.HOSTILE))
def test_hostile_text_loads_back_as_what_is_printed(text: str) -> None:
    written = scs_yaml.render([samples.hostile(text)])
    assert written.isascii()
    assert all(line.isprintable() for line in written.split("\n"))
    (document,) = yaml.safe_load_all(written)
    shown = printable(text, limit=1000)
    assert document["subject"] == shown
    assert document["spec"]["name"] == shown
    assert document["run"]["argv"] == ["check", "--os-cloud", shown]
    run = invocation(document)
    assert run["stderr"][1] == f"INFO: {shown}"
    assert all("\n" not in line for line in run["stderr"])


@pytest.mark.parametrize("name", ["0o14", "1e3", "12", "0x1f", "1_000", ".5", "nan", "~", "yes", "null", "2026-11-20"])
def test_names_that_look_like_numbers_stay_strings_for_yaml_1_2_too(name: str) -> None:
    assert f"subject: '{name}'\n" in scs_yaml.render([samples.report(cloud=name)])


def test_thousands_of_findings_are_quick() -> None:
    report = samples.many_findings(5000)
    started = time.process_time()
    (document,) = [scs_yaml.render([report])]
    assert time.process_time() - started < 2
    assert document.count("ERROR: scs-0100-syntax-check") == 5000
