# SPDX-License-Identifier: Apache-2.0
"""Property: whatever a cloud answers, all facts and all judgements come out of its snapshot as they did live."""

import datetime
import functools
import json
import zlib
from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sovran.cloud.fetch import Facts, fetch
from sovran.cloud.outcome import Ok, Outcome, Unreachable
from sovran.cloud.recorder import Recorder, Request
from sovran.cloud.recording import Endpoint, Exchange, Principal, Seen, Service, judge_status, variant_of
from sovran.cloud.snapshots.redaction import entry, principal
from sovran.cloud.snapshots.scrub import Scrubber
from sovran.cloud.snapshots.snapshot import Snapshot, Stored, encode
from sovran.cloud.snapshots.snapshot_reader import SnapshotReader
from sovran.conformance.judge import judge
from sovran.conformance.redacted import redacted
from sovran.conformance.replay import RECORDED, replay, selection_of
from sovran.conformance.verification import verify
from sovran.model.question import Question
from sovran.model.verdict import Verdict
from sovran.standards.load import load_standards
from sovran.standards.ruleset import Ruleset
from tests.cloud.snapshots import NOW, snapshot

CLAIMS = Question(scope="scs-iaas@v5.1")


class RandomCloud:
    """A live reader whose answers come from a strategy; one per request."""

    def __init__(self, draw: Callable[[str], tuple[int, bytes] | None]) -> None:
        self.recorder = Recorder()
        self._draw = draw
        kinds = (
            "identity",
            "compute",
            "image",
            "network",
            "volumev3",
            "object-store",
            "object-store-s3",
            "key-manager",
        )
        self.principal = Principal(
            roles=("member",),
            project="p",
            region="R1",
            interface="public",
            services=tuple(
                Service(kind, kind, kind, (Endpoint("public", "R1", f"https://{kind}.example/v3", kind),))
                for kind in kinds
            ),
        )
        self.now = NOW
        self.trust = True

    def get(self, service: str, path: str, *, microversion: str = "") -> Outcome[Exchange]:
        answer = self._ask(Request(service, path, microversion))
        return judge_status(answer.value) if isinstance(answer, Ok) else answer

    def anonymous(self, url: str, headers: dict[str, str]) -> Outcome[Exchange]:
        return self._ask(Request(path=url, variant=variant_of(headers)))

    def observe(self, kind: type[Seen], subject: str, look: Callable[[float], Outcome[Seen]]) -> Outcome[Seen]:
        return self.recorder.observe(kind, subject, lambda: Unreachable(f"nobody looks at {subject}"))

    def _ask(self, request: Request) -> Outcome[Exchange]:
        def answer() -> Outcome[Exchange]:
            drawn = self._draw(request.path)
            if drawn is None:
                return Unreachable("connection reset", no_connection=True)
            status, body = drawn
            return Ok(
                Exchange(service=request.service, path=request.path, status=status, headers={}, body=body, at=NOW)
            )

        return self.recorder.exchange(request, answer)


words = st.sampled_from(["SCS-1V-4", "SCS-2V-4-20s", "Ubuntu 24.04", "public", "active", "IPv4", "ingress", "none", ""])
scalars = words | st.integers(-1, 5000) | st.booleans() | st.none() | st.text(max_size=5)
DAY = st.dates(datetime.date(2024, 1, 1), datetime.date(2026, 12, 31)).map(lambda day: f"{day}T00:00:00Z")
NAMED = {
    "id": st.uuids().map(str) | words,
    "name": words,
    "vcpus": st.integers(1, 16),
    "ram": st.integers(512, 32768),
    "disk": st.integers(0, 100),
    "extra_specs": st.dictionaries(st.sampled_from(["scs:cpu-type", "scs:name-v2", "hw:x"]), words, max_size=3),
    "status": words,
    "visibility": words,
    "created_at": DAY,
    "min_disk": st.integers(0, 9),
    "min_ram": st.integers(0, 9),
    "direction": words,
    "used_in_default_sg": st.booleans(),
    "used_in_non_default_sg": st.booleans(),
    "unknown": scalars,
}
COLLECTIONS = [
    *("flavors", "images", "volume_types", "default_security_group_rules", "security_groups", "networks", "subnets"),
    *("subnetpools", "extensions", "rbac_policies", "floatingips", "availability_zones", "availabilityZoneInfo"),
    *("roles", "backups", "servers", "volumes", "loadbalancers", "domains", "secrets", "versions"),
]


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Answers of the form that facts expect, or nearly, or not at all."""
    item = st.fixed_dictionaries({}, optional=NAMED) | st.fixed_dictionaries(NAMED)
    items = draw(st.lists(item, max_size=3))
    document: Any = dict.fromkeys(COLLECTIONS, items) | {"total": 0}
    if draw(st.integers(0, 9)) == 0:
        document = draw(st.recursive(scalars, lambda below: st.lists(below, max_size=2), max_leaves=3))
    body = json.dumps(document).encode()
    return draw(st.sampled_from([body, body, body, body, body[: len(body) // 2], b"<html>", b""]))


answers = st.none() | st.tuples(st.sampled_from([200, 200, 200, 200, 200, 404, 403, 500]), bodies())


def taken(cloud: RandomCloud, ruleset: Ruleset) -> Snapshot:
    scrubber = Scrubber()
    entries = sorted((entry(one, scrubber) for one in cloud.recorder.records()), key=lambda one: one.order)
    return snapshot(
        question=CLAIMS, principal=principal(cloud.principal, scrubber), entries=tuple(entries), ruleset=ruleset.digest
    )


def told(facts: Facts) -> dict[str, Any]:
    """Facts in a form that can be compared."""
    return {fact.__name__: repr(outcome) for fact, outcome in facts.outcomes.items()}


@functools.cache
def ruleset() -> Ruleset:
    return load_standards(environ={})


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(answers, min_size=16, max_size=16))
def test_facts_and_judgements_are_the_same(drawn: list[tuple[int, bytes] | None]) -> None:
    cloud = RandomCloud(lambda path: drawn[zlib.crc32(path.encode()) % len(drawn)])
    live = fetch(cloud, RECORDED, concurrency=4, seconds=600, providers=RECORDED)
    made = taken(cloud, ruleset())
    stored = Stored(msgspec.json.decode(msgspec.json.encode(made), type=Snapshot), "0" * 64, 0)
    again = fetch(SnapshotReader(stored.snapshot), RECORDED, concurrency=1, seconds=600, providers=RECORDED)
    assert told(again) == told(live)
    selection = selection_of(stored.snapshot, ruleset())
    judged = tuple(judge(claim, target, live) for claim, target in selection.claims)
    assert replay(stored, selection).judgements == judged
    # and once more through the allow-list
    assert encode(redacted(stored.snapshot)) == encode(stored.snapshot)
    # and without names, where only texts differ
    nameless = redacted(stored.snapshot, without_names=True)
    verdicts = {one.claim: one.verdict for one in judged}
    found = verify(Stored(msgspec.structs.replace(nameless, verdicts=verdicts), "0" * 64, 0), ruleset())
    assert found.changes == ()


def test_the_random_clouds_do_reach_verdicts() -> None:
    """Else the property would hold of nothing."""
    flavor = {"id": "1", "name": "SCS-1V-4", "vcpus": 1, "ram": 4096, "disk": 0}
    image = {"id": "i", "name": "x", "status": "active", "visibility": "public", "min_disk": 1, "min_ram": 1}
    image["created_at"] = "2026-01-01T00:00:00Z"
    documents: dict[str, Any] = {"/flavors/detail": {"flavors": [flavor]}, "/images?limit=1000": {"images": [image]}}
    cloud = RandomCloud(lambda path: (200, json.dumps(documents.get(path, {})).encode()))
    facts = fetch(cloud, RECORDED, concurrency=1, seconds=60, providers=RECORDED)
    read = {fact.__name__ for fact, outcome in facts.outcomes.items() if isinstance(outcome, Ok)}
    assert {"Flavors", "Images", "Catalog"} <= read


def test_a_fact_that_was_late_stays_late_though_its_answer_is_there() -> None:
    made = snapshot(late={"Flavors": "no answer within the 60 s that were left"}, question=CLAIMS)
    report = replay(Stored(made, "0" * 64, 0), selection_of(made, ruleset()))
    (judgement,) = (one for one in report.judgements if one.claim == "scs-0100-syntax-check")
    assert (judgement.verdict, judgement.reason) == (Verdict.ABORT, "no answer within the 60 s that were left")


def test_an_interrupted_run_stays_interrupted_for_what_it_kept_from_being_read() -> None:
    made = snapshot(interrupted=True, late={"Flavors": "interrupted before it could be read"}, question=CLAIMS)

    def interrupted(*standards: str) -> bool:
        question = Question(scope="scs-iaas@v5.1", standards=standards)
        return replay(Stored(made, "0" * 64, 0), selection_of(made, ruleset(), question)).interrupted

    assert interrupted()
    assert interrupted("0100")
    assert not interrupted("0115")


def test_the_clock_and_the_day_are_those_of_the_recording() -> None:
    """v4 is what was effective then, whatever is effective today."""
    made = snapshot(question=Question(scope="scs-iaas"), now=datetime.datetime(2024, 10, 1, tzinfo=datetime.UTC))
    report = replay(Stored(made, "0" * 64, 0), selection_of(made, ruleset()))
    assert report.checked_at == made.now
    assert report.scopes[0].version == "v4"
