# SPDX-License-Identifier: Apache-2.0
"""What a guest reports about itself, record by record; None or an empty tuple always means: not measured.

Field names carry the unit.
"""

import msgspec


class System(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", tag="system"):
    """What runs."""

    kernel: str = ""
    """Release, as `uname -r` says it."""
    machine: str = ""
    """E.g. `x86_64`."""
    distribution: str = ""
    """PRETTY_NAME of /etc/os-release."""
    own_image: bool = False
    """Whether it is the image that sovran builds."""
    program: str = ""
    """Where the program came from: `config-drive`, `metadata`, `cloud-init`, or `built-in` (none was given whole)."""
    firmware: str = ""
    """`uefi` or `bios`."""
    uptime_seconds: float | None = None
    clock_unix_seconds: float | None = None
    """The guest's clock when it wrote this."""
    tools: tuple[str, ...] = ()
    """Those of the tools that the program can use which are there."""


class Fips(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """FIPS 140-2 power-up tests (change notice 2) of a source, in blocks of 20,000 bits."""

    source: str
    """`/dev/random` or `/dev/hwrng`."""
    blocks: int
    """That were read whole."""
    failures: int
    """Blocks in which at least one test failed."""
    monobit: int = 0
    poker: int = 0
    runs: int = 0
    long_run: int = 0
    """How many blocks failed each."""


class Entropy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", tag="entropy"):
    """Random numbers."""

    entropy_avail: str = ""
    """Text of /proc/sys/kernel/random/entropy_avail."""
    poolsize_bits: int | None = None
    rng_current: str = ""
    rng_available: tuple[str, ...] = ()
    """Of /sys/devices/virtual/misc/hw_random."""
    tests: tuple[Fips, ...] = ()
    hwrng_error: str = ""
    """Why /dev/hwrng gave nothing."""


class Cpu(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", tag="cpu"):
    """Processors, of /proc/cpuinfo, /sys and /proc/stat."""

    count: int | None = None
    """Online."""
    vendor: str = ""
    model: str = ""
    family_model_stepping: str = ""
    flags: tuple[str, ...] = ()
    """Flags (x86) or Features (Arm) of the first processor, those that all have."""
    sockets: int | None = None
    cores_per_socket: int | None = None
    threads_per_core: int | None = None
    mhz: float | None = None
    hypervisor: str = ""
    """Vendor of the hypervisor where a tool or /sys tells it."""
    steal_percent: float | None = None
    """Of the time during `load_seconds` of load on all processors."""
    load_seconds: float | None = None
    clocksource: str = ""


class Memory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", tag="memory"):
    """RAM."""

    total_kib: int | None = None
    """MemTotal."""
    given_kib: int | None = None
    """All RAM that the firmware gave, with what the kernel keeps for itself: System RAM of /sys/firmware/memmap."""
    touched_kib: int | None = None
    """So much could really be written to and read back in this run."""


class Disk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One block device."""

    name: str
    size_bytes: int
    serial: str = ""
    rotational: bool | None = None
    read_only: bool = False
    root: bool = False
    """Whether the guest booted from it."""
    leftovers: bool | None = None
    """Whether its last MiB holds anything but zeros; None: not looked at."""


class DiskSpeed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One short test of one disk."""

    disk: str
    kind: str
    """`sequential write`, `sequential read`, `synchronous write` (4 KiB, each waited for)."""
    operations_per_second: float | None = None
    bytes_per_second: float | None = None
    seconds: float | None = None
    operations: int | None = None


class Disks(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", tag="disks"):
    """Disks."""

    disks: tuple[Disk, ...] = ()
    speeds: tuple[DiskSpeed, ...] = ()
    error: str = ""


class Source(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Metadata as one source tells it."""

    present: bool = False
    error: str = ""
    """Why not, or what failed."""
    stable: dict[str, str] = {}
    """Keys of meta_data.json that cannot change between two reads, e.g. uuid, hostname, name; nested ones as JSON
    text. random_seed, launch-time values and secrets such as admin_pass are left out.
    """
    keys: tuple[str, ...] = ()
    """All keys, without values."""
    user_data_sha256: str = ""
    user_data_bytes: int | None = None
    """-1: there is none."""
    seconds: float | None = None


class Metadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", tag="metadata"):
    """Metadata service (link-local address) and config drive."""

    service: Source = Source()
    config_drive: Source = Source()
    forged_address: str = ""
    """The X-Forwarded-For that was forged."""
    forged_status: int | None = None
    """HTTP status of the answer to it."""
    forged_stable: dict[str, str] = {}
    """What it told, if it told anything."""
    other_paths: dict[str, int] = {}
    """URL of an address that must not serve metadata, to its HTTP status; 0: no answer."""


class Lease(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """DHCP on one interface, or what the system's own client was told."""

    interface: str
    options: dict[str, str] = {}
    """By the field's names: ip, mask, router, dns, domain, search, mtu, staticroutes, ntpsrv, serverid, lease."""
    error: str = ""


class Interface(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One network interface."""

    name: str
    mac: str = ""
    mtu: int | None = None
    ipv4: tuple[str, ...] = ()
    """With prefix length."""
    ipv6: tuple[str, ...] = ()


class Network(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", tag="network"):
    """Addresses, routes and what DHCP said."""

    interfaces: tuple[Interface, ...] = ()
    leases: tuple[Lease, ...] = ()
    routes_ipv4: tuple[str, ...] = ()
    """Lines of `ip route`."""
    routes_ipv6: tuple[str, ...] = ()
    gateway_answers: bool | None = None
    """Whether the IPv4 default gateway answers (neighbour entry or echo)."""
    ipv6_reachable: bool | None = None
    """Whether the IPv6 target answered."""
    ipv4_reachable: bool | None = None
    path_mtu: int | None = None
    """Largest IPv4 packet, octets with headers, that reached the target unfragmented; None: not found out."""
    path_mtu_error: str = ""
    egress_ipv4: str = ""
    """Source address that the target saw."""
    egress_ipv6: str = ""
    error: str = ""


class Query(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One DNS question and what came back."""

    name: str
    type: str
    rcode: str = ""
    """`NOERROR`, `NXDOMAIN`, `SERVFAIL`, ...; empty: no answer came."""
    authentic: bool = False
    """AD bit."""
    signed: bool = False
    """Whether an RRSIG came with it (DO bit was set)."""
    answers: tuple[str, ...] = ()
    milliseconds: float | None = None


class Resolver(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One server that was asked."""

    address: str
    told: bool = True
    """Whether DHCP or the system's configuration names it; False: an address where nobody listens."""
    queries: tuple[Query, ...] = ()
    """Of these in turn, as far as targets are known: `good` A, `good` AAAA, `signed` A with DO, `bogus` A with DO,
    `missing` A, `ipv4_only` AAAA.
    """
    error: str = ""


class Names(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", tag="names"):
    """Resolvers."""

    resolvers: tuple[Resolver, ...] = ()
    error: str = ""


class TimeServer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One NTP server that was asked."""

    address: str
    name: str = ""
    source: str = ""
    """Who told it: `dhcp`, `target`, `link-local`."""
    offset_seconds: float | None = None
    """Server's clock minus the guest's."""
    stratum: int | None = None
    round_trip_seconds: float | None = None
    error: str = ""


class Time(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", tag="time"):
    """Clocks."""

    servers: tuple[TimeServer, ...] = ()
    clocks: tuple[str, ...] = ()
    """PTP and RTC devices, by name (`ptp_kvm`, `rtc_cmos`)."""
    error: str = ""


class Port(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One TCP connection that was tried."""

    host: str
    port: int
    outcome: str
    """`open`, `rejected`, `dropped`, `unknown` (no tool or no address)."""
    address: str = ""
    seconds: float | None = None
    said: str = ""
    """First line of the server, printable, 80 characters at most."""


class Ports(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", tag="ports"):
    """TCP ports of the internet, e.g. mail's 25, 465 and 587; a port that is known to be open stands for control."""

    ports: tuple[Port, ...] = ()
    control: Port | None = None
    """Nothing can be said about the others when it is not open."""
    error: str = ""


class Peer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", tag="peer"):
    """What another guest of the run answered, by address; the rule's port is allowed between them, the other not."""

    address: str = ""
    allowed: Port | None = None
    denied: Port | None = None
    ping: bool | None = None
    error: str = ""


class End(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", tag="end"):
    """The last record; without it the guest did not come to its end."""

    records: tuple[str, ...] = ()
    """Tags of those that were written before."""
    seconds: float | None = None
    """What the whole program took."""
    problems: tuple[str, ...] = ()
    """What a part could not do, in words."""


Record = System | Entropy | Cpu | Memory | Disks | Metadata | Network | Names | Time | Ports | Peer | End
