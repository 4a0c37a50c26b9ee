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
