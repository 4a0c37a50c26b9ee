# SPDX-License-Identifier: Apache-2.0
"""Anonymous snapshots: nothing says which cloud it was, and what belonged together still does."""

import msgspec
import pytest

from sovran.cloud.recorder import Failed, Request
from sovran.cloud.recording import Endpoint, Principal, Service
from sovran.cloud.snapshots.anonymous import anonymous
from sovran.cloud.snapshots.snapshot import Entry
from sovran.model.errors import UsageError
from tests.cloud.snapshots import HOST, NOW, PROJECT, snapshot


def test_names_hosts_and_ids_are_gone() -> None:
    written = msgspec.json.encode(anonymous(snapshot(notes=("The host 'x' of mine",)))).decode()
    for said in (HOST, "example.org", PROJECT, '"mine"', '"R1"', "The host"):
        assert said not in written
    assert '"anonymous":true' in written
    # standards speak of these
    assert "SCS-1V-4" in written


def test_scheme_port_and_path_stay() -> None:
    made = anonymous(snapshot())
    assert made.principal is not None
    url = made.principal.services[0].endpoints[0].url
    assert url.startswith("https://n")
    assert ".invalid:8774/v2.1/" in url
    assert made.cloud.auth_url.startswith("https://n")


def test_the_same_thing_has_the_same_stand_in_everywhere() -> None:
    endpoints = (
        Endpoint("public", "R1", "https://a.cloud.example.org/v3", "e"),
        Endpoint("public", "R2", "https://cloud.example.org/v3", "e"),
        Endpoint("internal", "R2", "http://10.0.0.7:5000/v3", "e"),
        Endpoint("admin", None, "no URL", "e"),
    )
    principal = Principal(
        roles=(), project="p", region="R2", interface="public", services=(Service("identity", endpoints=endpoints),)
    )
    names = {"names": ["*.cloud.example.org", "A.CLOUD.example.org", "10.0.0.7", "other.example.com"]}
    seen = Entry(
        request=Request(path="a.cloud.example.org:443", observed="Tls"),
        at=NOW,
        body=msgspec.Raw(msgspec.json.encode(names)),
    )
    failed = Entry(
        request=Request("network", f"/x/{PROJECT}"),
        at=NOW,
        failed=Failed("absent", {"reason": f"'mine' has no {PROJECT[:8]}-8a5f-4d2e-9b0d-0d8f6f5c1a11"}),
    )
    made = anonymous(snapshot(principal=principal, entries=(seen, failed)))
    assert made.principal is not None
    one, other, address, none = made.principal.services[0].endpoints
    host = one.url.split("/")[2]
    above = other.url.split("/")[2]
    assert host.endswith(f".{above}")
    listed = msgspec.json.decode(made.entries[0].content or b"")["names"]
    assert listed == [f"*.{above}", host, address.url.split("/")[2].split(":")[0], "other.example.com"]
    assert made.entries[0].request.path == f"{host}:443"
    assert (one.region, other.region, none.region) == ("region-1", "region-2", None)
    assert made.principal.region == other.region
    # with hyphens or without, an id is the same one
    assert made.entries[1].failed is not None
    reason = str(made.entries[1].failed.details["reason"])
    assert reason.startswith("'cloud' has no ")
    assert reason.rsplit(maxsplit=1)[-1].replace("-", "") == made.entries[1].request.path.removeprefix("/x/")


def test_it_is_the_same_every_time_and_twice_is_once() -> None:
    once = anonymous(snapshot())
    assert msgspec.json.encode(once) == msgspec.json.encode(anonymous(snapshot()))
    assert msgspec.json.encode(anonymous(once)) == msgspec.json.encode(once)


def test_a_snapshot_that_no_run_made_is_refused() -> None:
    deep = Entry(request=Request("compute", "/x"), at=NOW, status=200, body=msgspec.Raw(b"[" * 800 + b"]" * 800))
    with pytest.raises(UsageError, match="nested deeper"):
        anonymous(snapshot(entries=(deep,)))
