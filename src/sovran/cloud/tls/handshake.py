# SPDX-License-Identifier: Apache-2.0
"""One ClientHello on one connection, and what a server accepts of what it offers."""

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from sovran.cloud.tls.hello import Malformed, NotTls, ServerAnswer, client_hello
from sovran.cloud.tls.suites import GROUPS

LONGEST_WAIT = 10.0
"""Seconds for one connection; a server that needs longer for two messages is not judged."""
MOST_BYTES = 256 * 1024
REFUSALS = (40, 70, 71, 86)
"""Alerts that say no to what was offered: handshake failure, protocol version, insufficient security, fallback."""
MOST_SUITES = 128
"""After so many the server accepts anything that it is offered."""


class TooLate(Exception):
    """The time limit was over before the connection was made."""


class Unclear(Exception):
    """The server neither accepted nor refused. The text says what it did."""


@dataclass
class Server:
    """A host and port to be asked until a moment of `time.monotonic`."""

    host: str
    port: int
    deadline: float
    hung_up_on: set[str] = field(default_factory=set)
    """Protocols at which it once closed the connection without a word."""

    def left(self) -> float:
        """Seconds for the next connection.

        Raises TooLate.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TooLate("the time limit was over")
        return min(left, LONGEST_WAIT)

    def ask(self, protocol: str, suites: Sequence[int], groups: Sequence[int]) -> ServerAnswer:
        """What the server says to one ClientHello; without protocol and alert it closed the connection.

        Raises OSError (no connection, reset, time limit), NotTls, Malformed, TooLate.
        """
        until = time.monotonic() + self.left()
        answer, size = ServerAnswer(), 0
        with socket.create_connection((self.host, self.port), timeout=self.left()) as connection:
            connection.sendall(client_hello(protocol, self.host, suites, groups))
            while not answer.done:
                wait = until - time.monotonic()
                if wait <= 0:
                    raise TimeoutError("timed out")
                connection.settimeout(wait)
                try:
                    data = connection.recv(16 * 1024)
                except ConnectionError:
                    data = b""
                size += len(data)
                if not data:
                    break
                if size > MOST_BYTES:
                    raise Malformed
                answer.feed(data)
        return answer


@dataclass
class Accepted:
    """What a server accepts of one protocol."""

    suites: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    dh_bits: list[int] = field(default_factory=list)
    certificates: list[bytes] = field(default_factory=list)
    """DER of its own certificates, each once."""

    def add(self, answer: ServerAnswer) -> None:
        """Keep what one answer says."""
        if answer.dh_bits:
            self.dh_bits.append(answer.dh_bits)
        for leaf in answer.certificates[:1]:
            if leaf not in self.certificates:
                self.certificates.append(leaf)


def find_suites(
    server: Server, protocol: str, suites: Sequence[int], accepted: Accepted, *, only_first: bool = False
) -> None:
    """Add the suites that the server accepts, asked again and again without those that it chose; none: it refuses.

    Raises Unclear, and what Server.ask raises; `accepted` then holds what was found before.
    """
    left = list(suites)
    while left and len(accepted.suites) < MOST_SUITES:
        answer = _answer(server, protocol, left, tuple(GROUPS))
        if answer is None:
            break
        if answer.suite not in left:
            raise Unclear("it chose a cipher suite that was not offered")
        left.remove(answer.suite)
        if answer.alert is None:
            accepted.suites.append(answer.suite)
            accepted.add(answer)
            if only_first:
                break


def find_groups(server: Server, protocol: str, suites: Sequence[int], accepted: Accepted) -> None:
    """Add the groups that the server accepts with these suites.

    Raises Unclear, and what Server.ask raises; `accepted` then holds what was found before.
    """
    left = list(GROUPS)
    while left:
        answer = _answer(server, protocol, suites, left)
        if answer is None or answer.group not in left:
            break
        left.remove(answer.group)
        if answer.alert is None:
            accepted.groups.append(answer.group)


def still_answers(server: Server, protocol: str, suites: Sequence[int]) -> bool:
    """Whether the server still accepts what it accepted before; it may have had enough of us."""
    try:
        return server.ask(protocol, suites, tuple(GROUPS)).protocol == protocol
    except (NotTls, Malformed, TooLate, OSError):
        return False


def _answer(server: Server, protocol: str, suites: Sequence[int], groups: Sequence[int]) -> ServerAnswer | None:
    """The answer in which the server chose this protocol; None when it refused."""
    for _ in range(2):
        answer = server.ask(protocol, suites, groups)
        if answer.protocol:
            return answer if answer.protocol == protocol else None
        if answer.alert is not None:
            if answer.alert in REFUSALS:
                return None
            raise Unclear(f"it answered with the TLS alert {answer.alert}")
    # some servers just hang up on what they refuse; that they still answer anything else is for the scan to see
    server.hung_up_on.add(protocol)
    return None
