# SPDX-License-Identifier: Apache-2.0
"""The scan of a TLS server, against real servers with all sorts of settings."""

import socket
import ssl
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from sovran.cloud.outcome import Ok, Unreachable
from sovran.cloud.tls.records import TlsScan
from sovran.cloud.tls.scan import scan
from tests.cloud.tls.tls_servers import certificate, context, listening, rsa_key, serving

HOST = "127.0.0.1"
ANYTHING = "ALL:@SECLEVEL=0"
OLDEST = ssl.TLSVersion.MINIMUM_SUPPORTED


def scanned(settings: ssl.SSLContext, trust: bool | str = False) -> TlsScan:
    with serving(settings) as port:
        outcome = scan(HOST, port, 30, trust)
    assert isinstance(outcome, Ok), outcome
    return outcome.value


def test_a_server_of_the_profile_intermediate(tmp_path: Path) -> None:
    pem = certificate(tmp_path)
    seen = scanned(context(pem), str(pem))
    assert seen.refused == ("TLSv1.1", "TLSv1", "SSLv3")
    assert set(seen.offered["TLSv1.3"]) == {
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
    }
    assert set(seen.offered["TLSv1.2"]) == {
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    }
    assert {"X25519", "prime256v1", "secp384r1", "secp521r1"} <= set(seen.groups)
    (leaf,) = seen.certificates
    assert (leaf.names, leaf.key, leaf.curve, leaf.signed_with) == ((HOST,), "ecdsa", "prime256v1", "ecdsa-with-SHA256")
    assert (seen.untrusted, seen.trust_unknown, seen.unknown, seen.dh_bits) == ("", "", {}, 0)


def test_old_protocols_and_weak_suites_are_found(tmp_path: Path) -> None:
    settings = context(certificate(tmp_path, key=rsa_key(2048)), ciphers=ANYTHING, oldest=OLDEST)
    seen = scanned(settings)
    assert set(seen.offered) == {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}
    assert {"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDH_anon_WITH_AES_256_CBC_SHA"} <= set(seen.offered["TLSv1.2"])
    assert seen.refused == ("SSLv3",)


def test_suites_are_those_that_openssl_counts_itself(tmp_path: Path) -> None:
    settings = context(certificate(tmp_path, key=rsa_key(2048)), ciphers="AES128-SHA:ECDHE-RSA-AES256-SHA384")
    assert set(scanned(settings).offered["TLSv1.2"]) == {
        "TLS_RSA_WITH_AES_128_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    }


def test_a_small_prime_for_key_exchange(tmp_path: Path) -> None:
    pem = certificate(tmp_path, key=rsa_key(2048))
    settings = context(pem, ciphers="DHE+AESGCM:@SECLEVEL=0", small_prime=tmp_path / "dh.pem")
    assert scanned(settings).dh_bits == 1024


def test_both_certificates_of_a_server_with_two(tmp_path: Path) -> None:
    settings = context(certificate(tmp_path, key=rsa_key(2048)), certificate(tmp_path))
    assert {leaf.key for leaf in scanned(settings).certificates} == {"rsa", "ecdsa"}


def test_a_server_with_tls_1_3_alone(tmp_path: Path) -> None:
    pem = certificate(tmp_path, key=ec.generate_private_key(ec.SECP384R1()))
    seen = scanned(context(pem, oldest=ssl.TLSVersion.TLSv1_3))
    assert list(seen.offered) == ["TLSv1.3"]
    assert seen.certificates[0].curve == "secp384r1"
    assert {"X25519", "prime256v1"} <= set(seen.groups)


def test_a_server_without_tls_1_3(tmp_path: Path) -> None:
    seen = scanned(context(certificate(tmp_path), newest=ssl.TLSVersion.TLSv1_2))
    assert list(seen.offered) == ["TLSv1.2"]
    assert "TLSv1.3" in seen.refused


def test_what_no_library_here_speaks_is_seen_as_well() -> None:
    hello = b"\x02\x00\x00\x26\x03\x00" + bytes(32) + b"\x00\x00\x05\x00"

    def answer(connection: Any) -> None:
        connection.recv(4096)
        connection.sendall(b"\x16\x03\x00" + struct.pack("!H", len(hello)) + hello)

    with listening(answer) as port:
        outcome = scan(HOST, port, 10, False)
    assert isinstance(outcome, Ok)
    assert outcome.value.offered == {"SSLv3": ("TLS_RSA_WITH_RC4_128_SHA",)}
    assert outcome.value.refused == ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1")
    assert outcome.value.trust_unknown


# ---- trust


def test_an_authority_of_ones_own_is_trusted_by_file_and_by_nobody_else(tmp_path: Path) -> None:
    authority = certificate(tmp_path, names=("authority.example",))
    settings = context(certificate(tmp_path, issuer=authority))
    assert scanned(settings, str(authority)).untrusted == ""
    assert scanned(settings, True).untrusted == "unable to get local issuer certificate"
    unchecked = scanned(settings, False)
    assert unchecked.untrusted == ""
    assert "not checked" in unchecked.trust_unknown
    assert scanned(settings, str(tmp_path / "missing.pem")).trust_unknown


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"begin": -100}, "expired"),
        ({"begin": 5}, "not yet valid"),
        ({"names": ("other.example",)}, "mismatch"),
    ],
)
def test_certificates_that_clients_refuse(tmp_path: Path, changes: dict[str, Any], word: str) -> None:
    pem = certificate(tmp_path, **changes)
    assert word in scanned(context(pem), str(pem)).untrusted


def test_weak_keys_are_no_matter_of_trust(tmp_path: Path) -> None:
    pem = certificate(tmp_path, key=rsa_key(1024))
    seen = scanned(context(pem, ciphers="ALL:@SECLEVEL=0"), str(pem))
    assert seen.untrusted == ""
    assert seen.certificates[0].key_bits == 1024


# ---- servers that are none


def test_nobody_listens() -> None:
    with listening(lambda connection: connection.close()) as port:
        pass
    outcome = scan(HOST, port, 5, False)
    assert isinstance(outcome, Unreachable)
    assert outcome.refused


def test_a_name_that_does_not_resolve() -> None:
    outcome = scan("no-such-host.invalid", 443, 5, False)
    assert isinstance(outcome, Unreachable)
    assert (outcome.no_connection, outcome.refused) == (True, False)


def test_plain_http_is_no_tls() -> None:
    def answer(connection: Any) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with listening(answer) as port:
        outcome = scan(HOST, port, 5, False)
    assert outcome == Ok(TlsScan(host=HOST, port=port, speaks_tls=False))


def reset(connection: Any) -> None:
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hang_up(connection: Any) -> None:
    connection.recv(4096)


def odd_alert(connection: Any) -> None:
    connection.recv(4096)
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x70")


def no_common_suite(connection: Any) -> None:
    connection.recv(4096)
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")


def nonsense(connection: Any) -> None:
    connection.recv(4096)
    connection.sendall(b"\x16\x03\x03\x00\x06\x02\x00\x00\x02\x03\x03")


def endless(connection: Any) -> None:
    connection.recv(4096)
    try:
        while True:
            connection.sendall(b"\x16\x03\x03\x40\x00" + b"\x0b\xff\xff\xff" + bytes(0x4000 - 4))
    except OSError:
        connection.close()


@pytest.mark.parametrize("behaviour", [reset, hang_up, odd_alert, no_common_suite, nonsense, endless])
def test_servers_that_answer_no_handshake_decide_nothing(behaviour: Any) -> None:
    with listening(behaviour) as port:
        outcome = scan(HOST, port, 10, False)
    assert isinstance(outcome, Unreachable)
    assert outcome.reason.startswith(f"{HOST}:{port} answers no TLS handshake")


@pytest.fixture
def silent() -> Iterator[int]:
    """A server that takes connections and says nothing."""
    with listening(lambda connection: time.sleep(3)) as port:
        yield port


def test_a_silent_server_holds_nobody_beyond_the_time_limit(silent: int) -> None:
    start = time.monotonic()
    outcome = scan(HOST, silent, 0.5, False)
    assert isinstance(outcome, Unreachable)
    assert time.monotonic() - start < 2


def test_what_was_not_looked_at_in_time_is_unknown(tmp_path: Path) -> None:
    settings = context(certificate(tmp_path))
    count = 0

    def slow(connection: Any) -> None:
        nonlocal count
        count += 1
        if count > 5:
            time.sleep(1)
        try:
            settings.wrap_socket(connection, server_side=True).close()
        except OSError:
            connection.close()

    with listening(slow) as port:
        outcome = scan(HOST, port, 0.6, False)
    assert isinstance(outcome, Ok)
    assert "TLSv1.3" in outcome.value.offered
    assert "TLSv1.2" in outcome.value.unknown


def picky(settings: ssl.SSLContext, patience: int) -> Any:
    """A server that hangs up on old protocols, and on everybody after so many connections."""
    count = 0

    def handle(connection: Any) -> None:
        nonlocal count
        count += 1
        hello = connection.recv(4096, socket.MSG_PEEK)
        # the version in the ClientHello
        if count > patience or hello[9:11] < b"\x03\x03":
            connection.recv(4096)
            return
        try:
            settings.wrap_socket(connection, server_side=True).close()
        except OSError:
            connection.close()

    return handle


@pytest.mark.parametrize(("patience", "refused"), [(1000, ("TLSv1.1", "TLSv1", "SSLv3")), (12, ())])
def test_hanging_up_is_a_refusal_only_of_a_server_that_goes_on_answering(
    tmp_path: Path, patience: int, refused: tuple[str, ...]
) -> None:
    with listening(picky(context(certificate(tmp_path)), patience)) as port:
        outcome = scan(HOST, port, 30, False)
    assert isinstance(outcome, Ok)
    assert outcome.value.refused == refused
    assert ("TLSv1" in outcome.value.unknown) is (not refused)
