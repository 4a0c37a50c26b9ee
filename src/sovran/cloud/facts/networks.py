# SPDX-License-Identifier: Apache-2.0
"""Fact: the networks that the project can see."""

import msgspec

from sovran.cloud.expected import expected
from sovran.cloud.listing import listing
from sovran.cloud.outcome import Ok, Outcome
from sovran.cloud.recording import Reader


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """One network (Networking API, `GET /v2.0/networks`)."""

    id: str
    name: str = ""
    project_id: str = ""
    """Of its owner."""
    external: bool = msgspec.field(name="router:external", default=False)
    """Routers may use it as their gateway."""
    shared: bool = False
    """Ports of this project may be attached to it, though another owns it."""
    is_default: bool | None = None
    """Chosen where an external network is needed and none is named; None: not shown."""
    port_security_enabled: bool | None = None
    """What new ports get; None: not shown."""
    subnets: tuple[str, ...] = ()
    """Ids, also of subnets that this project cannot see."""

    @property
    def by_provider(self) -> bool:
        """True for a network that comes from outside of the project: external, or shared with it."""
        return self.external or self.shared


class Networks(msgspec.Struct, frozen=True, eq=False):
    """All networks that the project can see, its own among them."""

    items: tuple[Network, ...]


def read_networks(reader: Reader) -> Outcome[Networks]:
    """The whole listing."""
    outcome = expected(listing(reader, "network", "/networks", "networks", Network))
    return Ok(Networks(tuple(outcome.value))) if isinstance(outcome, Ok) else outcome
