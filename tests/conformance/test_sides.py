# SPDX-License-Identifier: Apache-2.0
"""The two sides of a comparison: what is asked of a side that is not judged yet."""

import datetime

import msgspec
import pytest

from sovran.cloud.config.cloud_config import CloudConfig
from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.recorder import Request
from sovran.cloud.snapshots.snapshot import Entry, Snapshot
from sovran.conformance.selection import Selection
from sovran.conformance.sides import Judged, Source, asked, judged, same_question
from sovran.model.errors import UsageError
from sovran.model.question import Question
from sovran.model.report import Report
from sovran.standards.load import load_standards
from tests.reports.samples import CHECKED_AT, conformant, judgement, report

RULESET = load_standards(environ={})


def ids(selection: Selection) -> list[str]:
    return [claim.id for claim, _ in selection.claims]


def of(*claims: str, version: str = "v5.1") -> Report:
    """A report on these claims."""
    (scope,) = conformant().scopes
    scope = msgspec.structs.replace(scope, version=version)
    return msgspec.structs.replace(conformant(), judgements=tuple(map(judgement, claims)), scopes=(scope,))


def test_reports_are_taken_as_they_are() -> None:
    def never(_: CloudConfig, selection: Selection) -> Judged:
        raise AssertionError(selection)

    one, two = of("0103-01"), of("0103-02")
    assert judged(Source(reports=(one,)), Source(reports=(two,)), never) == (Judged((one,)), Judged((two,)))


def test_the_same_claims_are_asked_again_in_the_same_version() -> None:
    found = same_question(RULESET, [of("scs-0103-flavor-1v-4", "0103-01", "scs-0103-flavor-1v-4-10")])
    assert ids(found) == ["scs-0103-flavor-1v-4", "scs-0103-flavor-1v-4-10", "0103-01"]
    assert found.resolution.version.version == "v5.1"
    assert same_question(RULESET, [of("0103-01", version="next")]).resolution.version.version == "next"


def test_claims_that_the_standards_lost_are_left_out() -> None:
    assert ids(same_question(RULESET, [of("0103-01", "9999-01")])) == ["0103-01"]


@pytest.mark.parametrize("reports", [[], [of()], [of("9999-01")]])
def test_a_report_without_a_question_is_refused(reports: list[Report]) -> None:
    with pytest.raises(UsageError, match="--scope"):
        same_question(RULESET, reports)


@pytest.mark.usefixtures("cloud")
def test_a_cloud_is_asked_what_the_other_side_was_unless_a_scope_is_named() -> None:
    questions: list[list[str]] = []

    def ask(_: CloudConfig, selection: Selection) -> Judged:
        questions.append(ids(selection))
        return Judged((conformant(),))

    live = Source(cloud=read_cloud("c"))
    other = Source(reports=(of("0103-01"), report(cloud="elsewhere")))
    one, two = judged(other, live, ask)
    assert questions == [["0103-01"]]
    assert ([each.cloud.name for each in one.reports], len(two.reports)) == (["lab"], 1)
    judged(live, other, ask, scope="scs-iaas@next")
    judged(live, live, ask)
    assert [len(question) > 100 for question in questions[1:]] == [True, True, True]


def test_requests_are_named_without_ids_and_pages() -> None:
    number = "0f8fad5b-d9cb-469f-a165-70867728950e"
    paths = ("/v2/images?limit=2", f"/v2/images?marker={number}", f"/v3/volumes/{number}/action", f"/v1/{'0f' * 16}")
    snapshot = Snapshot(
        sovran="0",
        now=CHECKED_AT,
        seconds=0.0,
        requests=0,
        ruleset="",
        question=Question(),
        cloud=conformant().cloud,
        entries=tuple(
            Entry(request=Request(service="x", path=path), at=datetime.datetime.now(datetime.UTC)) for path in paths
        ),
    )
    assert asked(snapshot.entries) == {"x /v2/images", "x /v3/volumes/{id}/action", "x /v1/{id}"}
