# SPDX-License-Identifier: Apache-2.0
"""The lab's own certificate authority, and the certificates of its TLS proxies."""

import base64
import datetime
import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

YEARS = datetime.timedelta(days=3650)
DAY = datetime.timedelta(days=1)
OAKLEY_GROUP_2 = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
    "49286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)
"""A prime of 1024 bits (RFC 2409, 6.2)."""
KEYS: dict[str, Callable[[], Any]] = {
    "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
    "secp521r1": lambda: ec.generate_private_key(ec.SECP521R1()),
    "rsa-2048": lambda: rsa.generate_private_key(65537, 2048),
    "rsa-1024": lambda: rsa.generate_private_key(65537, 1024),  # noqa: S505  # a fault that a break makes
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}
DIGESTS: dict[str, Callable[[], Any]] = {"sha256": hashes.SHA256, "sha512": hashes.SHA512}


def issue(folder: Path, service: str, wanted: dict[str, Any]) -> Path:
    """A PEM file with key and certificate for a proxy, as `wanted` says; makes the authority when it is missing."""
    key = KEYS[wanted["key"]]()
    name = _name(f"{service} of a lab")
    begin = datetime.datetime.now(datetime.UTC) + wanted["begin"] * DAY
    issuer, signer = _authority(folder)
    if wanted["issuer"] == "unknown":
        issuer, signer = _name("an authority that nobody knows"), KEYS["ecdsa"]()
    elif wanted["issuer"] == "self":
        issuer, signer = name, key
    certificate = (
        x509.CertificateBuilder(issuer, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + wanted["days"] * DAY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_general(one) for one in wanted["names"]]), critical=False)
        .sign(signer, _digest(signer, wanted["digest"]))
    )
    path = folder / f"{service}.pem"
    path.write_bytes(_pem(key) + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def _authority(folder: Path) -> tuple[x509.Name, Any]:
    """Name and key of the lab's authority, made once; clients need only authority.pem."""
    path, secret = folder / "authority.pem", folder / "authority.key"
    if path.exists():
        known = x509.load_pem_x509_certificate(path.read_bytes())
        return known.subject, serialization.load_pem_private_key(secret.read_bytes(), None)
    folder.mkdir(parents=True, exist_ok=True)
    key, name, now = KEYS["rsa-2048"](), _name("authority of a lab"), datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret.write_bytes(_pem(key))
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return name, key


def small_prime(folder: Path) -> Path:
    """A file with parameters for key exchange by finite fields that are too small."""
    der = b"\x30\x81\x87\x02\x81\x81\x00" + OAKLEY_GROUP_2.to_bytes(128, "big") + b"\x02\x01\x02"
    text = base64.encodebytes(der).decode()
    path = folder / "small-prime.pem"
    path.write_text(f"-----BEGIN DH PARAMETERS-----\n{text}-----END DH PARAMETERS-----\n", encoding="ascii")
    return path


def _digest(signer: Any, name: str) -> Any:
    """The digest to sign with; Ed25519 brings its own."""
    return None if isinstance(signer, ed25519.Ed25519PrivateKey) else DIGESTS[name]()


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: Any) -> bytes:
    return bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
