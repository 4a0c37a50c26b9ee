# SPDX-License-Identifier: Apache-2.0
"""Probe object-storage on clouds that answer otherwise than an honest one: late, in another way, or with lies."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sovran.cloud.acting.kinds import KINDS
from sovran.cloud.acting.removal import remove_intents
from sovran.cloud.outcome import Ok, Outcome
from sovran.model.finding import Resource, Weight
from sovran.probes.object_steps import (
    BUCKET_MADE,
    DELETE,
    DENIALS,
    FOREIGN,
    GET,
    KEYS,
    LIST,
    MULTIPART,
    PRESIGNED,
    PUT,
    S3_STEPS,
    SWIFT_DENIED,
    SWIFT_GONE,
    SWIFT_MADE,
    SWIFT_STEPS,
    UNSIGNED,
    WRONG,
    WRONG_URL,
)
from sovran.probes.object_storage import OBJECT_STORAGE, ObjectStorageProbe
from sovran.probes.probe import Stage
from sovran.probes.steps import Step
from sovran.rules.object_storage import how_it_stores, what_was_not_seen
from tests.cloud.tls.tls_servers import certificate
from tests.probes.http_cloud import Asked, HttpCloud, Lie, Told, error

OnCloud = Callable[[HttpCloud], Stage]
ALL = {KEYS, BUCKET_MADE, *S3_STEPS, *DENIALS, SWIFT_MADE, *SWIFT_STEPS, SWIFT_DENIED}
PAGE = Told(200, b"<html><body>Please sign in</body></html>", {"Content-Type": "text/html"})
OBJECT = "/s3/sovran-probe-[^/?]*/object-[0-9a-f]*"


class Seen:
    """What a probe saw, and what its cleanup left."""

    def __init__(self, cloud: HttpCloud, stage: Stage) -> None:
        outcome: Outcome[ObjectStorageProbe] = OBJECT_STORAGE.run(stage)
        assert isinstance(outcome, Ok)
        actor = stage.actor
        self.steps: dict[str, Step] = {step.what: step for step in outcome.value.steps}
        findings = list(how_it_stores(outcome, Resource("service", "object-store-s3")))
        self.violated = {one.field for one in findings if one.weight is Weight.VIOLATION}
        self.unseen = what_was_not_seen(outcome)
        self.text = str(outcome) + str(findings)
        self.left = remove_intents(actor, actor.open, actor.ledger.gone, seconds=5)
        self.open = actor.open
        self.cloud = cloud

    @property
    def wrong(self) -> set[str]:
        """The steps that did not work."""
        return {what for what, step in self.steps.items() if not step.ok}


@pytest.fixture
def see(cloud: HttpCloud, stage: OnCloud) -> Callable[..., Seen]:
    """What the probe sees when requests are answered by these lies."""

    def run(**_: object) -> Seen:
        return Seen(cloud, stage(cloud))

    return run


def only_who(asks: str, told: Told | None = None) -> Lie:
    """Gives the object without asking for rights, or tells `told`, to who asks in that way."""

    def lie(asked: Asked, honest: Callable[[], Told]) -> Told:
        credential = asked.headers.get("authorization", asked.query)
        ways = {"unsigned": "X-Amz" not in asked.query and not credential, "presigned": "X-Amz" in asked.query}
        ways |= {"foreign": "Credential=" in credential and "sovran-probe" not in credential}
        answer = honest()
        if answer.status != 403 or not ways[asks]:
            return answer
        bucket, key = asked.path.split("/")[2:]
        return told or Told(200, STATE["cloud"].containers[bucket][key])

    return lie


STATE: dict[str, HttpCloud] = {}


@pytest.fixture(autouse=True)
def remembered(cloud: HttpCloud) -> None:
    """The cloud whose objects `only_who` gives away."""
    STATE["cloud"] = cloud


def test_an_honest_cloud_does_it_all_and_keeps_nothing(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    seen = see()
    assert set(seen.steps) == ALL
    assert (seen.wrong, seen.violated, seen.unseen) == (set(), set(), "")
    assert (cloud.left, seen.left, seen.open) == ([], (), ())


def test_one_that_says_yes_to_everything_stores_nothing(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    for method in ("GET", "PUT", "POST", "DELETE"):
        cloud.lie(f"{method} /s3/.*", Told(200))
    assert {GET, MULTIPART, LIST, PRESIGNED, DELETE} <= see().violated


def test_a_page_for_every_get_is_neither_the_object_nor_a_denial(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    cloud.lie("GET /s3/.*", PAGE)
    seen = see()
    assert {GET, LIST, PRESIGNED, DELETE} <= seen.violated
    assert not seen.violated & set(DENIALS)
    assert set(DENIALS) <= seen.wrong


@pytest.mark.parametrize(
    ("asks", "steps"), [("unsigned", {UNSIGNED}), ("foreign", {FOREIGN}), ("presigned", {WRONG_URL})]
)
def test_who_gives_objects_away_is_found_out(
    see: Callable[..., Seen], cloud: HttpCloud, asks: str, steps: set[str]
) -> None:
    cloud.lie(f"GET {OBJECT}.*", only_who(asks))
    seen = see()
    assert seen.wrong == seen.violated == steps


@pytest.mark.parametrize(
    "told", [PAGE, Told(302, headers={"Location": "/login"}), Told(503), Told(500), error(503, "SlowDown"), Told(429)]
)
def test_what_is_neither_the_object_nor_a_denial_decides_nothing(
    see: Callable[..., Seen], cloud: HttpCloud, told: Told
) -> None:
    cloud.lie(f"GET {OBJECT}", only_who("unsigned", told))
    seen = see()
    assert (seen.wrong, seen.violated) == ({UNSIGNED}, set())
    assert UNSIGNED in seen.unseen


@pytest.mark.parametrize("told", [error(404, "NoSuchKey"), error(400, "InvalidArgument"), Told(401)])
def test_a_refusal_of_any_kind_is_a_denial(see: Callable[..., Seen], cloud: HttpCloud, told: Told) -> None:
    for way in ("unsigned", "foreign"):
        cloud.lie(f"GET {OBJECT}", only_who(way, told))
    assert see().wrong == set()


def test_without_a_token_swift_must_not_give_the_object(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    def lie(asked: Asked, honest: Callable[[], Told]) -> Told:
        asked.headers["x-auth-token"] = "the-token"
        return honest()

    cloud.lie("GET /swift/v1/sovran[^?]*", lie)
    assert see().violated == {SWIFT_DENIED}


def late(times: int, instead: Callable[[Told], Told]) -> Lie:
    """An answer that is right only after it was asked for a few times."""
    count = 0

    def lie(asked: Asked, honest: Callable[[], Told]) -> Told:
        nonlocal count
        count += 1
        return honest() if count > times else instead(Told(200))

    return lie


def test_listings_that_lag_behind_are_waited_for(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    cloud.lie(r"GET /s3/[^/]*\?list-type=2", late(1, lambda _: Told(200, b"<ListBucketResult/>")))
    cloud.lie(r"GET /swift/v1/[^/]*\?format=json", late(1, lambda _: Told(204)))
    cloud.lie("DELETE /s3/[^/]*", late(1, lambda _: error(409, "BucketNotEmpty")))
    cloud.lie("DELETE /swift/v1/[^/]*", late(1, lambda _: Told(409)))
    seen = see()
    assert seen.wrong == set()
    assert cloud.left == []


def test_a_listing_that_never_has_it_is_a_violation(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    cloud.lie(r"GET /s3/[^/]*\?list-type=2", Told(200, b"<ListBucketResult><Key>object</Key></ListBucketResult>"))
    assert LIST in see().violated


def test_what_is_said_to_be_deleted_must_be_gone(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    cloud.lie(f"DELETE {OBJECT}", Told(204))
    seen = see()
    assert DELETE in seen.violated
    # Swift, which keeps the same objects, tidied up
    assert (cloud.left, seen.left) == ([], ())


def test_a_deletion_that_is_refused_is_told_as_what_is_left(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    for api in ("s3", "swift"):
        cloud.lie(f"DELETE /{api}/.*", error(403, "AccessDenied"))
    seen = see()
    assert {DELETE, SWIFT_GONE} <= seen.wrong
    assert len(seen.left) == len(seen.open) == len(cloud.containers) == 2


def test_where_there_is_no_swift_s3_cleans_up_itself(stage: OnCloud) -> None:
    with HttpCloud(swift=False) as cloud:
        cloud.lie(f"PUT {OBJECT}", error(500, "InternalError"))
        seen = Seen(cloud, stage(cloud))
    assert seen.violated == {PUT}
    assert (cloud.left, seen.left, seen.open) == ([], (), ())


def test_an_upload_in_parts_that_fails_is_not_left(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    cloud.lie("POST /s3/.*uploadId.*", Told(200, b"\n<?xml version='1.0'?><Error><Code>InternalError</Code></Error>"))
    seen = see()
    assert seen.violated == {MULTIPART}
    assert cloud.left == []


@pytest.mark.parametrize("code", ["QuotaExceeded", "EntityTooLarge", "SlowDown"])
def test_a_quota_says_nothing_about_the_service(see: Callable[..., Seen], cloud: HttpCloud, code: str) -> None:
    cloud.lie("PUT /s3/.*partNumber.*", error(403, code))
    seen = see()
    assert (seen.wrong, seen.violated, seen.unseen) == ({MULTIPART}, set(), "")


def test_no_answer_decides_nothing(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    cloud.lie(f"PUT {OBJECT}", Told(0))
    seen = see()
    assert seen.violated == set()
    assert PUT in seen.unseen
    assert (cloud.left, seen.left) == ([], ())


def test_a_bucket_that_may_have_been_made_is_looked_for(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    def lie(_: Asked, honest: Callable[[], Told]) -> Told:
        honest()
        return Told(502)

    cloud.lie("PUT /s3/[^/]*", lie)
    seen = see()
    assert seen.wrong == {BUCKET_MADE}
    assert cloud.left == []


def test_the_region_that_a_service_wants_is_signed_for(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    def lie(asked: Asked, honest: Callable[[], Told]) -> Told:
        if "/eu-1/" in asked.headers.get("authorization", "") + asked.query.replace("%2F", "/"):
            return honest()
        malformed = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-1</Region></Error>"
        return Told(400, malformed.encode())

    for method in ("GET", "PUT", "POST", "DELETE"):
        cloud.lie(f"{method} /s3/.*", lie)
    assert see().wrong == set()


def test_no_redirect_is_followed(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    with HttpCloud() as other:
        cloud.lie(f"GET {OBJECT}.*", Told(307, headers={"Location": f"{other.url}/stolen"}))
        seen = see()
        assert other.asked == []
    assert GET in seen.wrong


def test_s3_is_trusted_as_the_cloud_is(stage: Callable[..., Stage], tmp_path: Path) -> None:
    trusted, other = certificate(tmp_path), certificate(tmp_path)
    with HttpCloud(certificate=trusted) as cloud, HttpCloud(certificate=other) as stranger:
        assert Seen(cloud, stage(cloud, cacert=str(trusted))).wrong == set()
        cloud.s3_url = f"{stranger.url}/s3"
        seen = Seen(cloud, stage(cloud, cacert=str(trusted)))
        assert (seen.wrong, seen.violated, stranger.asked) == ({BUCKET_MADE}, set(), [])
        assert seen.steps[BUCKET_MADE].unclear
        Seen(cloud, stage(cloud, verify=False))
        assert stranger.asked


def test_neither_reasons_nor_reprs_hold_secrets(stage: OnCloud, cloud: HttpCloud) -> None:
    blobs: list[str] = []

    def remember(asked: Asked, honest: Callable[[], Told]) -> Told:
        blobs.append(asked.body.decode())
        return honest()

    cloud.lie("POST /v3/credentials", remember)
    cloud.lie(f"GET {OBJECT}.*", Told(0))
    seen = Seen(cloud, stage(cloud))
    secret = blobs[0].split("secret")[1][5:37].strip('\\":')
    assert len(secret) > 20
    assert {GET, PRESIGNED} <= seen.wrong
    assert secret not in seen.text
    assert "X-Amz" not in seen.text
    assert secret not in repr(stage(cloud).actor.create(KINDS["EC2 credential"], "s3", lambda _: json_of(secret)))


def json_of(secret: str) -> dict[str, object]:
    """A body with a secret, as the service gives it back."""
    return {"credential": {"type": "ec2", "blob": secret}}


def test_a_wrong_secret_is_not_taken(see: Callable[..., Seen], cloud: HttpCloud) -> None:
    held: list[bytes] = []

    def lie(asked: Asked, honest: Callable[[], Told]) -> Told:
        answer = honest()
        if answer.status == 200:
            held.append(answer.body)
        known = "sovran-probe" in asked.headers.get("authorization", "")
        return Told(200, held[0]) if answer.status == 403 and known else answer

    cloud.lie(f"GET {OBJECT}", lie)
    assert see().violated == {WRONG}
