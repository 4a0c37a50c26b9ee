# SPDX-License-Identifier: Apache-2.0
"""Which fault a service shall have: the name in its file `fault`, read when it matters."""

from pathlib import Path

from sovran.lab.services.place import Place


class Faults:
    """The faults of one service."""

    def __init__(self, place: Place, service: str) -> None:
        self._file: Path = place.config(service, "fault")

    @property
    def on(self) -> str:
        """Name of the fault that is on; empty: none."""
        try:
            return self._file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""


_of_cinder: list[Faults] = []


def tell_cinder(place: Place) -> None:
    """Where the drivers of the block storage service, which get no place, find their fault."""
    _of_cinder[:] = [Faults(place, "cinder")]


def cinder_fault() -> str:
    """The fault of the block storage service that is on; empty: none."""
    return _of_cinder[0].on if _of_cinder else ""
