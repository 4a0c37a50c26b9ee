# SPDX-License-Identifier: Apache-2.0
"""The machine that a guest has, against the flavor as Nova tells it, and its entropy device."""

from collections.abc import Callable, Iterator

from sovran.cloud.outcome import Outcome
from sovran.guest.records import Cpu, Disks, Entropy, Memory
from sovran.model.finding import Finding
from sovran.probes.guest import GuestProbe, TriedGuest
from sovran.rules.guest_evidence import Look, Open, R, finding, note, per_guest
from sovran.rules.machine_figures import GIB, Lack, lacking_cpus, lacking_disks, lacking_ram
from sovran.rules.registry import Answer

HWRNG = "/dev/hwrng"


def vcpus_there(probe: Outcome[GuestProbe]) -> Answer:
    """Holds when guests have the vCPUs of their flavor."""
    about = "whether guests have the vCPUs of their flavor"
    yield from per_guest(probe, Cpu, about, _against_flavor(lambda guest: lacking_cpus(guest, guest.flavor.vcpus)))


def ram_there(probe: Outcome[GuestProbe]) -> Answer:
    """Holds when guests have the RAM of their flavor, up to what firmware keeps for itself."""
    about = "whether guests have the RAM of their flavor"
    yield from per_guest(probe, Memory, about, _against_flavor(lambda guest: lacking_ram(guest, guest.flavor.ram)))


def disks_there(probe: Outcome[GuestProbe]) -> Answer:
    """Holds when guests have the root disk of their flavor, unless they boot from a volume, and its further disk."""
    about = "whether guests have the disks of their flavor"
    yield from per_guest(probe, Disks, about, _against_flavor(_disks))


def _disks(guest: TriedGuest) -> Iterator[Lack | Open]:
    return lacking_disks(guest, guest.flavor.disk * GIB, guest.flavor.ephemeral * GIB, GIB)


def _against_flavor(lacking: Callable[[TriedGuest], Iterator[Lack | Open]]) -> Look[R]:
    def look(guest: TriedGuest, _: R) -> Iterator[Finding | Open]:
        for one in lacking(guest):
            if isinstance(one, Open):
                yield one
            else:
                yield finding(
                    guest,
                    f"flavor {guest.flavor.name} has {one.field} {one.promised}, and its machine {one.there}",
                    field=one.field,
                    expected=one.promised,
                    seen=one.there,
                )

    return look


def entropy_device(probe: Outcome[GuestProbe]) -> Answer:
    """Holds when guests can read from a random number generator of the host's, which their image asks for by
    hw_rng_model.
    """

    def look(guest: TriedGuest, entropy: Entropy) -> Iterator[Finding | Open]:
        read = next((test for test in entropy.tests if test.source == HWRNG and test.blocks), None)
        if read is not None:
            said = f"{read.failures} of {read.blocks} blocks failed the tests of FIPS 140-2"
            yield note(guest, f"{entropy.rng_current or HWRNG}: {said}", field=HWRNG, seen=said)
        elif not guest.image.hw_rng_model and not guest.image.own:  # ours always asks
            yield Open(f"the image of the guest on {guest.where} asks for no such device", evidence=True)
        elif entropy.hwrng_error or not entropy.rng_available:
            seen = entropy.hwrng_error or "no such device"
            yield finding(
                guest,
                f"a guest can read no random numbers of its host: {seen}",
                field=HWRNG,
                expected="a device that can be read",
                seen=seen,
            )
        else:
            yield Open(f"the guest on {guest.where} has a device ({entropy.rng_available[0]}) that it did not read")

    yield from per_guest(probe, Entropy, "whether guests have an entropy device", look)
