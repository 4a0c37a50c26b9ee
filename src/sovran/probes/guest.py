# SPDX-License-Identifier: Apache-2.0
"""Fact: what guests that the probe booted saw, each with the host, zone, flavor and image that it was measured on."""

import msgspec

from sovran.guest.report import GuestReport
from sovran.probes.steps import Step

OWN, CANONICAL, FURTHER, PEER = ("own", "canonical", "further", "peer")
"""Roles: what decides the facts from inside (our image, or one of the cloud's by cloud-init where we may not upload);
the image and flavor that the official suite would take for its one server; more zones, hosts, flavors or images that
were asked for; a neighbour to talk to, of which nobody judges anything else.
"""
IMAGE_MADE, NETWORK_MADE, GROUP_MADE = (
    "upload the guest image",
    "make a network with a router",
    "make a security group",
)
"""Steps of the preparation."""
BUILT, BOOTED, CONSOLE, REPORTED = (
    "make a server",
    "wait until the server runs",
    "read the server's console",
    "receive the whole report of the guest",
)
"""Steps of one guest, as far as it came. BUILT: the request was taken. BOOTED: the server became ACTIVE (or SHUTOFF,
when the guest was faster). CONSOLE: the console API gave its output. REPORTED: the report is complete.
"""


class ImageUsed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a guest was booted from."""

    id: str
    name: str
    own: bool = False
    """True: the image that sovran builds."""
    os_distro: str = ""
    os_version: str = ""
    architecture: str = ""
    hw_rng_model: str = ""
    min_disk: int = 0
    """GiB."""
    min_ram: int = 0
    """MiB."""


class FlavorUsed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a guest was promised."""

    id: str
    name: str
    vcpus: int
    ram: int
    """MiB."""
    disk: int
    """GiB of the root disk; 0: none, or as large as the image asks for."""
    ephemeral: int = 0
    """GiB of a further disk."""
    extra_specs: dict[str, str] | None = None
    """None: not shown to this user."""


class NetworkUsed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a guest was connected to, as the network service tells it."""

    id: str
    name: str
    own: bool = False
    """True: the probe made it."""
    mtu: int = 0
    """0: not shown."""
    ipv4: tuple[str, ...] = ()
    """Prefixes of its subnets."""
    ipv6: tuple[str, ...] = ()
    routed: bool = False
    """Whether it hangs on a router with an external network."""
    dns_nameservers: tuple[str, ...] = ()
    """As set on its subnets; none: the cloud's own resolver is told."""


class TriedGuest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One server that was booted, and what it reported.

    `report` is None when the console showed nothing of it. Who judges it looks at `report.complete` and at the records
    that are there: a record of an incomplete report is whole in itself.
    """

    role: str
    """OWN, CANONICAL, FURTHER, PEER."""
    image: ImageUsed
    flavor: FlavorUsed
    steps: tuple[Step, ...] = ()
    """BUILT, BOOTED, CONSOLE, REPORTED, as far as it came."""
    report: GuestReport | None = None
    network: NetworkUsed | None = None
    addresses: tuple[str, ...] = ()
    """Of the server, as the compute service tells them."""
    id: str = ""
    """Of the server, its uuid."""
    zone: str = ""
    """Availability zone that it ran in."""
    asked_zone: str = ""
    """That was asked for; empty: any."""
    host: str = ""
    """Name of the host where the cloud shows it, else the hostId, which is another one for each project; empty: none
    was given.
    """
    boot: str = "image"
    """`image`, or `volume`: the root disk is a volume made of the image."""
    volume_gib: int = 0
    """Of the root volume."""
    config_drive: bool = False
    """Whether a config drive was asked for."""
    status: str = ""
    """Of the server, when it was last seen."""
    asked: tuple[str, ...] = ()
    """Tags of the records that it was asked for."""
    sent_user_data_sha256: str = ""
    """Of the user-data before base64."""
    sent_user_data_bytes: int = 0
    console_bytes: int = 0
    """Of the console's output that was read last."""
    measured_at: str = ""
    """When the console was read last: `YYYY-MM-DDThh:mm:ssZ`, by the clock of this machine."""
    sent_at_unix_seconds: float | None = None
    """When the request to make the server was sent, by the clock of this machine."""
    read_at_unix_seconds: float | None = None
    """When the console showed the guest's whole report for the first time, or was read last."""
    seconds: float = 0.0
    """From the request to then."""

    @property
    def problem(self) -> str:
        """Why there is no whole report, in a sentence; empty: there is one."""
        failed = next((f"{step.what}: {step.said}" for step in self.steps if not step.ok), "")
        if failed:
            return failed
        return "" if self.report is not None and self.report.complete else "the probe did not come to its end"

    @property
    def missing(self) -> tuple[str, ...]:
        """Tags of the records that it was asked for and that did not come, be the report whole or not: a part that was
        not done in time writes none.
        """
        return tuple(tag for tag in self.asked if getattr(self.report, tag, None) is None)

    @property
    def unclear(self) -> bool:
        """Whether the problem says nothing about what the cloud can do, as a time limit or a quota."""
        failed = [step for step in self.steps if not step.ok]
        return failed[0].unclear if failed else bool(self.problem)

    @property
    def where(self) -> str:
        """Where and when it was measured, to be told with each fact."""
        parts = [
            f"host {self.host[:16]}" if self.host else "an unnamed host",
            f"zone {self.zone}" if self.zone else "",
            f"flavor {self.flavor.name}",
            f"image {self.image.name or self.image.id}",
            self.measured_at,
        ]
        return ", ".join(part for part in parts if part)


class GuestProbe(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of all guests of one run."""

    guests: tuple[TriedGuest, ...] = ()
    """In the order OWN, CANONICAL, FURTHER, PEER."""
    steps: tuple[Step, ...] = ()
    """IMAGE_MADE, NETWORK_MADE, GROUP_MADE, as far as they were needed and it came."""
    left_out: dict[str, str] = {}
    """Role to the reason why no guest of it was booted."""
    notes: tuple[str, ...] = ()
    """What was chosen and why, in sentences."""
    unreal: str = ""
    """Why servers of this cloud are no machines at all (a cloud of Nova's fake driver); empty: nothing says so."""

    def of(self, *roles: str) -> tuple[TriedGuest, ...]:
        """The guests of these roles, in their order."""
        return tuple(guest for guest in self.guests if guest.role in roles)

    @property
    def problem(self) -> str:
        """Why there is no guest to judge by, in a sentence; empty: there is one at least with a report."""
        if self.unreal:
            return self.unreal
        if any(guest.report is not None for guest in self.guests):
            return ""
        told = [guest.problem for guest in self.guests if guest.problem]
        told += [f"{step.what}: {step.said}" for step in self.steps if not step.ok]
        told += self.left_out.values()
        return next(iter(told), "no guest was booted")
