# SPDX-License-Identifier: Apache-2.0
"""Certificates as read here, against what a full library reads, and against damage."""

import contextlib
import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from sovran.cloud.tls.certificate import read_certificate
from tests.cloud.tls.tls_servers import certificate, rsa_key


def der(path: Path) -> bytes:
    return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("key", "signed_with", "expected"),
    [
        (lambda: rsa_key(1024), hashes.SHA256(), ("rsa", 1024, "", "sha256WithRSAEncryption")),
        (lambda: rsa_key(2048), hashes.SHA512(), ("rsa", 2048, "", "sha512WithRSAEncryption")),
        (lambda: ec.generate_private_key(ec.SECP256R1()), None, ("ecdsa", 256, "prime256v1", "ecdsa-with-SHA256")),
        (
            lambda: ec.generate_private_key(ec.SECP384R1()),
            hashes.SHA384(),
            ("ecdsa", 384, "secp384r1", "ecdsa-with-SHA384"),
        ),
        (lambda: ec.generate_private_key(ec.SECP521R1()), None, ("ecdsa", 521, "secp521r1", "ecdsa-with-SHA256")),
        (ed25519.Ed25519PrivateKey.generate, None, ("ed25519", 0, "", "ed25519")),
    ],
)
def test_key_and_signature(tmp_path: Path, key: Any, signed_with: Any, expected: tuple[str, int, str, str]) -> None:
    found = read_certificate(der(certificate(tmp_path, key=key(), signed_with=signed_with)))
    assert (found.key, found.key_bits, found.curve, found.signed_with) == expected


def test_a_signature_with_sha1(tmp_path: Path) -> None:
    raw = der(certificate(tmp_path, key=rsa_key(2048)))
    oid = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01"
    assert read_certificate(raw.replace(oid + b"\x0b", oid + b"\x05")).signed_with == "sha1WithRSAEncryption"


@pytest.mark.parametrize("begin", [-1.0, -27500.0, 20000.0])
def test_names_and_validity_are_as_another_library_reads_them(tmp_path: Path, begin: float) -> None:
    names = ("api.example.org", "*.example.org", "192.0.2.1", "2001:db8::1")
    raw = der(certificate(tmp_path, names=names, begin=begin, days=400))
    found, other = read_certificate(raw), x509.load_der_x509_certificate(raw)
    assert found.names == names
    assert found.subject == names[0]
    assert (found.not_before, found.not_after) == (other.not_valid_before_utc, other.not_valid_after_utc)
    assert found.not_after - found.not_before == datetime.timedelta(days=400)


def test_a_certificate_without_names(tmp_path: Path) -> None:
    assert read_certificate(der(certificate(tmp_path, names=()))).names == ()


def test_hostile_names_are_made_printable(tmp_path: Path) -> None:
    raw = der(certificate(tmp_path, names=("api.example",)))
    found = read_certificate(raw.replace(b"api.example", b"api\x1b[31m\x00\x07x"))
    assert found.names[0].isprintable()
    assert found.subject.isprintable()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return der(certificate(tmp_path_factory.mktemp("certificate"), names=("a.example", "192.0.2.1")))


@given(st.data())
def test_damage_is_told_or_harmless(sound: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(sound) - 1))
    damaged = sound[:at] + data.draw(st.binary(max_size=4)) + sound[at + data.draw(st.integers(0, 4)) :]
    with contextlib.suppress(ValueError):
        assert read_certificate(damaged).key


@given(st.binary(max_size=200))
def test_anything_else_is_no_certificate(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_certificate(data)
