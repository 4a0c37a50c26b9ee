# SPDX-License-Identifier: Apache-2.0
"""SCS-0123: mandatory services by the official testcases and by both versions of the text."""

import pytest

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.facts.s3 import S3Answer
from sovran.cloud.facts.services import ServiceAnswer, ServiceAnswers, State
from sovran.cloud.outcome import Absent, Denied, Failure, Unreachable
from sovran.cloud.recording import Endpoint, Service
from sovran.model.finding import Weight
from sovran.model.verdict import Verdict
from tests.rules.facts_by_hand import (
    MANDATORY,
    catalog,
    claims_of,
    judged,
    s3_answer,
    service,
    service_answers,
    verdict,
)

PASS, FAIL, ABORT, NOT_APPLICABLE = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.NOT_APPLICABLE
SWIFT_S3 = "scs-0123-swift-s3"
PRESENCE = "0123-01"


def failing(found: Catalog, *, document: str = "v1") -> set[str]:
    return {claim for claim in claims_of("scs-0123") if verdict(claim, found, document=document) is FAIL}


@pytest.mark.parametrize("document", ["v1", "v2"])
def test_a_conforming_cloud(document: str) -> None:
    found = {claim: verdict(claim, catalog(), document=document) for claim in claims_of("scs-0123")}
    assert set(found.values()) == {PASS}


@pytest.mark.parametrize("kind", [kind for kind in MANDATORY if not kind.startswith(("block", "object"))])
def test_a_missing_service(kind: str) -> None:
    assert failing(catalog(without=kind)) == {f"scs-0123-service-{kind}", PRESENCE}
    finding, *notes = judged(PRESENCE, catalog(without=kind)).findings
    assert {note.weight for note in notes} == {Weight.NOTE}
    assert finding.message == f"mandatory service {kind} is not in the catalog"


def test_placement_is_only_demanded_by_the_official_suite() -> None:
    assert failing(catalog(without="placement")) == {"scs-0123-service-placement"}


@pytest.mark.parametrize(
    ("alias", "failures"),
    [
        ("volumev3", set()),
        ("volume", set()),
        # aliases of the authority that the official testcase does not know
        ("volumev2", {"scs-0123-storage-apis"}),
        ("block-store", {"scs-0123-storage-apis"}),
        ("block_storage", {"scs-0123-storage-apis", PRESENCE, "0123-03"}),
        ("cinder", {"scs-0123-storage-apis", PRESENCE}),
    ],
)
def test_block_storage_under_another_type(alias: str, failures: set[str]) -> None:
    found = failing(catalog(service(alias), without="block-storage"))
    assert found - {"0123-04"} == failures
    assert ("0123-04" in found) == (alias in {"volumev3", "volumev2", "volume", "block-store"})


@pytest.mark.parametrize("claim", claims_of("scs-0123"))
def test_a_token_without_a_catalog_decides_nothing(claim: str) -> None:
    expected = ABORT if claim.startswith("scs-") else NOT_APPLICABLE
    assert verdict(claim, unread={Catalog: Absent("the token came without a service catalog")}) is expected
    assert verdict(claim, unread={Catalog: Unreachable("gone")}) is ABORT


# ---- endpoints


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (service("image"), PASS),
        (service("image", interface="publicURL"), PASS),
        (service("image", interface="internal"), FAIL),
        (service("image", interface="admin"), FAIL),
        (service("image", region="RegionTwo"), FAIL),
        (service("image", region=None), FAIL),
        (Service("image", endpoints=()), FAIL),
        (Service("image", endpoints=(Endpoint("public", "RegionOne", ""),)), FAIL),
        (
            Service("image", endpoints=(Endpoint("internal", "RegionOne", "u"), Endpoint("public", "RegionOne", "u"))),
            PASS,
        ),
    ],
)
def test_an_entry_needs_an_endpoint_where_the_cloud_is_judged(entry: Service, expected: Verdict) -> None:
    found = catalog(entry, without="image")
    assert verdict("scs-0123-service-image", found) is PASS
    judgement = judged(PRESENCE, found)
    assert judgement.verdict is expected
    if expected is FAIL:
        assert judgement.reason == "mandatory service image has no public endpoint in region RegionOne"


def test_without_a_region_any_will_do() -> None:
    assert verdict(PRESENCE, catalog(service("image", region="RegionTwo"), without="image", region="")) is PASS
    nowhere = judged(PRESENCE, catalog(Service("image"), without="image", region=""))
    assert nowhere.reason == "mandatory service image has no public endpoint in any region"


def test_identity_may_be_shared_by_regions() -> None:
    assert verdict(PRESENCE, catalog(service("identity", region="RegionTwo"), without="identity")) is PASS
    assert verdict(PRESENCE, catalog(service("identity", interface="admin"), without="identity")) is FAIL


def test_public_endpoints_count_whatever_interface_is_judged() -> None:
    assert verdict(PRESENCE, catalog(interface="internal")) is PASS
    internal = service("image", interface="internal")
    assert verdict(PRESENCE, catalog(internal, without="image", interface="internal")) is PASS


# ---- S3


S3_ERROR = s3_answer(403, "InvalidAccessKeyId")


@pytest.mark.parametrize(
    ("entry", "answer", "version1", "version2"),
    [
        (service("object-store-s3"), None, PASS, PASS),
        (service("s3"), None, PASS, FAIL),
        # version 1 binds S3 to no type, version 2 wants an entry of its own
        (service("object-store"), S3_ERROR, PASS, FAIL),
        (service("object-store"), s3_answer(403, "SignatureDoesNotMatch"), PASS, FAIL),
        (service("object-store"), s3_answer(200, body=b"<ListAllMyBucketsResult/>"), PASS, FAIL),
        (service("object-store"), s3_answer(200, body=b""), FAIL, FAIL),
        (service("object-store"), s3_answer(401, body=b"<html/>"), FAIL, FAIL),
        (service("object-store"), Unreachable("reset", no_connection=True), ABORT, FAIL),
        (service("object-store"), Absent("no object-store endpoint"), FAIL, FAIL),
        (service("s3", region="RegionTwo"), S3_ERROR, FAIL, FAIL),
    ],
)
def test_s3_by_the_text(
    entry: Service, answer: S3Answer | Failure | None, version1: Verdict, version2: Verdict
) -> None:
    found = catalog(entry, without="object-store-s3")
    read = (answer,) if isinstance(answer, S3Answer) else ()
    unread = {S3Answer: answer} if isinstance(answer, Unreachable | Absent) else None
    assert verdict(PRESENCE, found, *read, unread=unread) is version1
    assert verdict(PRESENCE, found, *read, unread=unread, document="v2") is version2


def test_a_missing_service_outweighs_an_s3_host_that_cannot_be_asked() -> None:
    bare = Catalog((service("object-store"),), "RegionOne", "public")
    judgement = judged(PRESENCE, bare, unread={S3Answer: Unreachable("reset")})
    assert judgement.verdict is FAIL
    assert [finding.weight for finding in judgement.findings] == [Weight.VIOLATION] * 6


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        # as the reference decides with its S3 client, measured on a server that gives these answers
        (S3_ERROR, PASS),
        (s3_answer(404, "NoSuchKey"), PASS),
        (s3_answer(200, "InvalidAccessKeyId"), PASS),
        (s3_answer(403, body=b"<Error><Code>X</Code><Message>InvalidAccessKeyId</Message></Error>"), PASS),
        (s3_answer(403, body=b"<Error><Code>X</Code><HostId>InvalidAccessKeyId</HostId></Error>"), FAIL),
        (s3_answer(403, body=b"InvalidAccessKeyId"), FAIL),
        (s3_answer(403, body=b"<html>InvalidAccessKeyId<br></html>"), FAIL),
        (s3_answer(403, "SignatureDoesNotMatch"), FAIL),
        (s3_answer(401, body=b"<html><h1>Unauthorized</h1></html>"), FAIL),
        (s3_answer(412, body=b"Bad URL"), FAIL),
        (s3_answer(503, body=b""), FAIL),
        (s3_answer(302, body=b""), FAIL),
        (s3_answer(200, body=b"<!DOCTYPE html><title>Welcome</title><p>hi"), FAIL),
        (s3_answer(200, body=b"{}"), FAIL),
        (s3_answer(200, body=b"<html><body>Welcome</body></html>"), ABORT),
        (s3_answer(200, body=b"<ListAllMyBucketsResult/>"), ABORT),
        (s3_answer(200, body=b""), ABORT),
        (Unreachable("connection refused", no_connection=True), FAIL),
        # our own time limit or an interruption says nothing about the cloud
        (Unreachable("no answer in time"), ABORT),
        (Absent("no endpoint here"), ABORT),
        (Denied("refused"), ABORT),
    ],
)
def test_the_official_testcase_on_s3_beside_swift(answer: S3Answer | Failure, expected: Verdict) -> None:
    with_swift = catalog(service("object-store"))
    if isinstance(answer, S3Answer):
        assert verdict(SWIFT_S3, with_swift, answer) is expected
    else:
        assert verdict(SWIFT_S3, with_swift, unread={S3Answer: answer}) is expected
    assert verdict(SWIFT_S3, catalog(), unread={S3Answer: Unreachable("gone")}) is PASS


# ---- types of version 2


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("volumev3", PASS),
        ("sharev2", PASS),
        ("bare-metal", PASS),
        ("ha", PASS),
        ("my-own-service", PASS),
        ("metric", PASS),
        ("computev2.1", FAIL),
        ("compute_legacy", FAIL),
        ("Compute", FAIL),
        ("identityv3", FAIL),
        ("loadbalancer", FAIL),
        ("s3", FAIL),
        ("S3", FAIL),
    ],
)
def test_other_names_for_services_of_the_standard(kind: str, expected: Verdict) -> None:
    assert verdict("0123-03", catalog(service(kind)), document="v2") is expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("volumev3", FAIL), ("share", FAIL), ("dns", PASS), ("my-own-service", PASS), ("computev2", PASS)],
)
def test_canonical_types(kind: str, expected: Verdict) -> None:
    judgement = judged("0123-04", catalog(service(kind)), document="v2")
    assert judgement.verdict is expected
    if expected is FAIL:
        assert judgement.findings[0].seen == kind


# ---- what is listed beside them


@pytest.mark.parametrize(
    ("kind", "document", "noted"),
    [
        ("dns", "v1", False),
        ("billing", "v1", False),
        ("billing", "v2", True),
        ("rating", "v2", False),
        ("rating", "v1", True),
        ("bare-metal", "v2", False),
        ("volumev2", "v1", False),
        ("ec2", "v1", True),
        ("container-infra", "v2", True),
    ],
)
def test_services_that_the_standard_does_not_list_are_noted(kind: str, document: str, noted: bool) -> None:
    judgement = judged(PRESENCE, catalog(service(kind), service(kind)), document=document)
    assert judgement.verdict is PASS
    notes = [one.message for one in judgement.findings if one.weight is Weight.NOTE and one.seen == kind]
    expected = f"the standard does not list the service {kind}: allowed, and used at one's own risk"
    assert notes == [expected] * noted


# ---- answers


@pytest.mark.parametrize("kind", MANDATORY)
@pytest.mark.parametrize("document", ["v1", "v2"])
def test_a_service_that_is_only_listed_is_not_there(kind: str, document: str) -> None:
    dead = ServiceAnswer(asked="/things?limit=1", state=State.GONE, reason="connection refused")
    judgement = judged(PRESENCE, catalog(), service_answers(**{kind.replace("-", "_"): dead}), document=document)
    assert judgement.verdict is FAIL
    wanted = "s3" if (kind, document) == ("object-store-s3", "v1") else kind
    assert judgement.reason == (
        f"mandatory service {wanted} is in the catalog, but does not answer: connection refused"
    )


def test_a_service_that_could_not_be_asked_decides_nothing() -> None:
    slow = ServiceAnswer(asked="/images?limit=1", state=State.UNKNOWN, reason="image GET /images ended with HTTP 503")
    judgement = judged(PRESENCE, catalog(), service_answers(image=slow))
    assert judgement.verdict is ABORT
    assert judgement.reason == "whether image is there: image GET /images ended with HTTP 503"
    assert verdict(PRESENCE, catalog(without="network"), service_answers(image=slow)) is FAIL
    assert verdict(PRESENCE, catalog(), unread={ServiceAnswers: Unreachable("interrupted")}) is ABORT
    assert verdict(PRESENCE, catalog(without="network"), unread={ServiceAnswers: Unreachable("interrupted")}) is FAIL


def test_microversions_stand_in_the_evidence() -> None:
    new = ServiceAnswer(asked="/servers?limit=1", state=State.ANSWERS, microversions="2.1 to 2.103")
    judgement = judged(PRESENCE, catalog(), service_answers(compute=new))
    assert judgement.verdict is PASS
    assert "compute has the microversions 2.1 to 2.103" in [finding.message for finding in judgement.findings]


# ---- several regions


def two_regions(*only_first: str, region: str = "", both: tuple[str, ...] = MANDATORY) -> Catalog:
    """A catalog of which the second region lacks these services."""
    entries = [
        Service(
            kind,
            endpoints=tuple(
                Endpoint("public", where, f"https://{kind}.{where}.example")
                for where in ("R1", "R2")
                if where == "R1" or kind not in only_first
            ),
        )
        for kind in both
    ]
    return Catalog(tuple(entries), region, "public")


def test_each_region_with_compute_is_judged_where_none_is_named() -> None:
    assert verdict(PRESENCE, two_regions()) is PASS
    judgement = judged(PRESENCE, two_regions("load-balancer"))
    assert judgement.verdict is FAIL
    assert judgement.reason == "mandatory service load-balancer has no public endpoint in region R2"


def test_another_region_than_the_judged_one_is_noted() -> None:
    judgement = judged(PRESENCE, two_regions("load-balancer", region="R1"))
    assert judgement.verdict is PASS
    (finding,) = judgement.findings
    assert finding.weight is Weight.NOTE
    assert finding.message == "mandatory service load-balancer has no public endpoint in region R2; judged is R1"
    assert verdict(PRESENCE, two_regions("load-balancer", region="R2")) is FAIL


def test_a_region_without_compute_holds_shared_services() -> None:
    shared = service("image", region="Global")
    found = two_regions(both=tuple(kind for kind in MANDATORY if kind != "image"))
    assert verdict(PRESENCE, Catalog((*found.services, shared), "", "public")) is PASS
    assert verdict(PRESENCE, Catalog((*found.services, shared), "R1", "public")) is FAIL


def test_identity_need_not_be_in_each_region() -> None:
    assert verdict(PRESENCE, two_regions("identity")) is PASS
