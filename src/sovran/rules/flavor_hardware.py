# SPDX-License-Identifier: Apache-2.0
"""What Nova's own extra_specs say about the CPUs and devices of a flavor, against what its name promises (SCS-0100)."""

import re
from collections.abc import Iterator

from sovran.naming.records import FlavorName

Contradiction = tuple[str, str, str]
"""Field, what is promised, what the extra_specs say."""

POLICY = "hw:cpu_policy"
THREADS = "hw:cpu_thread_policy"
DEDICATED = ("dedicated-thread", "dedicated-core")
QUOTA, PERIOD = "quota:cpu_quota", "quota:cpu_period"
USUAL_PERIOD = 100_000
"""Microseconds: what the kernel takes for QUOTA's period where the flavor gives none."""
LEAST_SHARE = 0.2
"""Share of a core that every vCPU but a crowded one has (SCS-0100, CPU Suffixes)."""

PASS_THROUGH = re.compile(r"pci_passthrough:alias|accel:device_profile|resources\w*:(PGPU|CUSTOM_\w+)")
VIRTUAL = re.compile(r"resources\w*:VGPU")
OTHER_DRIVERS = ("vmware:", "hyperv:", "os:", "zvm:", "trait:CUSTOM", "aggregate_instance_extra_specs:")
"""Beginnings of extra_specs by which other drivers, or the hosts that they choose, may bring a GPU."""


def contradicted_policy(promised: str, keys: dict[str, str]) -> Iterator[Contradiction]:
    """Nova's CPU policy where it contradicts a value of `scs:cpu-type`.

    Shared or partly shared CPUs are no dedicated ones; with the thread policy `require` each vCPU is a thread.
    A better policy than promised, and none at all (the hosts may not be oversubscribed), contradict nothing.
    """
    policy = keys.get(POLICY, "").strip()
    if promised in DEDICATED and policy in ("shared", "mixed"):
        yield POLICY, promised, policy
    if promised == "dedicated-core" and policy == "dedicated" and keys.get(THREADS, "").strip() == "require":
        yield THREADS, promised, "require"


def crowding_quota(keys: dict[str, str]) -> str:
    """The CPU quota that holds each vCPU below LEAST_SHARE of a core, in words; empty when none does."""
    try:
        quota, period = int(keys.get(QUOTA, "-1")), int(keys.get(PERIOD, str(USUAL_PERIOD)))
    except ValueError:
        return ""
    if quota <= 0 or period <= 0 or quota / period >= LEAST_SHARE:
        return ""
    return f"{quota} of {period} µs"


def contradicted_gpu(name: FlavorName, keys: dict[str, str]) -> Iterator[Contradiction]:
    """The extra_specs where they attach no GPU, or a virtual one in place of one passed through.

    Nova attaches devices to servers on KVM by extra_specs only. Bare metal has them anyway, and of other drivers
    nothing is known.
    """
    if name.gpu is None or name.hypervisor not in (None, "kvm"):
        return
    given = [key for key, value in keys.items() if value.strip() not in ("", "0")]
    if any(PASS_THROUGH.fullmatch(key) or key.startswith(OTHER_DRIVERS) for key in given):
        return
    virtual = next((key for key in given if VIRTUAL.fullmatch(key)), "")
    if not virtual:
        yield "pci_passthrough:alias", "a GPU", "nothing that attaches one"
    elif name.gpu.kind == "G":
        yield virtual, "a GPU passed through", "a virtual one"
