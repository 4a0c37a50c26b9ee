# SPDX-License-Identifier: Apache-2.0
"""What probes saw, in a snapshot: without secrets, without names where wanted, and with the same verdicts later."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import yaml

from sovran.cloud.snapshots.snapshot import Snapshot, Stored, encode
from sovran.conformance.clouds import check_clouds, read_clouds
from sovran.conformance.probing import read_probing
from sovran.conformance.redacted import redacted
from sovran.conformance.replay import replay, selection_of
from sovran.conformance.run import Limits
from sovran.model.question import Question
from sovran.model.report import Report
from sovran.model.verdict import Verdict
from sovran.probes import settle
from sovran.standards.load import load_standards
from tests.conformance.test_selection import chosen
from tests.probes.http_cloud import Asked, HttpCloud, Told, document, error

CLAIMS = ("0104-04", "0116-05", "scs-0116-permissions", "0123-01")
PATTERNS = Question(scope="scs-iaas@v5.1", patterns=CLAIMS, targets=("all",))
Run = Callable[..., tuple[Report, Snapshot]]


@pytest.fixture
def run(cloud: HttpCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A report with its recording; probes act unless told otherwise."""
    monkeypatch.setattr(settle, "SECONDS", 0.3)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = tmp_path / "clouds.yaml"
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(file))
    auth = {"auth_url": f"{cloud.url}/v3", "username": "u", "password": "p", "user_domain_name": "D"}
    auth |= {"project_name": "p", "project_domain_name": "D"}
    file.write_text(yaml.safe_dump({"clouds": {"c": {"auth": auth, "region_name": "R"}}}))

    def make(*, probes: bool = True) -> tuple[Report, Snapshot]:
        probing = read_probing((), (), project="", seconds=60.0, tell=lambda _: None) if probes else None
        kept: list[Snapshot] = []
        limits = Limits(4, 30.0, probing)
        (report,) = check_clouds(
            read_clouds(["c"]), chosen(*CLAIMS, targets=("all",)), limits, keep=kept.append, whole=True
        )
        return report, kept[0]

    return make


def told(report: Report) -> dict[str, tuple[Verdict, str]]:
    """Claim to verdict and reason."""
    return {one.claim: (one.verdict, one.reason) for one in report.judgements}


def replayed(snapshot: Snapshot) -> Report:
    """What comes of the same question today."""
    return replay(Stored(snapshot, "", 0), selection_of(snapshot, load_standards(), PATTERNS))


def quoting(asked: Asked, _: Callable[[], Told]) -> Told:
    """A refusal that quotes the request."""
    words = f"{asked.body.decode(errors='replace')} by {asked.headers.get('x-auth-token')}, somebody@example.org"
    return document(403, {"error": {"message": f"Invalid input: {words}", "code": 403}})


@pytest.mark.parametrize("project", ["", "p"])
@pytest.mark.usefixtures("run")
def test_all_requests_are_counted_whoever_sent_them(cloud: HttpCloud, project: str) -> None:
    probing = read_probing((), (), project=project, seconds=60.0, tell=lambda _: None)
    (report,) = check_clouds(read_clouds(["c"]), chosen(*CLAIMS, targets=("all",)), Limits(4, 30.0, probing))
    assert any(one.made for one in report.probes)
    assert report.requests == len(cloud.asked)


def honest(_: HttpCloud) -> None:
    """Tells no lie."""


def refusing(cloud: HttpCloud) -> None:
    """Refuses what makes something, and quotes what it was sent."""
    for path in ("/v3/credentials", "/key/v1/secrets", "/image/v2/images"):
        cloud.lie(f"POST {path}", quoting)


def failing(cloud: HttpCloud) -> None:
    """Takes everything and gives nothing back."""
    cloud.lie("GET /s3/.*", error(500, "InternalError", "host db-7.internal password=hunter22"))
    cloud.lie("GET /key/v1/secrets/.*", Told(0))
    cloud.lie("GET /image/.*/file", Told(200, b"another"))


@pytest.mark.parametrize("lies", [honest, refusing, failing])
def test_a_recording_gives_the_same_verdicts_and_reasons_and_holds_no_secret(
    run: Run, cloud: HttpCloud, lies: Callable[[HttpCloud], None]
) -> None:
    lies(cloud)
    report, snapshot = run()
    live = told(report)
    assert len(live) == len(CLAIMS)
    assert told(replayed(snapshot)) == told(replayed(redacted(snapshot))) == live
    without_names = redacted(snapshot, without_names=True)
    assert {claim: verdict for claim, (verdict, _) in told(replayed(without_names)).items()} == {
        claim: verdict for claim, (verdict, _) in live.items()
    }
    assert "127.0.0.1" not in encode_text(without_names)
    for one in (snapshot, redacted(snapshot)):
        secrets = [secret for secret in secrets_of(cloud) if secret in encode_text(one) + str(report)]
        assert not secrets


def secrets_of(cloud: HttpCloud) -> list[str]:
    """All that was sent and is nobody's business."""
    found = ["the-token", "hunter22", "somebody@example.org"]
    for one in cloud.asked:
        body = one.body.decode(errors="replace") if one.method == "POST" else ""
        if one.path.endswith("/credentials") and body:
            found.append(json.loads(json.loads(body)["credential"]["blob"])["secret"])
        if one.path.endswith("/secrets") and body:
            found.append(json.loads(body)["payload"])
    assert len(found) >= 4
    return found


def encode_text(snapshot: Snapshot) -> str:
    """What a file of it says."""
    assert encode(snapshot)
    return msgspec.json.encode(snapshot).decode()


def test_an_honest_cloud_passes_live_and_later(run: Run) -> None:
    report, snapshot = run()
    assert {told(report)[claim][0] for claim in CLAIMS[:3]} == {Verdict.PASS}
    assert {told(replayed(snapshot))[claim][0] for claim in CLAIMS[:3]} == {Verdict.PASS}


def test_what_was_only_read_is_not_run_later_either(run: Run, cloud: HttpCloud) -> None:
    report, snapshot = run(probes=False)
    assert {one.method for one in cloud.asked if not one.path.startswith("/v3")} == {"GET"}
    assert told(report)["0104-04"][0] is Verdict.MISS
    assert "--no-probes" in told(report)["0104-04"][1]
    assert told(replayed(snapshot)) == told(report)
    assert told(replayed(redacted(snapshot))) == told(report)


def test_a_recording_from_before_a_probe_decides_nothing_by_it(run: Run) -> None:
    _, snapshot = run()
    entries = tuple(one for one in snapshot.entries if not one.request.path.startswith("probe "))
    later = told(replayed(msgspec.structs.replace(snapshot, entries=entries)))
    assert {later[claim][0] for claim in CLAIMS[:3]} == {Verdict.MISS}
    assert "does not hold" in later["0104-04"][1]


def test_a_rule_that_needs_more_than_was_kept_decides_nothing(run: Run) -> None:
    _, snapshot = run()
    entries = tuple(
        msgspec.structs.replace(one, shape={key: below for key, below in one.shape.items() if key != "methods"})
        for one in snapshot.entries
    )
    verdict, reason = told(replayed(msgspec.structs.replace(snapshot, entries=entries)))["0104-04"]
    assert verdict is Verdict.ABORT
    assert "did not keep methods" in reason
