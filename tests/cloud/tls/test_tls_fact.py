# SPDX-License-Identifier: Apache-2.0
"""Fact: which servers of the catalog are scanned, and that a real one is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sovran.cloud.facts.tls import TlsServers, read_tls_servers, server_of
from sovran.cloud.live import LiveReader
from sovran.cloud.outcome import Absent, Ok, Outcome, Unreachable
from sovran.cloud.recorder import Record, Request
from sovran.cloud.recording import Endpoint, Service
from sovran.cloud.session import Connection
from sovran.cloud.snapshots.redaction import entry
from sovran.cloud.snapshots.scrub import Scrubber
from sovran.cloud.snapshots.snapshot import read as stored
from sovran.cloud.snapshots.snapshot_reader import SnapshotReader
from sovran.cloud.tls.records import TlsScan
from tests.cloud.identity_stub import IdentityStub, endpoints
from tests.cloud.scripted_reader import NOW, ScriptedReader
from tests.cloud.snapshots import saved
from tests.cloud.tls.tls_servers import certificate, context, listening, serving


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("https://api.example", ("api.example", 443)),
        ("https://API.example:8774/v2.1", ("api.example", 8774)),
        ("HTTPS://api.example/", ("api.example", 443)),
        ("https://[2001:db8::1]:5000/v3", ("2001:db8::1", 5000)),
        ("https://[2001:db8::1]", ("2001:db8::1", 443)),
        ("https://user:secret@api.example/", ("api.example", 443)),
        ("http://api.example", None),
        ("api.example:443", None),
        ("https://", None),
        ("https://[2001:db8::1", None),
        ("https://api.example:99999", None),
        ("", None),
    ],
)
def test_host_and_port_of_an_url(url: str, server: tuple[str, int] | None) -> None:
    assert server_of(url) == server


def read(*services: Service, trust: bool | str = False) -> tuple[TlsServers, list[str]]:
    reader = ScriptedReader({}, services)
    reader.trust = trust
    outcome = read_tls_servers(reader)
    assert isinstance(outcome, Ok)
    return outcome.value, reader.asked


def test_public_https_servers_of_all_regions_are_scanned_once_each(tmp_path: Path) -> None:
    pem = certificate(tmp_path)
    with serving(context(pem)) as port, listening(lambda connection: connection.close()) as closed:
        base = f"https://127.0.0.1:{port}"
        found, asked = read(
            Service("compute", endpoints=(Endpoint("public", "R1", f"{base}/compute"), Endpoint("public", "R2", base))),
            Service("image", endpoints=(Endpoint("publicURL", "R1", f"{base}/image"),)),
            Service("network", endpoints=(Endpoint("public", "R1", f"https://127.0.0.1:{closed}"),)),
            Service("volume", endpoints=(Endpoint("internal", "R1", "https://127.0.0.1:1"),)),
            Service("dns", endpoints=(Endpoint("public", "R1", "http://127.0.0.1:1"),)),
            trust=str(pem),
        )
    assert sorted(asked) == sorted([f"127.0.0.1:{port}", f"127.0.0.1:{closed}"])
    scan = found.seen["127.0.0.1", port]
    assert set(scan.offered) == {"TLSv1.2", "TLSv1.3"}
    assert (scan.untrusted, scan.trust_unknown) == ("", "")
    assert isinstance(found.failed["127.0.0.1", closed], Unreachable)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_behind_a_proxy_no_handshake_is_tried_and_the_reason_is_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    pem = certificate(tmp_path)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "http://user:s3cret@127.0.0.1:1")
    with serving(context(pem)) as port:
        services = Service("compute", endpoints=(Endpoint("public", "R1", f"https://127.0.0.1:{port}"),))
        found, _ = read(services, trust=str(pem))
        failure = found.failed["127.0.0.1", port]
        assert isinstance(failure, Unreachable)
        assert "through the configured proxy" in failure.reason
        assert "s3cret" not in failure.reason
        assert found.seen == {}
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert ("127.0.0.1", port) in read(services, trust=str(pem))[0].seen


def test_without_https_nothing_is_scanned() -> None:
    found, asked = read(Service("compute", endpoints=(Endpoint("public", "R1", "http://127.0.0.1:1"),)))
    assert (found.seen, found.failed, asked) == ({}, {}, [])


def test_without_a_catalog_nothing_is_scanned() -> None:
    assert isinstance(read_tls_servers(ScriptedReader()), Absent)


def test_a_scan_comes_back_whole_from_a_snapshot(tmp_path: Path) -> None:
    pem = certificate(tmp_path, names=("127.0.0.1", "api.example"))
    with serving(context(pem)) as port:
        seen, _ = read(Service("x", endpoints=(Endpoint("public", "R1", f"https://127.0.0.1:{port}"),)), trust=str(pem))
    scan = seen.seen["127.0.0.1", port]
    recorded = entry(Record(Request(path=f"127.0.0.1:{port}", observed="TlsScan"), NOW, Ok(scan)), Scrubber())

    def look(seconds: float) -> Outcome[TlsScan]:
        raise AssertionError(seconds)

    reader = SnapshotReader(stored(saved(tmp_path / "s.snapshot", entries=(recorded,))).snapshot)
    assert reader.observe(TlsScan, f"127.0.0.1:{port}", look) == Ok(scan)


def test_a_live_run_trusts_what_the_entry_of_the_cloud_names(
    connected: Callable[..., Connection], identity: IdentityStub, tmp_path: Path
) -> None:
    authority = certificate(tmp_path, names=("authority.example",))
    with serving(context(certificate(tmp_path, issuer=authority))) as port:
        identity.token["catalog"] = [
            endpoints("identity", identity.url),
            endpoints("compute", f"https://127.0.0.1:{port}/v2.1"),
        ]
        for options, untrusted, unknown in (
            ({"cacert": str(authority)}, "", ""),
            ({}, "unable to get local issuer certificate", ""),
            ({"verify": False}, "", "certificates are not checked with this cloud (insecure, or verify: false)"),
        ):
            outcome = read_tls_servers(LiveReader(connected(**options), seconds=30))
            assert isinstance(outcome, Ok)
            scan = outcome.value.seen["127.0.0.1", port]
            assert (scan.untrusted, scan.trust_unknown) == (untrusted, unknown)
