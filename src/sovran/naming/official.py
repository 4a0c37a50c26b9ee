# SPDX-License-Identifier: Apache-2.0
"""The official reading of a flavor name: what the reference suite's SCS-0100 syntax check accepts, and its figures.

Results of the official testcases go to the official monitor, so here its leniency counts, not the text: leading zeros,
`4.`, `.5`, `4.00`, an empty count before x, `3x` without a size, h on a GPU without units, video memory without units,
and one table of generations for all versions; but also its severity: behind a GPU letter everything up to the next
delimiter or h is taken for the generation, so that `_GNa_ib` is refused. Equality with the suite is measured by
`bench/names.py --reference` and kept by the vectors in `tests/naming`.
"""

from dataclasses import dataclass

from sovran.naming.tables import CPU_GENERATIONS, DISK_TYPES, GPU_GENERATIONS, HYPERVISORS, Version

_PREFIX = "SCS-"
_DIGITS = "0123456789"
_MOST_DIGITS = 4300
"""Python refuses to convert more into an integer, which the suite takes for a wrong name."""


@dataclass(frozen=True, slots=True)
class OfficialReading:
    """The figures that the suite's semantics check compares with the flavor."""

    version: Version
    """v3, or v1: tolerated with a warning (v2 differs in nothing from v3 here)."""
    cpus: int
    ram_gib: float
    has_disk: bool
    disk_gb: int | None
    """None: no disk part, or a disk part without a size (`has_disk` tells which; the suite aborts on the latter)."""


class _RefusedError(Exception):
    """The name cannot be read."""


def official_reading(name: str) -> OfficialReading | None:
    """Return what the reference suite reads from `name`, or None where it refuses it or `name` lacks the prefix `SCS-`.

    RAM of more than 308 digits makes the suite itself fail (its float becomes infinite); here such a name is refused.
    Linear in the length of the name.
    """
    if not name.startswith(_PREFIX):
        return None
    for version, part, extension in (("v3", "-", "_"), ("v1", ":", "-")):
        try:
            return _Reader(name, "v1" if version == "v1" else "v3", part, extension).read()
        except _RefusedError:
            continue
    return None


class _Reader:
    """A cursor that takes the components of a name in their fixed order, each if it is there."""

    def __init__(self, name: str, version: Version, part: str, extension: str) -> None:
        self.name = name
        self.version = version
        self.part = part
        self.extension = extension
        self.at = len(_PREFIX)

    def read(self) -> OfficialReading:
        cpus = self.integer(self.run(_DIGITS))
        if not self.take_one("LVTC"):
            raise _RefusedError
        self.take("i")
        if not self.take(self.part):
            raise _RefusedError
        ram = self.ram(self.run(_DIGITS + "."))
        self.take("u")
        self.take("o")
        has_disk = self.take(self.part)
        disk_gb = self.disk() if has_disk else None
        self.hypervisor()
        self.take(f"{self.extension}hwv")
        self.cpu()
        self.gpu()
        self.take(f"{self.extension}ib")
        if self.at != len(self.name):
            raise _RefusedError
        return OfficialReading(self.version, cpus, ram, has_disk, disk_gb)

    # ---- moving

    def take(self, word: str) -> bool:
        found = self.name.startswith(word, self.at)
        self.at += len(word) * found
        return found

    def take_one(self, letters: str) -> str:
        letter = self.name[self.at : self.at + 1]
        if not letter or letter not in letters:
            return ""
        self.at += 1
        return letter

    def run(self, letters: str) -> str:
        start = self.at
        while self.at < len(self.name) and self.name[self.at] in letters:
            self.at += 1
        return self.name[start : self.at]

    # ---- values

    def integer(self, digits: str) -> int:
        """A positive integer, with leading zeros as one likes."""
        if not digits or len(digits) > _MOST_DIGITS or not int(digits):
            raise _RefusedError
        return int(digits)

    def ram(self, text: str) -> float:
        try:
            gib = float(text)
        except ValueError:
            raise _RefusedError from None
        # doubled, since the suite doubles too: the largest floats overflow there
        if gib <= 0 or not (2 * gib).is_integer():
            raise _RefusedError
        return gib

    # ---- optional components

    def disk(self) -> int | None:
        digits = self.run(_DIGITS)
        if self.take("x"):
            if digits:
                self.integer(digits)
            digits = self.run(_DIGITS)
        size = self.integer(digits) if digits else None
        self.take_one("".join(DISK_TYPES))
        return size

    def hypervisor(self) -> None:
        """Cloud Hypervisor is missing from the suite's v1."""
        for hypervisor in HYPERVISORS:
            if (hypervisor != "chy" or self.version != "v1") and self.take(self.extension + hypervisor):
                return

    def cpu(self) -> None:
        """Only taken for a CPU when an extension or the end follows, since Infiniband begins with Intel's letter."""
        start = self.at
        vendor = self.take_one("izar") if self.take(self.extension) else ""
        generation = self.run(_DIGITS)
        frequency = self.run("h")
        if not vendor or not (self.at == len(self.name) or self.name.startswith(self.extension, self.at)):
            self.at = start
            return
        if len(generation) > _MOST_DIGITS or len(frequency) > 3:
            raise _RefusedError
        if generation and int(generation) >= len(CPU_GENERATIONS[vendor]):
            raise _RefusedError

    def gpu(self) -> None:
        start = self.at
        kind = self.take_one("gG") if self.take(self.extension) else ""
        vendor = self.take_one("NAI") if kind else ""
        if not vendor:
            self.at = start
            return
        generation_start = self.at
        while self.at < len(self.name) and self.name[self.at] not in (self.part, "h"):
            self.at += 1
        generation = self.name[generation_start : self.at]
        if generation and generation not in GPU_GENERATIONS[vendor]:
            raise _RefusedError
        for _figure in ("units", "video memory"):
            self.figure()
            if len(self.run("h")) > 2:
                raise _RefusedError

    def figure(self) -> None:
        """A delimiter with digits behind it; a delimiter alone is left where it is."""
        start = self.at
        digits = self.run(_DIGITS) if self.take(self.part) else ""
        if digits:
            self.integer(digits)
        else:
            self.at = start
