# SPDX-License-Identifier: Apache-2.0
"""Looks at all that a server's TLS offers: about 40 handshakes that end before they are complete."""

import socket
import time
from dataclasses import dataclass, field

from sovran.cloud.outcome import Ok, Outcome, Unreachable
from sovran.cloud.tls.certificate import read_certificate
from sovran.cloud.tls.handshake import Accepted, Server, TooLate, Unclear, find_groups, find_suites, still_answers
from sovran.cloud.tls.hello import Malformed, NotTls
from sovran.cloud.tls.records import PROTOCOLS, Certificate, TlsScan
from sovran.cloud.tls.suites import TLS13, UP_TO_TLS12, group_name, suite_name
from sovran.cloud.tls.trust import Trust, check_chain, leaf_certificate

ORDER = ("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.3", "TLSv1.2")
"""Those that take one handshake come first, since a server may stop answering after many."""
ENUMERATED = ("TLSv1.2", "TLSv1.3")
"""Protocols of which all suites and groups are tried; of the older ones it matters only whether they are offered."""


@dataclass
class _Seen:
    accepted: dict[str, Accepted] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)


def scan(host: str, port: int, seconds: float, trust: Trust) -> Outcome[TlsScan]:
    """What the server offers, within `seconds`; `trust` as for requests (`verify`).

    Unreachable when it takes no connection, or answers no handshake at all.
    """
    server = Server(host, port, time.monotonic() + seconds)
    failure = _connects(server)
    if failure:
        return failure
    seen = _Seen()
    try:
        for protocol in ORDER:
            _try(server, protocol, seen)
    except NotTls:
        return Ok(TlsScan(host=host, port=port, speaks_tls=False))
    if not seen.accepted:
        said = "; ".join(f"{protocol}: {reason}" for protocol, reason in seen.unknown.items())
        return Unreachable(f"{host}:{port} answers no TLS handshake" + (f" ({said})" if said else ""))
    _doubt_silence(server, seen)
    untrusted, trust_unknown = _chain(server, trust)
    return Ok(
        TlsScan(
            host=host,
            port=port,
            offered={one: tuple(map(suite_name, found.suites)) for one, found in seen.accepted.items()},
            refused=tuple(protocol for protocol in reversed(PROTOCOLS) if protocol in seen.refused),
            groups=tuple(dict.fromkeys(group_name(number) for one in seen.accepted.values() for number in one.groups)),
            dh_bits=min((bits for one in seen.accepted.values() for bits in one.dh_bits), default=0),
            certificates=_certificates(server, seen),
            untrusted=untrusted,
            trust_unknown=trust_unknown,
            unknown=seen.unknown,
        )
    )


def _connects(server: Server) -> Unreachable | None:
    try:
        socket.create_connection((server.host, server.port), timeout=server.left()).close()
    except TooLate as error:
        return Unreachable(f"{server.host}:{server.port}: {error}")
    except (OSError, ValueError) as error:
        words = f"{server.host}:{server.port}: {' '.join(str(error).split())}"
        broken = not isinstance(error, TimeoutError)
        return Unreachable(words, no_connection=broken, refused=isinstance(error, ConnectionRefusedError))
    return None


def _try(server: Server, protocol: str, seen: _Seen) -> None:
    """Find out what the server accepts of one protocol; what stays open is kept with its reason.

    Raises NotTls when it never answered with TLS.
    """
    enumerated = protocol in ENUMERATED
    suites = TLS13 if protocol == "TLSv1.3" else UP_TO_TLS12
    found = Accepted()
    try:
        find_suites(server, protocol, suites, found, only_first=not enumerated)
        curved = [number for number in found.suites if number in TLS13 or "_ECDHE_" in suite_name(number)]
        if curved and enumerated:
            find_groups(server, protocol, curved, found)
    except NotTls:
        if not seen.accepted and not found.suites:
            raise
        seen.unknown[protocol] = "its answer is no TLS"
    except Malformed:
        seen.unknown[protocol] = "its answer is malformed"
    except (Unclear, TooLate, OSError, UnicodeError) as error:
        seen.unknown[protocol] = " ".join(str(error).split()) or type(error).__name__
    if found.suites:
        seen.accepted[protocol] = found
    elif protocol not in seen.unknown:
        seen.refused.append(protocol)


def _doubt_silence(server: Server, seen: _Seen) -> None:
    """A connection closed without a word is a refusal only of a server that goes on answering other handshakes."""
    protocol, found = next(iter(seen.accepted.items()))
    if not server.hung_up_on or still_answers(server, protocol, found.suites):
        return
    for doubtful in server.hung_up_on:
        seen.unknown[doubtful] = "it closed the connection, and then answered nothing more"
    seen.refused = [one for one in seen.refused if one not in server.hung_up_on]


def _chain(server: Server, trust: Trust) -> tuple[str, str]:
    try:
        return check_chain(server.host, server.port, server.left(), trust)
    except TooLate as error:
        return "", str(error)


def _certificates(server: Server, seen: _Seen) -> tuple[Certificate, ...]:
    leaves = list(dict.fromkeys(leaf for one in seen.accepted.values() for leaf in one.certificates))
    if not leaves:
        # in TLS 1.3 they come encrypted
        try:
            leaf = leaf_certificate(server.host, server.port, server.left())
        except TooLate:
            leaf = None
        leaves = [leaf] if leaf else []
    found = []
    for der in leaves:
        try:
            found.append(read_certificate(der))
        except ValueError:
            seen.unknown["certificate"] = "the certificate cannot be read"
    return tuple(found)
