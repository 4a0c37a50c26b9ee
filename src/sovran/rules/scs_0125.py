# SPDX-License-Identifier: Apache-2.0
"""SCS-0125: secure connections, as far as a tenant sees them: the endpoints of the catalog."""

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.facts.now import Now
from sovran.cloud.facts.tls import TlsServers, server_of
from sovran.cloud.outcome import Ok, Outcome
from sovran.cloud.recording import Endpoint, Service
from sovran.cloud.tls.records import TlsScan
from sovran.model.finding import Examined, Finding, NotTried, Resource, Undecided, Weight
from sovran.rules.registry import Answer
from sovran.rules.tls_profile import Profile, deviations


def _server(host: str, port: int) -> Resource:
    return Resource("TLS server", f"[{host}]:{port}" if ":" in host else f"{host}:{port}")


def profile(servers: TlsServers, now: Now, *, required: str, profiles: dict[str, Profile]) -> Answer:
    """Fails when a server behind a public endpoint offers protocols, cipher suites, key exchange or certificates that
    the level of Mozilla's guideline does not allow, or a certificate that clients refuse; groups that the guideline
    does not list and that are no weaker are notes. Undecided when a server could not be looked at whole. What is not
    public is for the operator to show, so this is never seen to hold altogether.

    Source: scs-0125-v1, section Transport Layer Security (TLS).
    """
    open_questions = [failure.reason for failure in servers.failed.values()]
    failed = False
    for server, scan in servers.seen.items():
        resource = _server(*server)
        yield Examined(resource)
        if not scan.speaks_tls:
            # a matter of 0125-02
            continue
        for deviation in deviations(scan, profiles[required], now.at):
            failed = failed or not deviation.note
            yield Finding(
                message=f"{resource.name}: {deviation.field} {deviation.seen} is not of Mozilla's profile {required}",
                resource=resource,
                field=deviation.field,
                expected=deviation.expected,
                seen=deviation.seen,
                weight=Weight.NOTE if deviation.note else Weight.VIOLATION,
            )
        open_questions += [f"{resource.name}: {what}" for what in _unknown(scan)]
    if failed:
        return
    if open_questions:
        raise Undecided("; ".join(open_questions))
    public = "no public endpoint is https"
    if servers.seen:
        public = f"the public endpoints follow Mozilla's profile {required}"
    raise NotTried(f"{public}; of the servers inside, the operator's evidence is needed")


def _unknown(scan: TlsScan) -> list[str]:
    found = [f"{what}: {reason}" for what, reason in scan.unknown.items()]
    if scan.trust_unknown:
        found.append(f"certificate chain: {scan.trust_unknown}")
    if not scan.certificates and "certificate" not in scan.unknown:
        found.append("no certificate was seen")
    return found


def _endpoints(catalog: Catalog, interface: str) -> list[tuple[Service, Endpoint]]:
    return [
        (service, endpoint)
        for service in catalog.services
        for endpoint in service.endpoints
        if endpoint.interface.removesuffix("URL") == interface and endpoint.url
    ]


def _no_https(service: Service, endpoint: Endpoint) -> Finding:
    region = f" in region {endpoint.region}" if endpoint.region else ""
    return Finding(
        message=f"the {endpoint.interface} endpoint of {service.type}{region} is registered as {endpoint.url}",
        resource=Resource(
            "endpoint", f"{service.type} {endpoint.interface} {endpoint.region or ''}".strip(), endpoint.id
        ),
        field="url",
        expected="https",
        seen=endpoint.url,
    )


def _examined(service: Service, endpoint: Endpoint) -> Examined:
    return Examined(Resource("endpoint", f"{service.type} {endpoint.interface}", endpoint.id or endpoint.url))


def public_endpoints(catalog: Catalog, servers: Outcome[TlsServers]) -> Answer:
    """Holds when every public endpoint of the catalog, in all regions, is registered as https and a server there speaks
    TLS; undecided while one of them could not be reached.

    Source: scs-0125-v1, section API Interfaces.
    """
    undecided: dict[str, None] = {}
    for service, endpoint in _endpoints(catalog, "public"):
        yield _examined(service, endpoint)
        server = server_of(endpoint.url)
        if server is None:
            yield _no_https(service, endpoint)
        elif not isinstance(servers, Ok):
            undecided[servers.reason] = None
        elif server in servers.value.failed:
            undecided[servers.value.failed[server].reason] = None
        elif not servers.value.seen[server].speaks_tls:
            yield Finding(
                message=f"what answers at {endpoint.url}, the public endpoint of {service.type}, speaks no TLS",
                resource=_server(*server),
                field="TLS",
                expected="a TLS handshake",
                seen="an answer without TLS",
            )
    if undecided:
        raise Undecided("; ".join(undecided))


def internal_endpoints(catalog: Catalog, servers: Outcome[TlsServers]) -> Answer:
    """Fails when an internal endpoint of the catalog is not registered as https. Whether TLS is spoken there shows from
    here only of servers that are public too; otherwise not tried.

    Source: scs-0125-v1, section API Interfaces.
    """
    seen = (
        {server for server, scan in servers.value.seen.items() if scan.speaks_tls} if isinstance(servers, Ok) else set()
    )
    failed = hidden = False
    for service, endpoint in _endpoints(catalog, "internal"):
        yield _examined(service, endpoint)
        server = server_of(endpoint.url)
        if server is None:
            failed = True
            yield _no_https(service, endpoint)
        hidden = hidden or server not in seen
    if hidden and not failed:
        raise NotTried("the internal endpoints are registered as https; whether they speak TLS shows only from inside")
