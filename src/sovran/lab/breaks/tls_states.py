# SPDX-License-Identifier: Apache-2.0
"""Faults of TLS: the proxy in front of one service, before and after a break."""

from typing import Literal
from urllib.parse import urlsplit

import msgspec

from sovran.lab import fronts, ports, topology
from sovran.lab.folders import lab_folder
from sovran.lab.fronts import Front, Tls
from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.catalog import Endpoint
from sovran.model.errors import SovranError


class SecureEndpoints(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every service of the lab has a TLS proxy before it, and its endpoints of these interfaces lead there as https.

    The services themselves ask each other at the admin endpoints, which stay as they are.
    """

    interfaces: tuple[Literal["public", "internal"], ...] = ("public", "internal")


class SetTls(Tls, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The TLS proxy in front of this service is set up so; what is not given is as in Mozilla's guideline."""

    service: str


class FrontState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="TLS proxy"):
    """The proxy in front of a service; None: there is none."""

    service: str
    front: Front | None

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"TLS proxy {self.service}"


def resolve_secure_endpoints(
    api: AdminApi, action: SecureEndpoints
) -> list[tuple[FrontState, FrontState] | tuple[Endpoint, Endpoint]]:
    """How proxies and endpoints are, and how the action wants them; endpoints that lead nowhere of ours stay."""
    there = fronts.load(lab_folder(api.lab.name))
    services = [name for name in api.lab.services if topology.BY_NAME[name].endpoints]
    chosen = ports.choose(services, [*api.lab.ports.values(), *(front.port for front in there.values())])
    changes: list[tuple[FrontState, FrontState] | tuple[Endpoint, Endpoint]] = []
    places = {}
    for service in services:
        before = there.get(service)
        backend = api.lab.ports[service]
        after = Front(port=chosen[service], backend=backend, tls=Tls())
        if before:
            after = msgspec.structs.replace(before, backend=backend)
        places[after.backend] = after.port
        changes.append((FrontState(service=service, front=before), FrontState(service=service, front=after)))
    for item in api.listing("keystone", "/v3/endpoints", "endpoints"):
        parts = urlsplit(item["url"])
        if item["interface"] in action.interfaces and parts.scheme == "http" and parts.port in places:
            url = parts._replace(scheme="https", netloc=f"{topology.LOOPBACK}:{places[parts.port]}").geturl()
            endpoint = Endpoint(id=item["id"], url=item["url"], enabled=item["enabled"])
            changes.append((endpoint, msgspec.structs.replace(endpoint, url=url)))
    return changes


def resolve_tls(api: AdminApi, action: SetTls) -> tuple[FrontState, FrontState]:
    """How the action's proxy is set up, and how the action wants it.

    Raises:
        SovranError: there is no such proxy.
    """
    there = fronts.load(lab_folder(api.lab.name)).get(action.service)
    if there is None:
        raise SovranError(f"the lab has no TLS proxy in front of {action.service}: run `sovran lab break tls` first")
    settings = {field: getattr(action, field) for field in Tls.__struct_fields__}
    after = msgspec.structs.replace(there, tls=Tls(**settings))
    return FrontState(service=action.service, front=there), FrontState(service=action.service, front=after)


def put_front(api: AdminApi, state: FrontState) -> None:
    """Write down that the proxy is wanted so; `fronts.settle` makes it so, once for all of them."""
    folder = lab_folder(api.lab.name)
    wanted = {name: front for name, front in fronts.load(folder).items() if name != state.service}
    if state.front is not None:
        wanted[state.service] = state.front
    fronts.save(folder, wanted)
