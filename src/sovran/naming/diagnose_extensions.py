# SPDX-License-Identifier: Apache-2.0
"""The extensions of a wrong flavor name (hypervisor, nested virtualization, CPU, GPU, Infiniband), for `diagnose`."""

import re
from dataclasses import dataclass

from sovran.naming.cursor import Cursor
from sovran.naming.records import Cpu, Gpu
from sovran.naming.tables import (
    CPU_FREQUENCIES,
    CPU_GENERATIONS,
    CPU_VENDORS,
    GPU_GENERATIONS,
    GPU_KINDS,
    GPU_VENDORS,
    HYPERVISORS,
    HYPERVISORS_SINCE_V3,
    MODIFIERS,
    NEWEST_CPU_GENERATION,
)

_ORDER = ("hypervisor", "hwv", "CPU", "GPU", "ib")
_HIGH = re.compile("h*")
_GPU_GENERATION = re.compile("[0-9.]+|[a-gi-z]")


@dataclass(slots=True)
class Extensions:
    """What was found behind the base of the name."""

    hypervisor: str | None = None
    nested_virt: bool = False
    cpu: Cpu | None = None
    gpu: Gpu | None = None
    infiniband: bool = False


def read_extensions(cursor: Cursor) -> Extensions:
    """Walk to the end of the name; a wrong order is a slip, a repeated extension is not."""
    found = Extensions()
    seen: list[str] = []
    while cursor.here():
        if cursor.here() != cursor.extension:
            cursor.expected(f"'{cursor.extension}' and an extension, or the end of the name")
        start = cursor.at
        cursor.at += 1
        kind = _kind(cursor)
        if kind in seen:
            cursor.stop(f"the {kind} extension stands twice", start)
        later = [other for other in seen if _ORDER.index(other) > _ORDER.index(kind)]
        if later:
            cursor.note(start, f"the {kind} extension stands before the {later[0]} extension")
        seen.append(kind)
        _read(cursor, kind, found)
    return found


def _kind(cursor: Cursor) -> str:
    word = cursor.here(3)
    if word in HYPERVISORS:
        return "hypervisor"
    if word == "hwv":
        return "hwv"
    if word.startswith("ib"):
        return "ib"
    if word[:1] in CPU_VENDORS:
        return "CPU"
    if word[:1] in GPU_KINDS:
        return "GPU"
    return cursor.expected(
        f"an extension (hypervisor {', '.join(HYPERVISORS)}; hwv; CPU {', '.join(CPU_VENDORS)}; GPU G, g; ib)"
    )


def _read(cursor: Cursor, kind: str, found: Extensions) -> None:
    if kind == "hypervisor":
        found.hypervisor = cursor.here(3)
        if found.hypervisor in HYPERVISORS_SINCE_V3 and cursor.version != "v3":
            cursor.stop(f"the hypervisor {found.hypervisor} is not known before naming v3")
        cursor.at += 3
    elif kind == "hwv":
        found.nested_virt = True
        cursor.at += 3
    elif kind == "CPU":
        found.cpu = _cpu(cursor)
    elif kind == "GPU":
        found.gpu = _gpu(cursor)
    else:
        found.infiniband = True
        cursor.at += 2


def _cpu(cursor: Cursor) -> Cpu:
    vendor = cursor.here()
    cursor.at += 1
    start = cursor.at
    digits = cursor.digits()
    generation = digits.lstrip("0") or digits[:1]
    newest = NEWEST_CPU_GENERATION[cursor.version][vendor]
    if generation not in ("", *map(str, range(newest + 1))):
        known = f"0 to {newest}" if newest else "only 0"
        newer = generation in map(str, range(len(CPU_GENERATIONS[vendor])))
        since = f" before naming {'v2' if vendor == 'i' and generation == '4' else 'v3'}" if newer else ""
        cursor.stop(f"{CPU_VENDORS[vendor]} has no such CPU generation{since} (known: {known})", start)
    if digits != generation:
        cursor.note(start, "the CPU generation has a leading zero")
    frequency = _high(cursor, len(CPU_FREQUENCIES))
    if cursor.here() not in ("", cursor.extension):
        what = "h" if digits else "a CPU generation, h"
        options = "" if frequency else f"{what}, "
        cursor.expected(f"{options}'{cursor.extension}' and an extension, or the end of the name")
    return Cpu(vendor, int(generation) if generation else None, frequency)


def _gpu(cursor: Cursor) -> Gpu:
    kind = cursor.here()
    cursor.at += 1
    vendor = cursor.here()
    if vendor not in GPU_VENDORS:
        cursor.expected("GPU vendor N, A or I")
    cursor.at += 1
    start = cursor.at
    generation = cursor.take(_GPU_GENERATION)
    if generation and generation not in GPU_GENERATIONS[vendor]:
        known = ", ".join(GPU_GENERATIONS[vendor])
        cursor.stop(f"{GPU_VENDORS[vendor]} has no such GPU generation (known: {known})", start)
    units = vram = None
    units_freq = vram_bw = None
    if cursor.here() == cursor.part:
        cursor.at += 1
        units = cursor.number("the number of GPU units")
        units_freq = _high(cursor, len(MODIFIERS))
        if cursor.here() == cursor.part:
            cursor.at += 1
            vram = cursor.number("the GPU's video memory in GiB")
            vram_bw = _high(cursor, len(MODIFIERS))
    elif cursor.here() == "h":
        cursor.stop("h stands behind the number of GPU units, which is missing")
    elif cursor.here() not in ("", cursor.extension):
        what = "" if generation else "a GPU generation, "
        cursor.expected(
            f"{what}'{cursor.part}' and the number of GPU units, '{cursor.extension}' and an extension, "
            "or the end of the name"
        )
    return Gpu(kind, vendor, generation or None, units, units_freq, vram, vram_bw)


def _high(cursor: Cursor, most: int) -> str | None:
    """A run of h."""
    start = cursor.at
    letters = cursor.take(_HIGH)
    if len(letters) > most:
        cursor.stop(f"h stands at most {most} times here", start + most)
    return letters or None
