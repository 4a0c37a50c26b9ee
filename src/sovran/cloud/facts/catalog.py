# SPDX-License-Identifier: Apache-2.0
"""Fact: the service catalog that comes with the user's token."""

import msgspec

from sovran.cloud.outcome import Absent, Ok, Outcome
from sovran.cloud.recording import Endpoint, Reader, Service


class Catalog(msgspec.Struct, frozen=True, eq=False):
    """Services as the identity API lists them (Identity API v3, `GET /v3/auth/catalog`)."""

    services: tuple[Service, ...]
    region: str
    """Region judged; empty: any."""
    interface: str

    def of_type(self, *types: str) -> tuple[Service, ...]:
        """All entries whose type is one of these, verbatim."""
        return tuple(service for service in self.services if service.type in types)

    def regions_with(self, *types: str) -> tuple[str, ...]:
        """The regions, in order, in which an entry of one of these types has a public endpoint or one of the judged
        interface.
        """
        anywhere = [
            endpoint.region
            for service in self.of_type(*types)
            for endpoint in self.endpoints(service, any_region=True)
            if endpoint.region
        ]
        return tuple(dict.fromkeys(anywhere))

    def endpoints(self, service: Service, *, any_region: bool = False) -> tuple[Endpoint, ...]:
        """The endpoints of an entry in the judged region: those of the judged interface, then public ones."""
        here = [
            endpoint
            for endpoint in service.endpoints
            if endpoint.url and (any_region or not self.region or endpoint.region == self.region)
        ]
        return tuple(
            endpoint
            for interface in dict.fromkeys((self.interface, "public"))
            for endpoint in here
            if endpoint.interface.removesuffix("URL") == interface
        )


def read_catalog(reader: Reader) -> Outcome[Catalog]:
    """The catalog of the token; Absent when the token came without one."""
    principal = reader.principal
    if not principal.services:
        return Absent("the token came without a service catalog")
    return Ok(Catalog(principal.services, principal.region, principal.interface))
