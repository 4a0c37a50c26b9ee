# SPDX-License-Identifier: Apache-2.0
"""Fact: the TLS of the catalog's public endpoints."""

from functools import partial
from urllib.parse import urlsplit

import msgspec

from sovran.cloud.at_once import at_once
from sovran.cloud.facts.catalog import read_catalog
from sovran.cloud.outcome import Failure, Ok, Outcome, Unreachable
from sovran.cloud.recording import Reader
from sovran.cloud.tls.records import TlsScan

HTTPS_PORT = 443
PUBLIC = "public"


class TlsServers(msgspec.Struct, frozen=True, eq=False):
    """The servers behind the public https endpoints of all regions, each scanned once."""

    seen: dict[tuple[str, int], TlsScan]
    """Host (an IPv6 address without brackets) and port to what it offers."""
    failed: dict[tuple[str, int], Failure]
    """Those that could not be scanned."""


def server_of(url: str) -> tuple[str, int] | None:
    """Host in small letters and port (443 without one) of an https URL; None for any other."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port or HTTPS_PORT
    except ValueError:
        return None
    return (parts.hostname, port) if parts.scheme.lower() == "https" and parts.hostname else None


def read_tls_servers(reader: Reader) -> Outcome[TlsServers]:
    """About 40 handshakes per server, several servers at a time; nothing is sent through them."""
    catalog = read_catalog(reader)
    if not isinstance(catalog, Ok):
        return catalog
    servers = {
        server: None
        for service in catalog.value.services
        for endpoint in service.endpoints
        if endpoint.interface.removesuffix("URL") == PUBLIC and (server := server_of(endpoint.url))
    }
    found = at_once({server: partial(_scan, reader, *server) for server in servers})
    return Ok(
        TlsServers(
            {server: outcome.value for server, outcome in found.items() if isinstance(outcome, Ok)},
            {server: outcome for server, outcome in found.items() if not isinstance(outcome, Ok)},
        )
    )


def _scan(reader: Reader, host: str, port: int) -> Outcome[TlsScan]:
    def look(seconds: float) -> Outcome[TlsScan]:
        # a replay needs no sockets
        from sovran.cloud.tls.proxy import is_behind_proxy
        from sovran.cloud.tls.scan import scan

        if is_behind_proxy(host, port):
            return Unreachable(
                f"{host}:{port} is reached through the configured proxy, behind which its own TLS does not show for "
                "certain: name the host in NO_PROXY if it can be reached directly"
            )
        return scan(host, port, seconds, reader.trust)

    return reader.observe(TlsScan, f"{host}:{port}", look)
