# SPDX-License-Identifier: Apache-2.0
"""Raw excerpts: of the resources that findings name, with known keys only, and never more than a report can carry."""

import datetime
import json
from typing import Any

import msgspec
import pytest

from sovran.cloud.recording import Endpoint, Exchange, Service
from sovran.conformance.excerpts import MOST_CHARACTERS, MOST_EXCERPTS, excerpts
from sovran.model.finding import Finding, Resource, Weight
from sovran.model.report import Judgement
from tests.cloud.scripted_reader import ScriptedReader
from tests.conformance.conftest import FLAVORS, SmallCloud
from tests.conformance.test_run import check, four_standards
from tests.reports.samples import judgement

AT = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)


def exchange(document: object, path: str = "/things") -> Exchange:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Exchange(service="compute", path=path, status=200, headers={}, body=body, at=AT)


def on(*ids: str, weight: Weight = Weight.VIOLATION) -> Judgement:
    findings = tuple(Finding(message="bad", resource=Resource("flavor", "x", id_), weight=weight) for id_ in ids)
    return judgement("scs-0100-syntax-check", findings=findings)


def test_a_resource_is_shown_as_the_cloud_wrote_it() -> None:
    listing = exchange(
        {"flavors": [{"id": "1", "name": "a"}, {"name": "b", "id": "2", "ram": 1.50}]}, "/flavors/detail"
    )
    (one,) = excerpts([on("2")], [exchange({"flavors": []}), listing])
    assert (one.resource, one.request, one.at, one.left_out) == ("2", "compute GET /flavors/detail", AT, ())
    assert one.text == '{\n  "name": "b",\n  "id": "2",\n  "ram": 1.5\n}'


def test_violations_come_before_notes_and_in_their_order() -> None:
    answer = exchange({"flavors": [{"id": name} for name in "abcd"]})
    found = excerpts([on("d", weight=Weight.NOTE), on("c", "a")], [answer])
    assert [one.resource for one in found] == ["c", "a", "d"]


def test_what_a_tenant_may_have_written_anywhere_is_named_but_not_shown() -> None:
    image = {"id": "1", "name": "Ubuntu", "os_distro": "ubuntu", "admin_pass": "hunter2", "tags": ["hunter2"]}
    flavor = {"id": "2", "description": "hunter2", "links": [], "extra_specs": {"scs:cpu-type": "x", "key": "hunter2"}}
    found = excerpts([on("1", "2")], [exchange({"images": [image]}), exchange({"flavors": [flavor]})])
    assert "hunter2" not in str(found)
    assert [one.left_out for one in found] == [("admin_pass", "tags"), ("description", "extra_specs/key")]
    assert json.loads(found[1].text) == {"id": "2", "extra_specs": {"scs:cpu-type": "x"}}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"\xff", b'{"flavors": 1}', b'{"flavors": [1]}', b'{"flavors": [{"id": 1}]}',
        b'{"flavors": [{"id": "1", "name": "\xff"}]}', b'{"unknown": [{"id": "1"}]}',
    ],
)  # fmt: skip
def test_answers_of_another_form_have_no_excerpts(body: bytes) -> None:
    assert excerpts([on("1")], [exchange(body)]) == ()


def test_extra_specs_of_another_form_are_shown_as_nothing() -> None:
    (one,) = excerpts([on("1")], [exchange({"flavors": [{"id": "1", "extra_specs": "hunter2"}]})])
    assert (json.loads(one.text), one.left_out) == ({"id": "1"}, ("extra_specs",))


def test_rules_of_a_security_group_are_shown_without_what_people_write_into_them() -> None:
    rule = {"id": "r", "direction": "ingress", "description": "hunter2"}
    group = {"id": "1", "name": "default", "description": "hunter2", "security_group_rules": [rule]}
    (one,) = excerpts([on("1")], [exchange({"security_groups": [group]})])
    assert "hunter2" not in str(one)
    assert json.loads(one.text)["security_group_rules"] == [{"id": "r", "direction": "ingress"}]


def test_services_are_shown_from_the_catalog() -> None:
    service = Service("s3", "radosgw", "1", (Endpoint("public", "R1", "https://s3.example.org", "e"),))
    reader = ScriptedReader({}, services=(service,))
    finding = Finding(message="bad", resource=Resource("service", "s3", "1"))
    (one,) = excerpts([judgement("0123-01", findings=(finding,))], [], reader)
    assert msgspec.json.decode(one.text, type=Service) == service
    assert one.at == reader.now
    assert excerpts([on("1")], [], reader) == ()


def test_there_is_a_limit_of_length_and_number() -> None:
    many: list[dict[str, Any]] = [{"id": str(number), "name": "x" * 10_000} for number in range(MOST_EXCERPTS + 5)]
    found = excerpts([on(*(one["id"] for one in many))], [exchange({"flavors": many})])
    assert len(found) == MOST_EXCERPTS
    assert all(len(one.text) == MOST_CHARACTERS + len("\n...") for one in found)


def test_a_run_shows_what_the_cloud_said_about_a_bad_flavor(cloud: SmallCloud) -> None:
    bad = {"id": "b4d", "name": "SCS-1X-4", "vcpus": 1, "ram": 4096, "disk": 0, "extra_specs": {}}
    cloud.answer(FLAVORS, lambda handler: handler.reply(200, {"flavors": [bad]}))
    report = check(four_standards())
    (one,) = report.excerpts
    assert (one.resource, json.loads(one.text)) == ("b4d", bad)
    assert one.request.startswith("compute GET /flavors/detail")
    assert {one.id: one.title for one in report.standards}["scs-0115"] == "Default rules for security groups"
