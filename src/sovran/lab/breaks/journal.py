# SPDX-License-Identifier: Apache-2.0
"""The active breaks of a lab with what undoes them (data/breaks.json), written before anything is broken."""

from pathlib import Path

import msgspec

from sovran.lab.breaks.states import State
from sovran.lab.folders import write_private
from sovran.lab.state import ACTIVE_BREAKS
from sovran.model.errors import SovranError


class Active(msgspec.Struct, frozen=True, kw_only=True):
    """An active break, also one whose making was cut short."""

    id: str
    before: tuple[State, ...]
    """How each object was, in the order of the actions; undone in the reverse order."""


def load(folder: Path) -> list[Active]:
    """The active breaks of the lab in this folder, oldest first.

    Raises:
        SovranError: the file is not one of ours.
    """
    path = folder / "data" / ACTIVE_BREAKS
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Active])
    except FileNotFoundError:
        return []
    except msgspec.DecodeError as error:
        raise SovranError(f"{path} cannot be read ({error}): remove it and run `sovran lab reset`") from None


def save(folder: Path, active: list[Active]) -> None:
    """Write them, whole or not at all; no file is left when there are none."""
    if active:
        write_private(folder / "data" / ACTIVE_BREAKS, msgspec.json.encode(active).decode() + "\n")
    else:
        (folder / "data" / ACTIVE_BREAKS).unlink(missing_ok=True)
