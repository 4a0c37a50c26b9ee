# SPDX-License-Identifier: Apache-2.0
"""ClientHello messages, and what the server's first messages say (RFC 6101, 5246, 8446)."""

import ipaddress
import secrets
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sovran.cloud.tls.suites import suite_name

VERSIONS = {"SSLv3": 0x0300, "TLSv1": 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303, "TLSv1.3": 0x0304}
HANDSHAKE, ALERT = 22, 21
SERVER_HELLO, CERTIFICATE, KEY_EXCHANGE, HELLO_DONE = 2, 11, 12, 14
SIGNATURES = (
    *(0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B),
    *(0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0301, 0x0303, 0x0402, 0x0302, 0x0202, 0x0101),
)
"""All algorithms in use, weak ones too, so that a server can answer with whatever it has."""


def _vector(data: bytes, size: int) -> bytes:
    """`data` after its length in `size` bytes."""
    return len(data).to_bytes(size, "big") + data


def _numbers(values: Iterable[int]) -> bytes:
    return b"".join(struct.pack("!H", value) for value in values)


def client_hello(protocol: str, host: str, suites: Sequence[int], groups: Sequence[int]) -> bytes:
    """One record that offers exactly this protocol as the newest, these suites and groups.

    In TLS 1.3 no key is given beforehand, so that the server must say with which group it wants one.
    """
    version = VERSIONS[protocol]
    body = struct.pack("!H", min(version, VERSIONS["TLSv1.2"])) + secrets.token_bytes(32)
    body += _vector(secrets.token_bytes(32) if protocol == "TLSv1.3" else b"", 1)
    body += _vector(_numbers(suites), 2) + _vector(b"\0", 1)
    if protocol != "SSLv3":
        body += _vector(_extensions(protocol, host, groups), 2)
    message = b"\x01" + _vector(body, 3)
    return bytes([HANDSHAKE]) + struct.pack("!H", min(version, VERSIONS["TLSv1"])) + _vector(message, 2)


def _extensions(protocol: str, host: str, groups: Sequence[int]) -> bytes:
    found = [(10, _vector(_numbers(groups), 2)), (11, b"\x01\x00"), (0xFF01, b"\x00")]
    if not is_address(host):
        found.insert(0, (0, _vector(b"\0" + _vector(host.encode("idna"), 2), 2)))
    if protocol in ("TLSv1.2", "TLSv1.3"):
        found.append((13, _vector(_numbers(SIGNATURES), 2)))
    if protocol == "TLSv1.3":
        found += [(43, _vector(_numbers([VERSIONS[protocol]]), 1)), (51, _vector(b"", 2))]
    return b"".join(struct.pack("!H", number) + _vector(data, 2) for number, data in found)


def is_address(host: str) -> bool:
    """True for an IPv4 or IPv6 address; names are everything else."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class NotTls(Exception):
    """What came back is no TLS record."""


class Malformed(Exception):
    """A TLS message has another form than the protocol's."""


@dataclass
class ServerAnswer:
    """What the server's first messages say so far."""

    protocol: str = ""
    """That it chose; empty: it said nothing yet."""
    suite: int = 0
    group: int = 0
    dh_bits: int = 0
    certificates: list[bytes] = field(default_factory=list)
    """DER, the server's own first."""
    alert: int | None = None
    """Number of the fatal alert with which it refused."""
    done: bool = False
    """Nothing that can be read comes any more."""

    _records: bytes = b""
    _messages: bytes = b""

    def feed(self, data: bytes) -> None:
        """Read more bytes from the server.

        Raises NotTls, or Malformed.
        """
        self._records += data
        while len(self._records) >= 5 and not self.done:
            kind, major, length = self._records[0], self._records[1], int.from_bytes(self._records[3:5], "big")
            if kind not in (20, ALERT, HANDSHAKE, 23) or major != 3:
                raise NotTls
            if len(self._records) < 5 + length:
                return
            fragment, self._records = self._records[5 : 5 + length], self._records[5 + length :]
            if kind == ALERT:
                self._alert(fragment)
            elif kind == HANDSHAKE:
                self._messages += fragment
                self._handshake()
            else:
                self.done = True

    def _alert(self, fragment: bytes) -> None:
        if len(fragment) < 2:
            raise Malformed
        if fragment[0] == 2 or not self.protocol:
            self.alert, self.done = fragment[1], True

    def _handshake(self) -> None:
        while len(self._messages) >= 4 and not self.done:
            length = int.from_bytes(self._messages[1:4], "big")
            if len(self._messages) < 4 + length:
                return
            kind, body = self._messages[0], self._messages[4 : 4 + length]
            self._messages = self._messages[4 + length :]
            try:
                self._message(kind, body)
            except (IndexError, struct.error) as error:
                raise Malformed from error

    def _message(self, kind: int, body: bytes) -> None:
        if kind == SERVER_HELLO:
            self._server_hello(body)
        elif kind == CERTIFICATE:
            at = 3
            while at < len(body):
                length = int.from_bytes(body[at : at + 3], "big")
                self.certificates.append(body[at + 3 : at + 3 + length])
                at += 3 + length
        elif kind == KEY_EXCHANGE:
            self._key_exchange(body)
        elif kind == HELLO_DONE:
            self.done = True

    def _server_hello(self, body: bytes) -> None:
        version = struct.unpack_from("!H", body)[0]
        at = 34 + 1 + body[34]
        self.suite = struct.unpack_from("!H", body, at)[0]
        at += 2 + 1 + 2
        while at + 4 <= len(body):
            number, length = struct.unpack_from("!HH", body, at)
            data = body[at + 4 : at + 4 + length]
            if number == 43:
                version = struct.unpack("!H", data)[0]
            elif number == 51:
                self.group = struct.unpack_from("!H", data)[0]
            at += 4 + length
        self.protocol = next((name for name, value in VERSIONS.items() if value == version), "")
        if not self.protocol:
            raise Malformed
        # what follows in TLS 1.3 is encrypted
        self.done = self.protocol == "TLSv1.3"

    def _key_exchange(self, body: bytes) -> None:
        name = suite_name(self.suite)
        if "_ECDH" in name and body[0] == 3:
            self.group = struct.unpack_from("!H", body, 1)[0]
        elif "_DHE_" in name or "_DH_anon" in name:
            length = struct.unpack_from("!H", body)[0]
            self.dh_bits = int.from_bytes(body[2 : 2 + length], "big").bit_length()
