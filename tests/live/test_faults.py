# SPDX-License-Identifier: Apache-2.0
"""Every request of a run goes wrong in every way: what depends on it is undecided, and nothing else changes."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from sovran.cloud import listing, live
from sovran.cloud.snapshots.snapshot import Stored
from sovran.conformance.replay import replay
from sovran.conformance.run import Limits
from sovran.lab import content
from sovran.model.errors import UsageError
from sovran.model.report import Judgement
from sovran.model.verdict import Verdict
from tests.live.fault_proxy import TOKENS, Answer, Asked, Spoil
from tests.live.faults import FAULTS, OF_ITEMS, SLOW, Fault, concerns
from tests.live.judged_cloud import JudgedCloud, behind_proxy, by_claim
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live

WHOLE = ("HTTP 500", "reset")
"""Faults with which all claims are judged at each request; with the others those that read the same service."""
SECONDS = {False: 30.0, True: 8.0}
"""Limit of a run; True: with a fault that lasts until it is over."""
SLOW_SECONDS, AT_ONCE = 2.0, 6
"""The same for runs side by side, and how many these are."""
GRACE = 2.0
"""Seconds that a run may take beyond its limit, on a machine with other work."""
BYTES, PAGES = 8 * 2**20, 20
"""Our limits for answers, lowered so that hundreds of runs reach them."""
CLUMSY = ("own rule", "reading ", "Traceback")
"""Words of reasons that tell of a defect of ours."""


@pytest.fixture(scope="module")
def cloud(lab: LiveLab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JudgedCloud]:
    """The lab with the profile scs, behind the proxy."""
    content.apply_profile(lab.name, "scs", None, lambda _line: None)
    with behind_proxy(lab, tmp_path_factory.mktemp("clouds")) as learn:
        yield learn()


def spoiling(chosen: Asked, fault: Fault) -> Spoil:
    """Spoils one request, and what follows from the fault's own links."""

    def spoil(asked: Asked, answer: Answer) -> Answer:
        return (fault(asked, answer) or answer) if concerns(chosen, asked) else answer

    return spoil


def needs_nothing(cloud: JudgedCloud, asked: Asked, fault: str, before: Judgement) -> bool:
    """Whether a claim that reads this answer stands as it is, and why; everything else has to be undecided."""
    parts = urlsplit(asked.url)
    services = cloud.service_of(asked)
    if before.verdict is Verdict.MISS:
        return True  # says what would have to be tried, whatever the cloud answers
    if fault in OF_ITEMS and (parts.query == "limit=1" or parts.path == "/"):
        return True  # only asked whether there is such an API, or for one of its versions
    if services == "identity" and parts.path == "/v3":
        return True  # auth_url itself names the version
    if before.claim == "0123-01" and parts.path == "/" and services in ("compute", "block-storage"):
        return True  # its microversions, which are only noted
    if before.claim in ("0115-01", "0115-02") and parts.query == "name=default":
        return True  # the project's own group, of which notes are taken
    # several zones of servers are needed before those of networks count
    return before.claim == "0121-02" and services == "network" and before.verdict is Verdict.NOT_APPLICABLE


def complaints(cloud: JudgedCloud, asked: Asked, fault: str, found: dict[str, Judgement]) -> Iterator[str]:
    """What is wrong with the verdicts of a run in which this request went wrong."""
    dependants = cloud.dependants(asked)
    for claim, after in found.items():
        before = cloud.sound[claim]
        what = f"{fault}: {asked}: {claim} {before.verdict} -> {after.verdict} ({after.reason})"
        if after.verdict is not Verdict.PASS and any(word in after.reason for word in CLUMSY):
            yield f"defect of ours: {what}"
        if claim not in dependants:
            if (after.verdict, after.reason) != (before.verdict, before.reason):
                yield f"does not depend on it: {what}"
        elif after.verdict is Verdict.ABORT:
            if not after.reason:
                yield f"no reason: {what}"
        elif after.verdict is Verdict.FAIL and claim == "scs-0123-swift-s3":
            continue  # as the reference: whatever is no S3 error fails
        elif after.verdict is not before.verdict or not needs_nothing(cloud, asked, fault, before):
            yield f"depends on it: {what}"


def run_with(cloud: JudgedCloud, asked: Asked, name: str, seconds: float) -> list[str]:
    """Judge with one fault, and again from the recording of that; what is wrong with the outcome."""
    selection = cloud.selection if name in WHOLE else cloud.near(asked)
    with cloud.proxy.scenario(spoiling(asked, FAULTS[name])) as scenario:
        began = time.monotonic()
        try:
            report, snapshot = cloud.recorded_report(scenario, Limits(seconds=seconds), selection)
        except UsageError as error:
            known = asked.path.endswith(TOKENS) or cloud.service_of(asked) == "identity"
            return [] if known and "\n" not in str(error) else [f"{name}: {asked}: {error!r}"]
        took = time.monotonic() - began
    wrong = [f"{name}: {asked}: took {took:.1f} s"] if took > seconds + GRACE else []
    wrong += complaints(cloud, asked, name, by_claim(report, scenario))
    again = replay(Stored(snapshot, "digest", 0), selection)
    for one, other in zip(report.judgements, again.judgements, strict=True):
        if (one.verdict, one.reason) != (other.verdict, other.reason):
            wrong.append(
                f"{name}: {asked}: {one.claim} {one.verdict} ({one.reason}), replayed {other.verdict}, {other.reason}"
            )
    return wrong


@pytest.mark.parametrize("name", FAULTS)
def test_what_depends_on_a_bad_answer_is_undecided_and_nothing_else_changes(
    cloud: JudgedCloud, name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(live, "MOST_BYTES", BYTES)
    monkeypatch.setattr(listing, "MOST_PAGES", PAGES)
    fault = FAULTS[name]
    chosen = [asked for asked in cloud.requests if fault(asked, cloud.good(asked)) is not None]
    assert len(chosen) > 5
    if name in SLOW:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            late = list(pool.map(lambda asked: bool(run_with(cloud, asked, name, SLOW_SECONDS)), chosen))
        # side by side on a busy machine, what is not spoilt may be late too
        chosen = [asked for asked, wrong in zip(chosen, late, strict=True) if wrong]
    wrong = [line for asked in chosen for line in run_with(cloud, asked, name, SECONDS[name in SLOW])]
    assert wrong == []
    assert capfd.readouterr() == ("", "")


def test_a_token_that_expires_in_mid_run_is_renewed_once(cloud: JudgedCloud) -> None:
    chosen = [asked for asked in cloud.requests if asked.with_token]
    assert len(chosen) > 10
    for one in chosen:
        refused: list[Asked] = []

        def expired(asked: Asked, answer: Answer, one: Asked = one, refused: list[Asked] = refused) -> Answer:
            if refused and asked.path.endswith(TOKENS):
                return answer.with_header("X-Subject-Token", "another")
            if asked != one or refused:
                return answer
            refused.append(asked)
            return Answer(401).with_json({"error": {"code": 401, "message": "expired"}})

        with cloud.proxy.scenario(expired) as scenario:
            found = cloud.judge(scenario, Limits(), cloud.near(one))
        assert refused == [one]
        verdicts = {claim: after.verdict for claim, after in found.items()}
        assert verdicts == {claim: cloud.sound[claim].verdict for claim in found}
        # the first, and the new one
        assert sum(asked.path.endswith(TOKENS) for asked in scenario.asked) == 2
