# SPDX-License-Identifier: Apache-2.0
"""Real TLS servers on 127.0.0.1, with certificates made for the test."""

import base64
import datetime
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from sovran.lab.ports import is_free

NOW = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
OAKLEY_GROUP_2 = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
    "49286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)
"""A prime of 1024 bits (RFC 2409, 6.2)."""
_ports = iter(range(21000, 32000, 7))


def certificate(
    folder: Path,
    *,
    names: tuple[str, ...] = ("127.0.0.1",),
    key: Any = None,
    signed_with: Any = None,
    begin: float = -1,
    days: float = 90,
    issuer: Path | None = None,
) -> Path:
    """A PEM file with key and certificate; `begin` in days from now; self-signed without `issuer`."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0] if names else "nobody")])
    signer, issued_by = key, subject
    if issuer:
        signer = serialization.load_pem_private_key(issuer.read_bytes(), None)
        issued_by = x509.load_pem_x509_certificate(issuer.read_bytes()).subject
    start = NOW + datetime.timedelta(days=begin)
    builder = (
        x509.CertificateBuilder(issued_by, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
    algorithm = None if isinstance(signer, ed25519.Ed25519PrivateKey) else signed_with or hashes.SHA256()
    made = builder.sign(signer, algorithm)
    path = folder / f"{made.serial_number:x}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def rsa_key(bits: int) -> Any:
    """A key of so many bits."""
    return rsa.generate_private_key(65537, bits)


def context(
    *pems: Path,
    ciphers: str = "ECDHE+AESGCM:ECDHE+CHACHA20",
    oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
    small_prime: Path | None = None,
) -> ssl.SSLContext:
    """A server's settings; without arguments those of the profile intermediate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version, made.maximum_version = oldest, newest
    made.set_ciphers(ciphers)
    for pem in pems:
        made.load_cert_chain(pem)
    if small_prime:
        der = b"\x30\x81\x87\x02\x81\x81\x00" + OAKLEY_GROUP_2.to_bytes(128, "big") + b"\x02\x01\x02"
        text = base64.encodebytes(der).decode()
        small_prime.write_text(f"-----BEGIN DH PARAMETERS-----\n{text}-----END DH PARAMETERS-----\n")
        made.load_dh_params(str(small_prime))
    return made


@contextmanager
def listening(handle: Callable[[Any], None]) -> Iterator[int]:
    """A server whose connections each get this; yields its port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            handle(self.request)

    port = next(port for port in _ports if is_free(port))
    with socketserver.ThreadingTCPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serving(settings: ssl.SSLContext) -> Iterator[int]:
    """A TLS server with these settings; yields its port."""

    def handshake(connection: Any) -> None:
        try:
            with settings.wrap_socket(connection, server_side=True) as secured:
                secured.recv(1)
        except OSError:
            # a scan ends its handshakes half way
            connection.close()

    with listening(handshake) as port:
        yield port
