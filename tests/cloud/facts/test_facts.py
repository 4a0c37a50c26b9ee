# SPDX-License-Identifier: Apache-2.0
"""Facts: what is asked of a cloud for each, and how old, odd and broken clouds are told apart."""

import datetime
import inspect

import pytest

from sovran.cloud.facts import PROVIDERS
from sovran.cloud.facts.catalog import Catalog, read_catalog
from sovran.cloud.facts.default_rules import read_default_rules
from sovran.cloud.facts.flavors import read_flavors
from sovran.cloud.facts.s3 import MOST_XML, S3Body, read_s3_answer, signature_headers
from sovran.cloud.outcome import Absent, Denied, Ok, Partial, Unreachable
from sovran.cloud.recording import Endpoint, Service
from tests.cloud.scripted_reader import Answer, ScriptedReader, exchange

SMALL = {
    "id": "1",
    "name": "m1.small",
    "vcpus": 1,
    "ram": 2048,
    "disk": 20,
    "OS-FLV-EXT-DATA:ephemeral": 5,
    "os-flavor-access:is_public": False,
    "swap": "",
    "rxtx_factor": 1.0,
    "extra_specs": {"scs:cpu-type": "shared-core"},
}
BARE = {key: value for key, value in SMALL.items() if key not in ("extra_specs", "os-flavor-access:is_public")}
TOO_NEW = Unreachable("compute GET /flavors/detail ended with HTTP 406", 406)


def test_every_provider_reads_the_fact_it_is_registered_for() -> None:
    for fact, provider in PROVIDERS.items():
        assert fact.__name__ in str(inspect.signature(provider).return_annotation)


# ---- flavors


def test_flavors_come_with_their_specs_in_one_request() -> None:
    reader = ScriptedReader({("/flavors/detail", "2.61"): {"flavors": [SMALL, BARE | {"id": "2"}]}})
    outcome = read_flavors(reader)
    assert isinstance(outcome, Ok)
    first, second = outcome.value.items
    assert (first.vcpus, first.ram_mib, first.disk_gb, first.ephemeral_gb) == (1, 2048, 20, 5)
    assert (first.extra_specs, first.is_public) == ({"scs:cpu-type": "shared-core"}, False)
    assert (second.extra_specs, second.is_public) == (None, True)
    assert reader.asked == ["/flavors/detail"]


def old_cloud(specs: Answer | None) -> ScriptedReader:
    """A cloud before Rocky, whose answer to the specs of its one flavor is this."""
    answers: dict[str | tuple[str, str], Answer] = {
        ("/flavors/detail", "2.61"): TOO_NEW,
        ("/flavors/detail", ""): {"flavors": [BARE | {"id": "a b/c"}]},
    }
    if specs is not None:
        answers["/flavors/a%20b%2Fc/os-extra_specs"] = specs
    return ScriptedReader(answers)


@pytest.mark.parametrize(
    ("specs", "expected"),
    [
        ({"extra_specs": {"x": "y"}}, {"x": "y"}),
        (Denied("refused"), None),
        # deleted between the two requests
        (None, None),
    ],
)
def test_old_clouds_are_asked_flavor_by_flavor(specs: Answer | None, expected: dict[str, str] | None) -> None:
    outcome = read_flavors(old_cloud(specs))
    assert isinstance(outcome, Ok)
    assert [flavor.extra_specs for flavor in outcome.value.items] == [expected]


@pytest.mark.parametrize("specs", [Unreachable("HTTP 500", 500), b"<html>", b'{"extra_specs": {"x": 1}}'])
def test_specs_that_cannot_be_read_make_the_listing_unreadable(specs: Answer) -> None:
    assert isinstance(read_flavors(old_cloud(specs)), Unreachable)


@pytest.mark.parametrize("failure", [Denied("no"), Absent("no"), Unreachable("HTTP 500", 500), Partial("half")])
def test_other_failures_of_flavors_are_passed_on(failure: Denied | Absent | Unreachable | Partial) -> None:
    assert read_flavors(ScriptedReader({"/flavors/detail": failure})) == failure
    old = ScriptedReader({("/flavors/detail", "2.61"): TOO_NEW, ("/flavors/detail", ""): failure})
    assert read_flavors(old) == failure


@pytest.mark.parametrize(
    "change", [{"vcpus": "1"}, {"ram": None}, {"disk": 1.5}, {"name": None}, {"extra_specs": {"a": 1}}, {"id": 7}]
)
def test_flavors_of_another_form_are_unreadable(change: dict[str, object]) -> None:
    outcome = read_flavors(ScriptedReader({"/flavors/detail": {"flavors": [SMALL | change]}}))
    assert isinstance(outcome, Unreachable)
    assert next(iter(change)) in outcome.reason


def test_a_compute_service_without_flavors_is_a_wrong_endpoint() -> None:
    outcome = read_flavors(ScriptedReader())
    assert isinstance(outcome, Unreachable)
    assert outcome.reason.endswith("is the endpoint right?")


# ---- templates of security group rules

TEMPLATE = {
    "id": "t",
    "direction": "ingress",
    "ethertype": "IPv4",
    "protocol": None,
    "port_range_min": None,
    "port_range_max": None,
    "remote_ip_prefix": None,
    "remote_group_id": "PARENT",
    "remote_address_group_id": None,
    "used_in_default_sg": True,
    "used_in_non_default_sg": False,
    "description": "",
}
TEMPLATES = "/default-security-group-rules"
MISSING = Absent(f"network GET {TEMPLATES} does not exist (HTTP 404)", 404)


def test_templates_are_read_in_one_request() -> None:
    reader = ScriptedReader({TEMPLATES: {"default_security_group_rules": [TEMPLATE]}})
    outcome = read_default_rules(reader)
    assert isinstance(outcome, Ok)
    assert outcome.value.items[0].remote_group_id == "PARENT"
    assert reader.asked == [TEMPLATES]


def test_a_template_without_the_groups_it_is_for_is_unreadable() -> None:
    cut = {key: value for key, value in TEMPLATE.items() if key != "used_in_default_sg"}
    outcome = read_default_rules(ScriptedReader({TEMPLATES: {"default_security_group_rules": [cut]}}))
    assert isinstance(outcome, Unreachable)


def test_clouds_without_the_extension_have_no_templates() -> None:
    outcome = read_default_rules(
        ScriptedReader({TEMPLATES: MISSING, "/extensions": {"extensions": [{"alias": "security-group"}]}})
    )
    assert outcome == Absent("this cloud has no default security group rule templates (OpenStack before 2023.2)", 404)


@pytest.mark.parametrize(
    ("extensions", "words"),
    [
        ({"extensions": [{"alias": "security-groups-default-rules"}]}, "says that it has the extension"),
        (None, "whether the cloud is too old for it is unknown"),
        (b"<html>", "whether the cloud is too old for it is unknown"),
        (Denied("refused"), "refused"),
    ],
)
def test_a_wrong_endpoint_is_not_taken_for_an_old_cloud(extensions: Answer | None, words: str) -> None:
    answers: dict[str | tuple[str, str], Answer] = {TEMPLATES: MISSING}
    if extensions is not None:
        answers["/extensions"] = extensions
    outcome = read_default_rules(ScriptedReader(answers))
    assert isinstance(outcome, Unreachable)
    assert words in outcome.reason


@pytest.mark.parametrize("failure", [Denied("refused"), Unreachable("gone"), Absent("no network endpoint")])
def test_other_failures_of_templates_are_passed_on(failure: Denied | Unreachable | Absent) -> None:
    reader = ScriptedReader({TEMPLATES: failure})
    assert read_default_rules(reader) == failure
    assert reader.asked == [TEMPLATES]


# ---- catalog


def test_a_token_without_services_has_no_catalog() -> None:
    assert read_catalog(ScriptedReader()) == Absent("the token came without a service catalog")


def test_endpoints_of_the_judged_interface_stand_before_public_ones() -> None:
    public, internal, admin = (
        Endpoint(kind, "R1", f"https://{kind}.example") for kind in ("public", "internal", "admin")
    )
    elsewhere = Endpoint("public", "R2", "https://r2.example")
    service = Service("image", endpoints=(elsewhere, public, internal, admin))
    assert Catalog((service,), "R1", "public").endpoints(service) == (public,)
    assert Catalog((service,), "R1", "internal").endpoints(service) == (internal, public)
    assert Catalog((service,), "", "public").endpoints(service) == (elsewhere, public)
    assert Catalog((service,), "R1", "public").endpoints(service, any_region=True) == (elsewhere, public)


# ---- S3


def with_store(url: str, **answers: Answer) -> ScriptedReader:
    """A cloud with an object store there; `root` is what the root of its host answers."""
    store = Service("object-store", endpoints=(Endpoint("public", "R1", url),))
    return ScriptedReader({"https://store.example:8080/": answers["root"]} if answers else {}, (store,))


def test_the_root_of_the_object_stores_host_is_asked_once_and_signed() -> None:
    error = b"<?xml version='1.0'?><Error>\n<Code> InvalidAccessKeyId</Code><Message>no</Message></Error>"
    refused = Ok(exchange(error, status=403))
    reader = with_store("https://store.example:8080/v1/AUTH_p", root=refused)
    outcome = read_s3_answer(reader)
    assert isinstance(outcome, Ok)
    assert (outcome.value.host, outcome.value.status) == ("https://store.example:8080", 403)
    assert outcome.value.body == S3Body("Error", "InvalidAccessKeyId", "no")
    assert reader.asked == ["https://store.example:8080/"]
    assert reader.headers["Authorization"].startswith(
        "AWS4-HMAC-SHA256 Credential=doesnotexist/20260504/us-east-1/s3/aws4_request, SignedHeaders=host;"
    )


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b"", S3Body(empty=True)),
        (b"<html>Unauthorized</html>", S3Body("html")),
        (b"<Code>X</Code>", S3Body("Code")),
        (b"<Error><A><Code>X</Code></A></Error>", S3Body("Error")),
        (b"<Error><Code>X</Code>", S3Body()),
        (b"InvalidAccessKeyId", S3Body()),
        (b"\xff\xfe" * 5000, S3Body()),
        (b" ", S3Body()),
        (b"<a>" * 1_000_000, S3Body()),
        (b"<Error>" + b" " * MOST_XML + b"</Error>", S3Body()),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>', S3Body()),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x"><x/>', S3Body("x")),
    ],
)
def test_what_an_s3_client_reads_in_a_body(body: bytes, read: S3Body) -> None:
    outcome = read_s3_answer(with_store("https://store.example:8080/x", root=Ok(exchange(body, status=401))))
    assert isinstance(outcome, Ok)
    assert outcome.value.body == read


@pytest.mark.parametrize("url", ["", "ftp://store.example/", "store.example", "https://"])
def test_without_a_usable_endpoint_there_is_nothing_to_ask(url: str) -> None:
    reader = with_store(url)
    assert read_s3_answer(reader) == Absent("the catalog has no object-store endpoint here")
    assert reader.asked == []


def test_failures_of_the_request_and_the_catalog_are_passed_on() -> None:
    refused = Unreachable("refused", no_connection=True)
    assert read_s3_answer(with_store("https://store.example:8080/x", root=refused)) == refused
    assert isinstance(read_s3_answer(ScriptedReader()), Absent)


def test_the_signature_is_that_of_the_algorithm() -> None:
    # computed once with botocore's S3SigV4Auth for the same key, empty secret, region and time
    headers = signature_headers(
        "https://store.example:8080/", datetime.datetime(2026, 5, 4, 3, 2, 1, tzinfo=datetime.UTC)
    )
    assert headers["x-amz-date"] == "20260504T030201Z"
    assert (
        headers["Authorization"].rpartition("Signature=")[2]
        == "6f4d75875f12de0310bb3379aa36ecd1c030d04c3a61287437ef272541a541f7"
    )
