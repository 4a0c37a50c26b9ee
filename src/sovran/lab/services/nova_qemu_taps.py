# SPDX-License-Identifier: Apache-2.0
"""Taps of guests in the compute host's namespace, and their ports in Open vSwitch's integration bridge."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sovran.lab.guests import places
from sovran.lab.services.nova_qemu_machine import Card

PATIENCE = 10
"""Seconds that Open vSwitch may take for a change."""


class TapError(Exception):
    """A tap or its port could not be made, with what the tool said."""


@dataclass(frozen=True)
class Switch:
    """The integration bridge of a compute host."""

    namespace: str
    database: Path
    """Socket of Open vSwitch's database."""

    def plug(self, cards: Sequence[Card], server: str) -> None:
        """Make taps and ports for the cards of a server (its UUID), from which OVN learns which port is here.

        Raises:
            TapError: one could not be made.
        """
        if not cards:
            return
        there = self.taps()
        for card in cards:
            words = ["ip", "-n", self.namespace, "link", "set", card.tap, "up"]
            if card.tap not in there:
                _run(["ip", "-n", self.namespace, "tuntap", "add", "dev", card.tap, "mode", "tap"])
            _run([*words, "mtu", str(card.mtu)] if card.mtu else words)
        changes: list[str] = []
        for card in cards:
            changes += ["--", "--may-exist", "add-port", places.INTEGRATION, card.tap]
            changes += ["--", "set", "Interface", card.tap, f"external_ids:iface-id={card.port}"]
            changes += [f"external_ids:attached-mac={_quoted(card.address)}", "external_ids:iface-status=active"]
            changes += [f"external_ids:vm-uuid={server}"]
        self._change(changes)

    def unplug(self, taps: Sequence[str]) -> None:
        """Remove ports and taps; those that are not there are fine.

        Raises:
            TapError: one could not be removed.
        """
        if not taps:
            return
        changes: list[str] = []
        for tap in taps:
            changes += ["--", "--if-exists", "del-port", places.INTEGRATION, tap]
        self._change(changes)
        there = self.taps()
        for tap in taps:
            if tap in there:
                _run(["ip", "-n", self.namespace, "link", "del", tap])

    def taps(self) -> set[str]:
        """Names of the taps in the namespace."""
        told = _run(["ip", "-n", self.namespace, "-o", "link", "show"])
        names = (line.split(": ")[1].split("@")[0] for line in told.splitlines())
        return {name for name in names if name.startswith("tap")}

    def _change(self, changes: list[str]) -> None:
        database = f"--db={places.unix(self.database)}"
        _run(["ovs-vsctl", f"--timeout={PATIENCE}", database, *changes])


def _quoted(text: str) -> str:
    return f'"{text}"'


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise TapError(f"there is no {command[0]}") from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise TapError(f"{command[0]} failed: {said[-1] if said else f'exit status {done.returncode}'}")
    return done.stdout
