# SPDX-License-Identifier: Apache-2.0
"""SCS-0101, by the text: kernels of images, and the instructions for entropy that guests get from their hosts."""

import re
from collections.abc import Iterator

from sovran.cloud.facts.images import Images
from sovran.cloud.outcome import Ok, Outcome
from sovran.guest.records import Cpu, Entropy, System
from sovran.model.finding import Examined, Finding, Resource
from sovran.probes.guest import CANONICAL, FURTHER, OWN, GuestProbe, TriedGuest
from sovran.rules.guest_evidence import (
    Open,
    conclude,
    finding,
    note,
    per_guest,
    record_of,
    seen_by,
    silence,
)
from sovran.rules.registry import Answer

REWORKED = (5, 18)
"""Version of Linux with the reworked generator."""
PORTED_BACK = {
    (4, 9): 320,
    (4, 14): 285,
    (4, 19): 249,
    (5, 4): 200,
    (5, 10): 119,
    (5, 15): 44,
    (5, 17): 12,
}
"""Older series to the first release with it (announcements of May and June 2022 on linux-kernel)."""
POOL_BITS = 256
"""Size of the pool since the rework; before, 4096."""
RELEASE = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})(?:\.([0-9]{1,6}))?(?![0-9])")
INSTRUCTIONS = {"x86_64": ("rdseed", "rdrand"), "aarch64": ("rng",)}
"""Machine to the flags of /proc/cpuinfo, any of which shows instructions for entropy."""
HIDDEN_BY_LINUX = ("21", "22")
"""Families of AMD CPUs (15h, 16h) whose RDRAND Linux itself may hide, since it can fail after a suspend."""


def reworked_generator(probe: Outcome[GuestProbe], images: Outcome[Images]) -> Answer:
    """Fails when the kernel of an image that was booted is older than the rework of 5.18 and its pool has not the size
    that came with it. Holds when every public image was booted; an image that was not stays open.

    Source: scs-0101-v1, Entropy in SCS clouds.
    """
    whole = seen_by(probe, "whether the kernels of images have the reworked generator")
    left: list[Open] = []
    booted: set[str] = set()
    for guest in whole.of(OWN, CANONICAL, FURTHER):
        if guest.image.own:
            continue
        booted.add(guest.image.id)
        system, entropy = record_of(guest, System), record_of(guest, Entropy)
        if system is None or entropy is None:
            why = silence(guest, "system") or silence(guest, "entropy")
            left.append(Open(why or f"the guest on {guest.where} did not tell its kernel", evidence=not why))
            continue
        yield Examined(Resource("image", guest.image.name, guest.image.id))
        reworked = has_rework(system.kernel, entropy)
        if reworked is None:
            left.append(Open(f"whether {system.kernel} of image {guest.image.name} has the rework it does not tell"))
        elif not reworked:
            yield finding(
                guest,
                f"image {guest.image.name} runs {system.kernel}, without the rework of the random number generator",
                field="kernel",
                expected="5.18 or newer, or the rework ported back",
                seen=system.kernel,
            )
    left += _not_booted(images, booted)
    conclude(left)


def has_rework(kernel: str, entropy: Entropy) -> bool | None:
    """Whether a kernel has the reworked generator; None: neither its pool nor its version tells.

    The size of the pool came with the rework and shows it also in a distribution's kernel of an old version.
    """
    if entropy.poolsize_bits is not None:
        return entropy.poolsize_bits == POOL_BITS
    match = RELEASE.match(kernel)
    # only Linux has this file; other systems count their versions otherwise
    if match is None or not entropy.entropy_avail:
        return None
    series, patch = (int(match[1]), int(match[2])), int(match[3] or 0)
    if series >= REWORKED or patch >= PORTED_BACK.get(series, patch + 1):
        return True
    return None


def _not_booted(images: Outcome[Images], booted: set[str]) -> list[Open]:
    if not isinstance(images, Ok):
        return [Open(images.reason)]
    rest = [image for image in images.value.items if image.visibility == "public" and image.status == "active"]
    names = [image.name or image.id for image in rest if image.id not in booted]
    if not names:
        return []
    told = f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else names[0]
    return [Open(f"no guest was started of these public images: {told} (`sovran probe guest --image`)", evidence=True)]


def instructions_not_hidden(probe: Outcome[GuestProbe]) -> Answer:
    """Fails when a guest gets no instructions for entropy from its CPU, be it that the hypervisor hides them or that
    the CPU has none. Where all guests get them, hosts on which none was started stay open: a tenant cannot list them.

    Source: scs-0101-v1, Entropy in SCS clouds.
    """
    good: set[str] = set()

    def look(guest: TriedGuest, cpu: Cpu) -> Iterator[Finding | Open]:
        found = _instructions(guest, cpu)
        if isinstance(found, Open):
            yield found
        elif found:
            good.add(_host(guest))
            yield note(guest, f"guests get {', '.join(found)}", field="flags", seen=" ".join(found))
        else:
            model = cpu.model or cpu.vendor or "of no name"
            yield finding(
                guest,
                f"the CPU that the guest sees ({model}) has no instruction for entropy",
                field="flags",
                expected="rdseed, rdrand or, on Arm, rng",
                seen="none of these",
            )

    yield from per_guest(probe, Cpu, "whether guests get instructions for entropy", look)
    conclude(_others(good))


def cpus_have_instructions(probe: Outcome[GuestProbe]) -> Answer:
    """Shows on which hosts guests get instructions for entropy from the CPU. Where one gets none, its CPU may lack them
    or the hypervisor may hide them (0101-03), and a guest cannot tell which.

    Source: scs-0101-v1, Entropy in SCS clouds.
    """
    good: set[str] = set()

    def look(guest: TriedGuest, cpu: Cpu) -> Iterator[Finding | Open]:
        found = _instructions(guest, cpu)
        if isinstance(found, Open):
            yield found
        elif found:
            good.add(_host(guest))
        else:
            which = "the CPU lacks them or the hypervisor hides them (0101-03)"
            yield Open(f"the guest on {guest.where} gets no instructions for entropy: {which}")

    yield from per_guest(probe, Cpu, "whether CPUs have instructions for entropy", look)
    conclude(_others(good))


def _instructions(guest: TriedGuest, cpu: Cpu) -> tuple[str, ...] | Open:
    """The flags that show instructions for entropy."""
    system = record_of(guest, System)
    machine = system.machine if system else ""
    known = INSTRUCTIONS.get(machine)
    if not cpu.flags or known is None:
        return Open(f"the guest on {guest.where} told no flags of a known CPU ({machine or 'of no name'})")
    found = tuple(flag for flag in known if flag in cpu.flags)
    family = re.match(r"[0-9]+", cpu.family_model_stepping)
    if not found and cpu.vendor == "AuthenticAMD" and family and family[0] in HIDDEN_BY_LINUX:
        return Open(f"Linux itself may hide RDRAND of the CPU of the guest on {guest.where}")
    return found


def _host(guest: TriedGuest) -> str:
    return " of ".join(part for part in (guest.host[:16] or "a host without a name", guest.zone) if part)


def _others(good: set[str]) -> list[Open]:
    told = ", ".join(sorted(good))
    rest = "hosts on which no guest was started, which a tenant cannot list, stay open"
    return [Open(f"guests get them on {told}; {rest}", evidence=True)] if good else []
