# SPDX-License-Identifier: Apache-2.0
"""SCS-0125: endpoints registered as https, and their TLS against Mozilla's profile."""

import datetime
from typing import Any

import pytest

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.facts.now import Now
from sovran.cloud.facts.tls import TlsServers
from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import Absent, Ok, Unreachable
from sovran.cloud.recording import Endpoint, Service
from sovran.cloud.tls.records import Certificate, TlsScan
from sovran.conformance.judge import judge
from sovran.model.finding import Weight
from sovran.model.report import Judgement
from sovran.model.verdict import Verdict
from sovran.rules.tls_profile import is_for
from tests.rules.facts_by_hand import changed, claims

PASS, FAIL, ABORT, NOT_APPLICABLE = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.NOT_APPLICABLE
MISS = Verdict.MISS
PROFILE, PUBLIC, INTERNAL = "0125-01", "0125-02", "0125-03"
NOW = datetime.datetime(2026, 5, 4, tzinfo=datetime.UTC)
HOST, PORT = "api.example", 443
LEAF = Certificate(
    subject=HOST,
    names=(HOST,),
    not_before=NOW - datetime.timedelta(days=30),
    not_after=NOW + datetime.timedelta(days=60),
    key="ecdsa",
    key_bits=256,
    curve="prime256v1",
    signed_with="ecdsa-with-SHA256",
)
RSA = changed(LEAF, key="rsa", key_bits=2048, curve="", signed_with="sha256WithRSAEncryption")
GOOD = TlsScan(
    host=HOST,
    port=PORT,
    offered={"TLSv1.3": ("TLS_AES_128_GCM_SHA256",), "TLSv1.2": ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",)},
    refused=("TLSv1.1", "TLSv1", "SSLv3"),
    groups=("X25519", "prime256v1"),
    certificates=(LEAF,),
)


def servers(*scans: TlsScan, **failed: str) -> TlsServers:
    seen = {(one.host, one.port): one for one in scans}
    return TlsServers(seen, {(host, PORT): Unreachable(reason) for host, reason in failed.items()})


def judged(claim: str, catalog: Catalog | None = None, scans: Any = None) -> Judgement:
    """The judgement on a catalog and scans (servers, or why there are none)."""
    found = catalog or Catalog((Service("x"),), "", "public")
    tls = Ok(scans or servers()) if not isinstance(scans, Absent | Unreachable) else scans
    return judge(claims()[claim], "", Facts({Catalog: Ok(found), TlsServers: tls, Now: Ok(Now(NOW))}))


def verdict(**changes: Any) -> Verdict:
    """Of the profile, on one server with these changes."""
    return judged(PROFILE, scans=servers(changed(GOOD, **changes))).verdict


def with_leaf(**changes: Any) -> Verdict:
    return verdict(certificates=(changed(LEAF, **changes),))


def test_servers_of_the_profile_leave_only_what_is_inside() -> None:
    rsa = changed(RSA, names=("*.example",))
    suites = {"TLSv1.2": ("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",)}
    second = changed(GOOD, host="b.example.org", offered=suites, dh_bits=2048, certificates=(rsa,))
    assert judged(PROFILE, scans=servers(GOOD, second)).verdict is FAIL
    second = changed(second, certificates=(changed(rsa, names=("*.example.org",)),))
    judgement = judged(PROFILE, scans=servers(GOOD, second))
    assert (judgement.verdict, judgement.examined) == (MISS, 2)
    assert judgement.reason.startswith("the public endpoints follow Mozilla's profile intermediate; ")


@pytest.mark.parametrize("protocol", ["SSLv3", "TLSv1", "TLSv1.1"])
def test_old_protocols(protocol: str) -> None:
    judgement = judged(PROFILE, scans=servers(changed(GOOD, offered=GOOD.offered | {protocol: ("TLS_X",)})))
    assert judgement.verdict is FAIL
    assert judgement.reason == f"api.example:443: protocol {protocol} is not of Mozilla's profile intermediate"
    assert len(judgement.findings) == 1


@pytest.mark.parametrize(
    ("protocol", "suite", "expected"),
    [
        ("TLSv1.2", "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", MISS),
        ("TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", FAIL),
        ("TLSv1.2", "TLS_RSA_WITH_AES_128_GCM_SHA256", FAIL),
        ("TLSv1.2", "TLS_AES_128_GCM_SHA256", FAIL),
        ("TLSv1.2", "0x00C0", FAIL),
        ("TLSv1.3", "TLS_AES_256_GCM_SHA384", MISS),
        ("TLSv1.3", "TLS_AES_128_CCM_SHA256", FAIL),
    ],
)
def test_cipher_suites(protocol: str, suite: str, expected: Verdict) -> None:
    assert verdict(offered=GOOD.offered | {protocol: (suite,)}) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"dh_bits": 1024}, FAIL),
        ({"dh_bits": 2048}, MISS),
        ({"groups": ("secp224r1",)}, FAIL),
        ({"groups": ("X25519", "secp521r1", "X25519MLKEM768")}, MISS),
        ({"untrusted": "self-signed certificate"}, FAIL),
        ({"trust_unknown": "not checked"}, ABORT),
        ({"unknown": {"TLSv1": "timed out"}}, ABORT),
        ({"certificates": ()}, ABORT),
        ({"unknown": {"TLSv1": "timed out"}, "dh_bits": 512}, FAIL),
    ],
)
def test_key_exchange_trust_and_what_is_not_known(changes: dict[str, Any], expected: Verdict) -> None:
    assert verdict(**changes) is expected


def test_stronger_groups_than_the_profile_lists_are_noted() -> None:
    (finding,) = judged(PROFILE, scans=servers(changed(GOOD, groups=("X448",)))).findings
    assert (finding.weight, finding.seen) == (Weight.NOTE, "X448")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"key": "rsa", "key_bits": 2048, "signed_with": "sha256WithRSAEncryption"}, MISS),
        ({"key": "rsa", "key_bits": 1024, "signed_with": "sha256WithRSAEncryption"}, FAIL),
        ({"key": "rsa", "key_bits": 4096, "signed_with": "sha1WithRSAEncryption"}, FAIL),
        ({"key": "ed25519", "curve": ""}, FAIL),
        ({"curve": "secp384r1"}, MISS),
        ({"curve": "secp521r1"}, FAIL),
        ({"signed_with": "ecdsa-with-SHA1"}, FAIL),
        ({"signed_with": "sha512WithRSAEncryption"}, FAIL),
        ({"names": ("other.example",)}, FAIL),
        ({"names": ()}, FAIL),
        ({"not_after": NOW - datetime.timedelta(seconds=1)}, FAIL),
        ({"not_before": NOW + datetime.timedelta(seconds=1)}, FAIL),
        ({"not_after": LEAF.not_before + datetime.timedelta(days=366)}, MISS),
        ({"not_after": LEAF.not_before + datetime.timedelta(days=367)}, FAIL),
    ],
)
def test_certificates(changes: dict[str, Any], expected: Verdict) -> None:
    assert with_leaf(**changes) is expected


def test_one_cause_is_told_once() -> None:
    gone = changed(LEAF, not_after=NOW - datetime.timedelta(days=1))
    scan = changed(GOOD, certificates=(gone,), untrusted="certificate has expired")
    (finding,) = judged(PROFILE, scans=servers(scan)).findings
    assert finding.field == "certificate expiry"


@pytest.mark.parametrize(
    ("host", "names", "expected"),
    [
        ("api.example", ("api.example",), True),
        ("api.example", ("API.Example.",), True),
        ("api.cloud.example", ("*.cloud.example",), True),
        ("a.api.cloud.example", ("*.cloud.example",), False),
        ("cloud.example", ("*.cloud.example",), False),
        ("cloud.example", ("*.example",), False),
        ("localhost", ("*",), False),
        ("192.0.2.1", ("192.0.2.1",), True),
        ("192.0.2.1", ("*.0.2.1",), False),
        ("2001:db8::1", ("2001:db8::1",), True),
        ("xn--mnchen-3ya.example", ("münchen.example",), True),
        ("api.example", (), False),
    ],
)
def test_for_whom_a_certificate_is(host: str, names: tuple[str, ...], expected: bool) -> None:
    assert is_for(host, names) is expected


def test_servers_that_could_not_be_looked_at() -> None:
    judgement = judged(PROFILE, scans=servers(GOOD, other="other:443: timed out"))
    assert judgement.verdict is ABORT
    assert judgement.reason == "other:443: timed out"
    weak = changed(GOOD, dh_bits=512)
    assert judged(PROFILE, scans=servers(weak, other="timed out")).verdict is FAIL
    assert judged(PROFILE, scans=servers()).reason.startswith("no public endpoint is https; ")
    assert judged(PROFILE, scans=servers()).verdict is MISS
    assert judged(PROFILE, scans=Unreachable("interrupted")).verdict is ABORT


def catalog(*urls: str, interface: str = "public") -> Catalog:
    return Catalog(
        tuple(Service(f"service{n}", endpoints=(Endpoint(interface, "R1", url, "e"),)) for n, url in enumerate(urls)),
        "",
        "public",
    )


API = f"https://{HOST}/compute"


@pytest.mark.parametrize(
    ("urls", "scans", "expected"),
    [
        ((API, f"https://{HOST}:443/image"), servers(GOOD), PASS),
        ((API, "http://api.example/image"), servers(GOOD), FAIL),
        ((API, "api.example"), servers(GOOD), FAIL),
        ((API,), servers(changed(GOOD, speaks_tls=False)), FAIL),
        ((API,), TlsServers({}, {(HOST, PORT): Unreachable("timed out")}), ABORT),
        ((API,), Unreachable("interrupted"), ABORT),
        (("http://api.example",), Unreachable("interrupted"), FAIL),
        ((), servers(), NOT_APPLICABLE),
    ],
)
def test_public_endpoints(urls: tuple[str, ...], scans: Any, expected: Verdict) -> None:
    assert judged(PUBLIC, catalog(*urls), scans).verdict is expected


def test_every_region_counts() -> None:
    two = Service("image", endpoints=(Endpoint("public", "R1", API), Endpoint("public", "R2", "http://r2.example")))
    judgement = judged(PUBLIC, Catalog((two,), "R1", "public"), servers(GOOD))
    assert judgement.reason == "the public endpoint of image in region R2 is registered as http://r2.example"


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        ((API,), PASS),
        (("https://inside.example",), MISS),
        (("http://inside.example",), FAIL),
        (("https://inside.example", "http://inside.example"), FAIL),
        ((), NOT_APPLICABLE),
    ],
)
def test_internal_endpoints(urls: tuple[str, ...], expected: Verdict) -> None:
    assert judged(INTERNAL, catalog(*urls, interface="internal"), servers(GOOD)).verdict is expected
