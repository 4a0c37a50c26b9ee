# SPDX-License-Identifier: Apache-2.0
"""The operations that the probe of domain managers tries, as its table has them."""

from functools import cache
from importlib import resources
from typing import Any, Literal

import msgspec
import yaml

Persona = Literal["manager", "other", "user", "admin"]


class Shows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a listing must show, or must not show."""

    key: str = msgspec.field(name="in")
    """What wraps the listing."""
    ids: tuple[str, ...]


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request that shows whether an operation was done: a value at a place, or what a listing has or lacks."""

    send: str
    by: Persona = "manager"
    at: tuple[str, ...] = ()
    value: Any = msgspec.field(name="is", default=None)
    key: str = msgspec.field(name="in", default="")
    has: str = ""
    lacks: str = ""


class Operation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row; the head of the table says what each part means."""

    do: str
    target: str
    send: str
    want: Literal["allowed", "denied"]
    claim: str = ""
    by: Persona = "manager"
    body: Any = None
    make: str = ""
    word: str = msgspec.field(name="as", default="")
    ends: str = ""
    shows: Shows | None = None
    proof: Proof | None = None
    own: bool = False
    absent: bool = False
    also: tuple[int, ...] = ()
    prepare: bool = False


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    before: tuple[Operation, ...]
    """Before it is known which roles managers may assign."""
    after: tuple[Operation, ...]
    with_operator: tuple[Operation, ...]
    """What takes an operator, who makes roles and domains to try on."""


@cache
def load() -> Table:
    """The table of this installation."""
    text = resources.files("sovran.probes").joinpath("data/domain_manager.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), Table)
