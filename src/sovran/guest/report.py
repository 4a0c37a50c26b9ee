# SPDX-License-Identifier: Apache-2.0
"""The report of one guest: all its records, and what the console showed beside them."""

import msgspec

from sovran.guest import records


class GuestReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What could be read from one guest's console."""

    system: records.System | None = None
    entropy: records.Entropy | None = None
    cpu: records.Cpu | None = None
    memory: records.Memory | None = None
    disks: records.Disks | None = None
    metadata: records.Metadata | None = None
    network: records.Network | None = None
    names: records.Names | None = None
    time: records.Time | None = None
    ports: records.Ports | None = None
    peer: records.Peer | None = None
    end: records.End | None = None
    problems: tuple[str, ...] = ()
    """What could not be read, in sentences fit to print: damaged, cut off, of another run, not of this form."""
    panic: str = ""
    """The kernel's last words, if it panicked."""

    @property
    def complete(self) -> bool:
        """Whether the guest came to its end and every record that it wrote was read."""
        return self.end is not None and all(getattr(self, tag, None) is not None for tag in self.end.records)
