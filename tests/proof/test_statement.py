# SPDX-License-Identifier: Apache-2.0
"""Statements of test results: what passed is in them as passed, and nothing else is."""

import hashlib
from typing import Any

import msgspec
import pytest

from sovran.model.claim import Reading
from sovran.model.report import Report
from sovran.model.verdict import Verdict
from sovran.proof.statement import PREDICATE_TYPE, statement
from tests.reports import samples


def predicate(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = statement(report, "r.json", b"content")["predicate"]
    return found


def test_the_subject_is_the_file_by_its_digest() -> None:
    found = statement(samples.failing(), "r.json", b"content")
    digest = hashlib.sha256(b"content").hexdigest()
    assert found["subject"] == [{"name": "r.json", "digest": {"sha256": digest}}]
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["predicateType"] == PREDICATE_TYPE == "https://in-toto.io/attestation/test-result/v0.1"


def test_by_what_was_judged() -> None:
    digest = "ab" * 32
    report = msgspec.structs.replace(samples.conformant(), ruleset=digest)
    assert predicate(report)["configuration"] == [
        {"name": "ruleset", "digest": {"sha256": digest}},
        {"name": "scs-iaas@v5.1", "uri": samples.SCOPE_URL},
    ]
    assert predicate(report)["url"] == f"urn:uuid:{report.id}"
    assert predicate(report)["sovranCheckedAt"] == "2026-11-20T09:41:07Z"


@pytest.mark.parametrize("change", [{"complete": False}, {"targets": {"recommended": Verdict.PASS}}])
def test_a_selection_is_not_taken_for_the_whole(change: dict[str, Any]) -> None:
    report = samples.conformant()
    scope = msgspec.structs.replace(report.scopes[0], **change)
    found = predicate(msgspec.structs.replace(report, scopes=(scope,)))
    assert [one["name"] for one in found["configuration"]] == ["selection of scs-iaas@v5.1"]


def test_admin_rights_are_told() -> None:
    assert predicate(samples.hostile("x"))["sovranAdmin"] is True
    assert predicate(samples.conformant())["sovranAdmin"] is False


@pytest.mark.parametrize(
    ("report", "result"),
    [
        (samples.conformant(), "PASSED"),
        (samples.failing(), "FAILED"),
        (samples.waived(), "FAILED"),
        (samples.first_verdict(), "WARNED"),
        (samples.aborted(), "WARNED"),
        (msgspec.structs.replace(samples.conformant(), interrupted=True), "WARNED"),
        (msgspec.structs.replace(samples.conformant(), judgements=()), "WARNED"),
    ],
)
def test_the_result_of_a_run(report: Report, result: str) -> None:
    assert predicate(report)["result"] == result


@pytest.mark.parametrize("report", [samples.failing(), samples.waived(), samples.aborted(), samples.hostile("x")])
def test_each_test_stands_where_its_verdict_says(report: Report) -> None:
    found = predicate(report)
    official = report.judged(Reading.OFFICIAL)

    def claims(*verdicts: Verdict) -> list[str]:
        return [one.claim for verdict in verdicts for one in official if one.verdict is verdict]

    assert found["passedTests"] == claims(Verdict.PASS)
    assert found["failedTests"] == claims(Verdict.FAIL)
    assert found["sovranUndecidedTests"] == claims(Verdict.ABORT, Verdict.MISS)
    assert found["sovranNotApplicableTests"] == claims(Verdict.NOT_APPLICABLE)
    assert found["warnedTests"] == []


def test_requirements_alone_decide_where_nothing_else_was_asked() -> None:
    report = samples.failing()
    report = msgspec.structs.replace(report, judgements=report.judged(Reading.TEXT))
    assert predicate(report)["result"] == "FAILED"
    # a failed SHOULD decides nothing
    assert predicate(report)["failedTests"] == ["0103-01", "0123-01"]


def test_a_replay_says_so_and_of_what() -> None:
    found = predicate(samples.hostile("ab" * 32))
    assert found["sovranReplay"] is True
    assert {"name": "snapshot", "digest": {"sha256": "ab" * 32}} in found["configuration"]
    assert predicate(samples.failing())["sovranReplay"] is False
