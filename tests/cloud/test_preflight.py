# SPDX-License-Identifier: Apache-2.0
"""The preflight says at once why a cloud cannot be judged with these credentials, and what to know before it is."""

import re
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sovran.cloud import resolution
from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.preflight import Preflight, preflight
from sovran.cloud.session import Connection, connect
from sovran.model.errors import UsageError
from tests.cloud.conftest import Clouds
from tests.cloud.identity_stub import IdentityStub, endpoints

Connected = Callable[..., Connection]


def refused(connection: Connection, *, allow_admin: bool = False) -> str:
    """The sentence with which the preflight refuses."""
    with pytest.raises(UsageError) as caught:
        preflight(connection, allow_admin=allow_admin)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def notes(connection: Connection) -> tuple[str, ...]:
    """What the preflight notes."""
    return preflight(connection, allow_admin=False).notes


def roles(identity: IdentityStub, *names: str) -> None:
    """Let the token have these roles."""
    identity.token["roles"] = [{"id": name, "name": name} for name in names]


def test_an_ordinary_member_passes_silently(connected: Connected) -> None:
    assert preflight(connected(region_name="R1"), allow_admin=False) == Preflight(("member", "reader"), False, ())


def test_the_token_request_is_the_only_one(connected: Connected, identity: IdentityStub) -> None:
    connection = connected()
    preflight(connection, allow_admin=False)
    assert connection.requests_sent == len(identity.requests) == 2
    assert connection.access.project_id == "p1"
    assert connection.requests_sent == 2


@pytest.mark.parametrize("role", ["admin", "manager", "Admin"])
def test_judging_as_admin_is_refused_and_says_why(connected: Connected, identity: IdentityStub, role: str) -> None:
    roles(identity, "member", role)
    text = refused(connected())
    assert f"has the roles {', '.join(sorted(['member', role]))}" in text
    assert "private flavors" in text
    assert "passes falsely" in text
    assert "--allow-admin" in text


def test_judging_as_admin_can_be_allowed_and_is_marked(connected: Connected, identity: IdentityStub) -> None:
    roles(identity, "admin")
    assert preflight(connected(), allow_admin=True) == Preflight(("admin",), True, ())


def test_allowing_admin_marks_no_member(connected: Connected) -> None:
    assert not preflight(connected(), allow_admin=True).admin


@pytest.mark.parametrize(("held", "shown"), [(("reader",), "reader"), ((), "none")])
def test_no_member_role(connected: Connected, identity: IdentityStub, held: tuple[str, ...], shown: str) -> None:
    roles(identity, *held)
    assert f"the user lacks the role 'member' in this project and has: {shown}" in refused(connected())


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        ({"system": {"all": True}}, "is scoped to the whole system"),
        ({"domain": {"id": "d", "name": "acme"}}, "is scoped to the domain 'acme' and to no project"),
        ({}, "is scoped to no project"),
    ],
)
@pytest.mark.parametrize("allow_admin", [False, True])
def test_a_token_without_a_project(
    connected: Connected, identity: IdentityStub, scope: dict[str, Any], sentence: str, allow_admin: bool
) -> None:
    del identity.token["project"]
    identity.token.update(scope)
    text = refused(connected(), allow_admin=allow_admin)
    assert sentence in text
    assert "name a project with project_name" in text


def test_all_reasons_stand_in_one_sentence(connected: Connected, identity: IdentityStub) -> None:
    del identity.token["project"]
    identity.token["domain"] = {"id": "d", "name": "acme"}
    roles(identity, "manager")
    text = refused(connected(region_name="R9"))
    assert "to the domain 'acme'" in text
    assert "has the roles manager" in text
    assert "no region 'R9'" in text


@pytest.mark.parametrize("catalog", [None, []])
def test_no_catalog(connected: Connected, identity: IdentityStub, catalog: list[Any] | None) -> None:
    if catalog is None:
        del identity.token["catalog"]
    else:
        identity.token["catalog"] = catalog
    assert "the token comes without a service catalog" in refused(connected())


@pytest.mark.parametrize("catalog", [[1], [{"type": "compute", "endpoints": None}], [{"type": "x", "endpoints": [1]}]])
def test_a_malformed_catalog(connected: Connected, identity: IdentityStub, catalog: Any) -> None:
    identity.token["catalog"] = catalog
    assert "the service catalog is malformed" in refused(connected())


def test_a_region_that_the_catalog_lacks(connected: Connected, identity: IdentityStub) -> None:
    identity.token["catalog"] = [endpoints("identity", identity.url, region="RegionOne")]
    assert "no region 'RegionOn' (did you mean 'RegionOne'? correct region_name)" in refused(
        connected(region_name="RegionOn")
    )
    assert "no region 'xy' (it has RegionOne; correct region_name)" in refused(connected(region_name="xy"))


def test_a_catalog_without_identity_is_noted(connected: Connected, identity: IdentityStub) -> None:
    identity.token["catalog"] = [endpoints("compute", "http://127.0.0.1:1")]
    assert notes(connected()) == (
        "The catalog lists no identity service: clients that look it up there fail, until it is registered.",
    )


def test_several_regions_and_none_named(connected: Connected, identity: IdentityStub) -> None:
    identity.token["catalog"].append(endpoints("image", "http://127.0.0.1:1", region="R2"))
    (note,) = notes(connected())
    assert note.startswith("No region is named and the catalog has R1, R2")
    assert notes(connected(region_name="R2")) == ()


def test_hosts_that_do_not_resolve_are_named_with_their_services(connected: Connected, identity: IdentityStub) -> None:
    identity.token["catalog"] += [
        endpoints("image", "https://a.invalid:9292"),
        endpoints("volumev3", "https://a.invalid:8776/v3/p"),
        endpoints("network", "https://b.invalid"),
        endpoints("metric", "https://internal.invalid", interface="internal"),
        endpoints("dns", "https://elsewhere.invalid", region="R2"),
    ]
    assert notes(connected(region_name="R1")) == (
        "The host 'a.invalid' of image, volumev3 does not resolve (Name or service not known): "
        "its facts cannot be fetched.",
        "The host 'b.invalid' of network does not resolve (Name or service not known): its facts cannot be fetched.",
    )


def test_the_interface_and_the_override_decide_which_hosts_count(connected: Connected, identity: IdentityStub) -> None:
    identity.token["catalog"] += [
        endpoints("metric", "https://internal.invalid", interface="internal"),
        endpoints("image", "https://image.invalid"),
    ]
    connection = connected(interface=["internalURL", "public"], image_endpoint_override="https://127.0.0.1:1")
    (note,) = notes(connection)
    assert "'internal.invalid' of metric" in note


def test_hosts_behind_a_proxy_are_left_to_it(
    connected: Connected, identity: IdentityStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity.token["catalog"].append(endpoints("image", "https://a.invalid"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert notes(connected()) == ()


@pytest.mark.parametrize("url", ["nova.example/v2", "ftp://x/", "http://[::1"])
def test_an_endpoint_that_is_no_url(connected: Connected, identity: IdentityStub, url: str) -> None:
    identity.token["catalog"].append(endpoints("image", url))
    assert notes(connected()) == (f"The endpoint of image is no URL ({url!r}): its facts cannot be fetched.",)


def test_names_are_looked_up_side_by_side_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    release, most, now = threading.Event(), 0, 0
    lock = threading.Lock()

    def slow(host: str, *args: Any, **kwargs: Any) -> Any:
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        release.wait(5 if host == "slow.invalid" else 0.1)
        with lock:
            now -= 1
        if host == "gone.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    began = time.monotonic()
    names = {"slow.invalid", "gone.invalid", "127.0.0.1", "::1", "fe80::1%eth0"} | {f"h{n}.invalid" for n in range(8)}
    found = resolution.unresolved(names, 0.4)
    took = time.monotonic() - began
    release.set()
    assert found == {"slow.invalid": "no answer within 0.4 s", "gone.invalid": "Name or service not known"}
    assert took < 0.8
    assert most >= 8


def test_a_name_that_is_none() -> None:
    assert resolution.unresolved(["x" * 70 + ".invalid"], 2).keys() == {"x" * 70 + ".invalid"}
    assert resolution.unresolved([], 2) == {}


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        (60.5, r"(59|60|61) s ahead of"),
        (-60.5, r"(60|61|62) s behind"),
        (-600, r"10 min behind"),
        (3 * 3600 + 30, r"3 h 0 min ahead of"),
        (-3 * 86400, r"3 d 0 h behind"),
    ],
)
def test_clock_skew_is_told_with_size_and_direction(
    connected: Connected, identity: IdentityStub, offset: float, said: str
) -> None:
    identity.clock_offset = offset
    note = notes(connected())[0]
    assert re.match(f"The cloud's clock is {said} this machine's: one of them is wrong", note)


@pytest.mark.parametrize("offset", [-27, 27])
def test_a_small_skew_is_not_mentioned(connected: Connected, identity: IdentityStub, offset: float) -> None:
    identity.clock_offset = offset
    assert notes(connected()) == ()


def test_without_a_date_header_the_time_of_issue_serves(connected: Connected, identity: IdentityStub) -> None:
    identity.with_date = False
    assert notes(connected()) == ()
    late = datetime.now(UTC) - timedelta(minutes=5)
    identity.token["issued_at"] = late.isoformat()
    assert notes(connected())[0].startswith("The cloud's clock is 5 min behind this machine's")


def test_a_date_that_cannot_be_read_counts_as_none(connected: Connected, identity: IdentityStub) -> None:
    identity.with_date = False
    identity.tokens(
        lambda handler: handler.reply(201, {"token": identity.token}, {"X-Subject-Token": "t", "Date": "yesterday"})
    )
    assert notes(connected()) == ()


def test_a_token_that_expires_soon(connected: Connected, identity: IdentityStub) -> None:
    identity.token["expires_at"] = (datetime.now(UTC) + timedelta(seconds=240, milliseconds=500)).isoformat()
    assert notes(connected()) == ("The token expires in 4 min and will be renewed if the run takes longer.",)


def test_a_token_that_cannot_be_renewed(connected: Connected, identity: IdentityStub, clouds: Clouds) -> None:
    identity.token["expires_at"] = (datetime.now(UTC) + timedelta(seconds=45)).isoformat()
    clouds.entry({"auth_type": "v3token", "auth": {"auth_url": identity.url, "token": "t", "project_id": "p1"}})
    with connect(read_cloud("c"), concurrency=1, timeout=5) as connection:
        (note,) = notes(connection)
    assert re.fullmatch(r"The token expires in 4\d s and cannot be renewed if the run takes longer\.", note)


def test_expiry_is_measured_by_the_clouds_own_clock(connected: Connected, identity: IdentityStub) -> None:
    identity.clock_offset = -7200
    identity.token["expires_at"] = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert [note for note in notes(connected()) if "expires" in note] == []


def test_unchecked_tls_is_noted(connected: Connected) -> None:
    (note,) = notes(connected(verify=False))
    assert "TLS certificates are not checked" in note


def test_all_notes_come_together(connected: Connected, identity: IdentityStub) -> None:
    identity.clock_offset = 3600
    identity.token["expires_at"] = datetime.now(UTC).isoformat()
    identity.token["catalog"] = [
        endpoints("image", "https://a.invalid"),
        endpoints("image", "https://a.invalid", region="R2"),
    ]
    text = " ".join(notes(connected(insecure=True)))
    for sign in (
        "clock is",
        "expires in",
        "TLS certificates",
        "no identity service",
        "No region is named",
        "a.invalid",
    ):
        assert sign in text
