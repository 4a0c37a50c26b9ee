# SPDX-License-Identifier: Apache-2.0
"""What a lab remembers of its seeding (data/seed.json), so that a later seeding can undo it."""

from pathlib import Path

import msgspec

from sovran.lab.folders import write_private
from sovran.lab.seeds.catalog import CatalogState
from sovran.model.errors import SovranError

FILE = "data/seed.json"


class Record(msgspec.Struct, kw_only=True):
    """The profile of a lab, and how each object of the catalog was before the profile changed it."""

    profile: str = "bare"
    count: int | None = None
    catalog_before: list[CatalogState] = []
    """In the order of the changes; undone in the reverse order."""


def load(folder: Path) -> Record:
    """The record of a lab; a lab that was never seeded has the profile `bare`.

    Raises:
        SovranError: the file is not one of ours.
    """
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Record)
    except FileNotFoundError:
        return Record()
    except msgspec.DecodeError as error:
        raise SovranError(f"{path} cannot be read ({error}): remove it and run `sovran lab reset`") from None


def save(folder: Path, record: Record) -> None:
    """Write the record."""
    write_private(folder / FILE, msgspec.json.encode(record).decode() + "\n")
