# SPDX-License-Identifier: Apache-2.0
"""Faults of the lab's own internet: its file, before and after a break; its process reads it as soon as it changes."""

import json
from pathlib import Path
from typing import Any, Literal

import msgspec

from sovran.lab.folders import lab_folder, write_private
from sovran.lab.seeds.api import AdminApi
from sovran.model.errors import SovranError

FILE = "internet.json"


class SetInternet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The internet is so; what is not named stays."""

    ports: dict[str, Literal["open", "dropped"]] = {}
    """TCP port, as text, to what becomes of connections to it."""
    validating: bool | None = None
    """Whether the resolver validates DNSSEC."""
    signatures: bool | None = None
    """Whether it gives signatures of signed names."""
    offset: float | None = None
    """Seconds by which the time server is off."""
    gone: tuple[str, ...] = ()
    """Names that no longer exist."""


class InternetState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="internet"):
    """What the internet is like."""

    text: str
    """Of its file."""

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return "the lab's internet"


def resolve_internet(api: AdminApi, action: SetInternet) -> tuple[InternetState, InternetState]:
    """What it is like, and what the action wants.

    Raises:
        SovranError: the lab has none.
    """
    file = _file(api)
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SovranError(
            f"lab {api.lab.name} has no internet of its own: make one with `sovran lab up --guests`"
        ) from None
    return InternetState(text=text), InternetState(text=json.dumps(changed(json.loads(text), action), indent=1) + "\n")


def changed(told: dict[str, Any], action: SetInternet) -> dict[str, Any]:
    """What the file holds, as the action wants it."""
    states = {name: set(told[name]) for name in ("open", "dropped")}
    for port, state in action.ports.items():
        for name, ports in states.items():
            (ports.add if name == state else ports.discard)(int(port))
    resolver, time = dict(told["resolver"]), dict(told["time"])
    if action.validating is not None:
        resolver["validating"] = action.validating
    if action.offset is not None:
        time["offset"] = action.offset
    names = {name: dict(found) for name, found in told["names"].items() if name not in action.gone}
    if action.signatures is False:
        for found in names.values():
            # what is wrongly signed stays so, or it would be fine
            if not found.get("bogus"):
                found.pop("signed", None)
    return {**told, **{name: sorted(ports) for name, ports in states.items()}} | {
        "resolver": resolver,
        "time": time,
        "names": names,
    }


def put_internet(api: AdminApi, state: InternetState) -> None:
    """Let it be so."""
    write_private(_file(api), state.text)


def _file(api: AdminApi) -> Path:
    return lab_folder(api.lab.name) / "etc" / "internet" / FILE
