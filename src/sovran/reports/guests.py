# SPDX-License-Identifier: Apache-2.0
"""What guests reported, for people at a terminal: each where it ran, then what it saw, one line per record."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TextIO

from sovran.conformance.guests import GuestRun
from sovran.guest import records
from sovran.probes.guest import TriedGuest
from sovran.reports import layout
from sovran.reports.layout import Block, Grid, Group, Text
from sovran.reports.screen import put
from sovran.reports.terminal_claims import clean

LIMIT = 400
"""Characters of one line's text."""
MIB = 1024**2


def show(run: GuestRun, stream: TextIO) -> None:
    """Write it: with colours when it is a terminal and NO_COLOR is not set, else as plain text."""
    put(partial(render, run), stream)


def render(run: GuestRun, *, width: int = 80, colour: bool = False) -> str:
    """Return it as text for `width` columns, ending in a newline."""
    parts: list[Block] = []
    for guest in run.probe.guests:
        parts += [*_guest(guest), Text()]
    parts += [Text(clean(f"no {role} guest: {why}", LIMIT), style="yellow") for role, why in run.probe.left_out.items()]
    failed = [step for step in run.probe.steps if not step.ok]
    parts += [Text(clean(f"{step.what}: {step.said}", LIMIT), style="yellow") for step in failed]
    for reason in filter(None, (run.reason, run.probe.unreal)):
        parts.append(Text(clean(reason, LIMIT), style="yellow"))
    parts += [Text(clean(f"left: {one}", LIMIT), style="red") for one in run.run.left]
    parts.append(_sum(run))
    return layout.render(Group(*parts), width, colour=colour)


def _sum(run: GuestRun) -> Text:
    whole = sum(not guest.problem and not guest.missing for guest in run.probe.guests)
    told = f"{whole} of {len(run.probe.guests)} guests told all; {run.run.seconds:.1f} s with the cleanup"
    return Text(told + ("; interrupted" if run.interrupted else ""), style="bold")


def _guest(guest: TriedGuest) -> Iterator[Block]:
    state = f"all told after {guest.seconds:.1f} s"
    if guest.problem:
        state = "not all was told"
    elif guest.missing:
        state = f"all told but {', '.join(guest.missing)} after {guest.seconds:.1f} s"
    style = "yellow" if guest.problem or guest.missing else "green"
    yield Text(clean(guest.role, 20), style="bold").append(f"  {state}", style)
    table = Grid(gap=2, widths=(10,))
    for label, text in (("on", guest.where), ("", _server(guest)), ("problem", guest.problem), *_facts(guest)):
        if text:
            table.add_row(Text(label, style="dim"), Text(clean(text, LIMIT)))
    yield table


def _server(guest: TriedGuest) -> str:
    size = f"{guest.flavor.vcpus} vCPU, {guest.flavor.ram} MiB"
    disk = f"volume of {guest.volume_gib} GiB" if guest.volume_gib else f"disk of {guest.flavor.disk} GB"
    network = f"network {guest.network.name}" if guest.network else ""
    return ", ".join(filter(None, (f"server {guest.id}" if guest.id else "", size, disk, network)))


def _facts(guest: TriedGuest) -> Iterator[tuple[str, str]]:
    report = guest.report
    for name, tell in TELLERS.items():
        record = getattr(report, name) if report else None
        if record is not None:
            yield name, tell(record)
    if report and report.end:
        yield from (("could not", problem) for problem in report.end.problems)


def _some(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _system(one: records.System) -> str:
    return _some(
        one.distribution, one.kernel, one.machine, one.firmware, f"program by {one.program}" * bool(one.program)
    )


def _entropy(one: records.Entropy) -> str:
    tests = (f"{test.source}: {test.failures} of {test.blocks} blocks fail FIPS 140-2" for test in one.tests)
    current = f"hw_random {one.rng_current or 'none'}" if one.rng_available or one.rng_current else ""
    return _some(f"entropy_avail {one.entropy_avail}", current, *tests, one.hwrng_error)


def _cpu(one: records.Cpu) -> str:
    wanted = [flag for flag in ("rdrand", "rdseed", "rng", "aes", "avx2", "vmx", "svm") if flag in one.flags]
    steal = f"{one.steal_percent:g} % stolen under load" if one.steal_percent is not None else ""
    return _some(f"{one.count} online" if one.count else "", one.model, " ".join(wanted), steal)


def _memory(one: records.Memory) -> str:
    sizes = (("given", one.given_kib), ("usable", one.total_kib), ("written", one.touched_kib))
    return _some(*(f"{kib // 1024} MiB {word}" for word, kib in sizes if kib is not None))


def _disks(one: records.Disks) -> str:
    disks = (f"{disk.name} {disk.size_bytes / 1024**3:.1f} GiB" + " (root)" * disk.root for disk in one.disks)
    speeds = (f"{speed.disk} {speed.kind} {_rate(speed)}" for speed in one.speeds)
    return _some(*disks, *speeds, one.error)


def _rate(speed: records.DiskSpeed) -> str:
    if speed.operations_per_second is not None:
        return f"{speed.operations_per_second:.0f}/s"
    return f"{speed.bytes_per_second / MIB:.0f} MiB/s" if speed.bytes_per_second is not None else "not measured"


def _metadata(one: records.Metadata) -> str:
    sources = (("service", one.service), ("config drive", one.config_drive))
    told = (f"{word} {'answers' if source.present else source.error or 'is not there'}" for word, source in sources)
    forged = f"HTTP {one.forged_status} for a forged X-Forwarded-For" if one.forged_status is not None else ""
    return _some(*told, forged)


def _network(one: records.Network) -> str:
    addresses = (address for part in one.interfaces for address in (*part.ipv4, *part.ipv6))
    reached = (("IPv4", one.ipv4_reachable), ("IPv6", one.ipv6_reachable))
    told = (
        f"{word} {'reaches' if there else 'does not reach'} the internet"
        for word, there in reached
        if there is not None
    )
    mtu = f"path MTU {one.path_mtu}" if one.path_mtu else ""
    egress = _some(one.egress_ipv4, one.egress_ipv6)
    return _some(*addresses, *told, mtu, f"seen as {egress}" * bool(egress), one.error)


def _names(one: records.Names) -> str:
    told = []
    for server in one.resolvers:
        answers = [query.rcode or "no answer" for query in server.queries]
        who = server.address if server.told else f"{server.address} (where nobody listens)"
        told.append(f"{who}: {server.error or ' '.join(answers) or 'not asked'}")
    return _some("; ".join(told), one.error)


def _time(one: records.Time) -> str:
    offset = "{} {:+.3f} s".format
    told = (
        offset(server.name or server.address, server.offset_seconds)
        if server.offset_seconds is not None
        else f"{server.name or server.address}: {server.error or 'no answer'}"
        for server in one.servers
    )
    return _some(*told, " ".join(one.clocks), one.error)


def _ports(one: records.Ports) -> str:
    control = f"control {one.control.host}:{one.control.port} {one.control.outcome}" if one.control else ""
    return _some(*(f"{port.host}:{port.port} {port.outcome}" for port in one.ports), control, one.error)


def _peer(one: records.Peer) -> str:
    told = (("with a rule", one.allowed), ("without", one.denied))
    return _some(one.address, *(f"{word} {port.outcome}" for word, port in told if port), one.error)


TELLERS: dict[str, Callable[..., str]] = {
    "system": _system,
    "entropy": _entropy,
    "cpu": _cpu,
    "memory": _memory,
    "disks": _disks,
    "metadata": _metadata,
    "network": _network,
    "names": _names,
    "time": _time,
    "ports": _ports,
    "peer": _peer,
}
"""Record to the function that tells it on one line."""
