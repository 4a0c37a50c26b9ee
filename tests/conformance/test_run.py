# SPDX-License-Identifier: Apache-2.0
"""A run on a small cloud on loopback: what is asked, and what a report says when little or nothing was answered."""

import signal
import threading
import time

import msgspec
import pytest

from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.conformance.run import Limits, check_cloud, facts_needed
from sovran.conformance.selection import Selection
from sovran.model.claim import Reading
from sovran.model.errors import UsageError
from sovran.model.report import Report
from sovran.model.verdict import Verdict
from tests.cloud.identity_stub import Handler, endpoints
from tests.conformance.conftest import FLAVORS, TEMPLATES, SmallCloud
from tests.conformance.test_selection import chosen

PASS, FAIL, ABORT, NOT_APPLICABLE = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.NOT_APPLICABLE


def check(selection: Selection, *, seconds: float = 10.0, allow_admin: bool = False) -> Report:
    """Judge the small cloud."""
    return check_cloud(read_cloud("c"), selection, Limits(4, seconds), allow_admin=allow_admin, argv=["check"])


def four_standards() -> Selection:
    return chosen(standards=("0100", "0103", "0115", "0123"))


def verdicts(report: Report) -> dict[str, Verdict]:
    return {one.claim: one.verdict for one in report.judgements}


def test_a_conforming_cloud_passes_all_main_testcases(cloud: SmallCloud) -> None:
    report = check(four_standards())
    official = {one.claim: one.verdict for one in report.judged(Reading.OFFICIAL)}
    assert set(official.values()) == {PASS}
    assert len(official) == 26
    assert verdicts(report)["0123-01"] is PASS
    (scope,) = report.scopes
    assert (scope.scope, scope.version, scope.complete) == ("scs-iaas", "v5.1", False)
    assert scope.targets == {"main": PASS}
    assert scope.testcases["main"] == tuple(official)
    assert (report.cloud.name, report.cloud.project, report.cloud.roles) == ("c", "p", ("member", "reader"))
    assert (report.argv, report.interrupted, report.cloud.admin) == (("check",), False, False)
    assert {one.reason for one in report.judgements if one.verdict is PASS} == {""}
    assert all(one.reason for one in report.judgements if one.verdict is not PASS)


def test_each_listing_is_asked_once_and_every_request_counted(cloud: SmallCloud) -> None:
    report = check(four_standards())
    asked = cloud.asked()
    assert len(asked) == len(set(asked))
    assert {FLAVORS, TEMPLATES} < set(asked)
    assert report.requests == len(cloud.identity.requests)


def test_only_what_the_claims_need_is_asked(cloud: SmallCloud) -> None:
    check(chosen("scs-0123-service-image"))
    assert cloud.asked() == []


def test_facts_are_named_once() -> None:
    names = [fact.__name__ for fact in facts_needed(four_standards())]
    assert sorted(names) == [
        "Catalog",
        "DefaultGroups",
        "DefaultRules",
        "Flavors",
        "ObjectStorageProbe",
        "S3Answer",
        "ServiceAnswers",
    ]


def test_claims_that_do_not_fit_their_rules_are_refused_before_anything_is_asked(cloud: SmallCloud) -> None:
    selection = chosen("scs-0123-service-image")
    (claim, target) = selection.claims[0]
    broken = msgspec.structs.replace(claim, parameters={})
    with pytest.raises(UsageError, match="needs the parameter"):
        check(Selection(selection.resolution, ((broken, target),), complete=False))
    assert cloud.asked() == []


def test_one_dead_service_costs_its_own_claims_only(cloud: SmallCloud) -> None:
    cloud.answer(FLAVORS, Handler.reset)
    found = verdicts(check(four_standards()))
    assert {one for claim, one in found.items() if "0100" in claim or "0103" in claim} <= {ABORT, Verdict.MISS}
    assert found["scs-0115-default-rules"] is PASS
    assert found["scs-0123-service-compute"] is PASS


def test_a_service_that_hangs_is_left_behind_at_the_limit(cloud: SmallCloud) -> None:
    cloud.answer(FLAVORS, Handler.hang)
    start = time.monotonic()
    found = verdicts(check(four_standards(), seconds=1.0))
    assert time.monotonic() - start < 3
    assert found["scs-0100-syntax-check"] is ABORT
    assert found["scs-0115-default-rules"] is PASS


def test_without_an_identity_service_all_is_undecided(cloud: SmallCloud) -> None:
    cloud.entries(c={"auth_url": "http://127.0.0.1:1/v3"})
    report = check(four_standards())
    judged = [one for one in report.judgements if one.verdict is not Verdict.MISS]
    assert {one.verdict for one in judged} == {ABORT}
    assert {"127.0.0.1:1" in one.reason for one in judged} == {True}
    assert report.scopes[0].targets == {"main": ABORT}
    assert not report.interrupted


def test_ctrl_c_keeps_what_was_known(cloud: SmallCloud) -> None:
    def interrupts(handler: Handler) -> None:
        time.sleep(0.5)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        handler.hang()

    cloud.answer(FLAVORS, interrupts)
    report = check(four_standards())
    found = verdicts(report)
    assert report.interrupted
    assert found["scs-0115-default-rules"] is PASS
    assert found["scs-0100-syntax-check"] is ABORT
    assert "interrupted" in next(one.reason for one in report.judgements if one.claim == "scs-0100-syntax-check")


def test_judging_as_admin_is_refused_unless_allowed(cloud: SmallCloud) -> None:
    cloud.identity.token["roles"] = [{"id": "a", "name": "admin"}, {"id": "m", "name": "member"}]
    with pytest.raises(UsageError, match="admin"):
        check(four_standards())
    assert cloud.asked() == []
    assert check(four_standards(), allow_admin=True).cloud.admin


def test_a_swift_whose_host_refuses_connections_fails_as_it_does_upstream(cloud: SmallCloud) -> None:
    cloud.identity.token["catalog"].append(endpoints("object-store", "http://127.0.0.1:1/v1/AUTH_p"))
    assert verdicts(check(four_standards()))["scs-0123-swift-s3"] is FAIL


def test_an_old_cloud_is_exempt_from_default_rules(cloud: SmallCloud) -> None:
    cloud.answer(TEMPLATES, lambda handler: handler.reply(404, {}))
    cloud.answer("/network/v2.0/extensions", lambda handler: handler.reply(200, {"extensions": []}))
    found = verdicts(check(four_standards()))
    assert found["scs-0115-default-rules"] is ABORT
    assert found["0115-02"] is NOT_APPLICABLE
