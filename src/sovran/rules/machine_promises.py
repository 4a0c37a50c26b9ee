# SPDX-License-Identifier: Apache-2.0
"""What a flavor's name promises (SCS-0100), against the machine that a guest of the flavor really had."""

from collections.abc import Callable, Iterator

from sovran.cloud.outcome import Ok, Outcome
from sovran.guest.records import Cpu, System
from sovran.model.finding import Examined, Finding
from sovran.naming.flavor_name import check, claims_grammar
from sovran.naming.promise import MIB_PER_GIB
from sovran.naming.records import FlavorName
from sovran.probes.guest import CANONICAL, FURTHER, OWN, GuestProbe, TriedGuest
from sovran.rules.guest_evidence import Open, finding, record_of, resource
from sovran.rules.machine_figures import GB, Lack, lacking_cpus, lacking_disks, lacking_ram

MACHINES = {None: "x86_64", "i": "x86_64", "z": "x86_64", "a": "aarch64", "r": "riscv64"}
"""Vendor letter to the machine that it promises; none stands for a generic x86-64 CPU."""
VENDORS = {"i": ("GenuineIntel",), "z": ("AuthenticAMD", "HygonGenuine")}
"""Vendor letter to what CPUs of it call themselves."""
HYPERVISORS = {"kvm": ("kvm",), "chy": ("kvm",), "xen": ("xen",), "vmw": ("vmware",), "hyv": ("microsoft", "hyper-v")}
"""Letters of the hypervisor to words of which its own name has one; Cloud Hypervisor calls itself KVM."""
OTHERS = ("kvm", "xen", "vmware", "microsoft", "hyper-v", "tcg", "virtualbox", "parallels", "bhyve")
"""Words by which a hypervisor is known; what else a machine calls itself, as `QEMU`, tells none."""
DEDICATED = ("C", "T")
STEAL_PERCENT, STEAL_SECONDS = 10.0, 1.0
"""A CPU that is dedicated does not wait for others so long of its time, measured under load for so long at least."""

Comparison = Callable[[TriedGuest, FlavorName], Iterator[Lack | Open]]


def against_names(probe: Outcome[GuestProbe], compare: Comparison) -> Iterator[Finding | Examined]:
    """A finding for each promise of a flavor's name that a guest of it contradicts. What guests leave open, and flavors
    of which none was started, are left to what else is known.
    """
    if not isinstance(probe, Ok) or probe.value.unreal:
        return
    for guest in probe.value.of(OWN, CANONICAL, FURTHER):
        name = check(guest.flavor.name).parsed if claims_grammar(guest.flavor.name) else None
        if name is None or guest.report is None:
            continue
        yield Examined(resource(guest))
        for lack in compare(guest, name):
            if isinstance(lack, Lack):
                said = f"{lack.field} {lack.promised}, and its machine has {lack.there}"
                yield finding(
                    guest,
                    f"flavor {guest.flavor.name} promises {said}",
                    field=lack.field,
                    expected=lack.promised,
                    seen=lack.there,
                )


def lacking_sizes(guest: TriedGuest, name: FlavorName) -> Iterator[Lack | Open]:
    """Fewer vCPUs, less RAM or a smaller root disk than the name promises (0100-02)."""
    yield from lacking_cpus(guest, name.cpus)
    yield from lacking_ram(guest, int(name.ram_gib * MIB_PER_GIB))
    size = name.disk.size_gb if name.disk else None
    yield from lacking_disks(guest, (size or 0) * GB, 0, GB)


def contradicted_kinds(guest: TriedGuest, name: FlavorName) -> Iterator[Lack | Open]:
    """Another machine, CPU vendor or hypervisor than the name promises, dedicated CPUs that wait for others, or further
    disks that are not there (0100-03). Generation, frequency and the kind of disk a guest cannot contradict:
    hypervisors mask models, CPUs clock as they like, and every virtio disk calls itself rotational.
    """
    system, cpu = record_of(guest, System), record_of(guest, Cpu)
    letter = name.cpu.vendor if name.cpu else None
    if system is not None and system.machine and system.machine != MACHINES[letter]:
        yield Lack("architecture", MACHINES[letter], system.machine)
    if cpu is not None:
        yield from _processor(cpu, name, letter)
    if name.disk and name.disk.size_gb and name.disk.count > 1:
        yield from lacking_disks(guest, 0, (name.disk.count - 1) * name.disk.size_gb * GB, GB)


def _processor(cpu: Cpu, name: FlavorName, letter: str | None) -> Iterator[Lack]:
    if letter in VENDORS and cpu.vendor and cpu.vendor not in VENDORS[letter]:
        yield Lack("CPU vendor", VENDORS[letter][0], cpu.vendor)
    words = HYPERVISORS.get(name.hypervisor or "", ())
    there = [word for word in OTHERS if word in cpu.hypervisor.lower()]
    if words and there and not set(words) & set(there):
        yield Lack("hypervisor", name.hypervisor or "", cpu.hypervisor)
    if name.hypervisor == "bms" and "hypervisor" in cpu.flags:
        yield Lack("hypervisor", "bare metal", cpu.hypervisor or "a virtual machine")
    long_enough = (cpu.load_seconds or 0.0) >= STEAL_SECONDS
    if name.cpu_type in DEDICATED and long_enough and (cpu.steal_percent or 0.0) > STEAL_PERCENT:
        yield Lack("CPU class", "dedicated", f"{cpu.steal_percent:.0f} % of its time taken by others under load")
