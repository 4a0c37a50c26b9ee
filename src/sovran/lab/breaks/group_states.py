# SPDX-License-Identifier: Apache-2.0
"""Faults of OVN: a rule beside Neutron's, by which whatever comes for a guest passes its security groups."""

import subprocess

import msgspec

from sovran.lab.folders import lab_folder
from sovran.lab.guests import places
from sovran.lab.seeds.api import AdminApi
from sovran.model.errors import SovranError

GROUP = "neutron_pg_drop"
"""Neutron's group of all ports with port security."""
PRIORITY = "3000"
"""Above those of Neutron's own rules."""
MATCH = f"outport == @{GROUP} && ip"
SECONDS = 20


class OpenGroups(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """OVN lets everything pass to guests, whatever their security groups say."""


class GroupsState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="groups"):
    """Whether OVN lets everything pass."""

    open: bool

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return "OVN's rules for security groups"


def resolve_groups(api: AdminApi, _: OpenGroups) -> tuple[GroupsState, GroupsState]:
    """How it is, and how the action wants it.

    Raises:
        SovranError: the lab has no OVN, or it does not answer.
    """
    # Neutron's own rule, which drops, has the same match
    there = f"{PRIORITY} ({MATCH})" in _northbound(api, "acl-list", GROUP)
    return GroupsState(open=there), GroupsState(open=True)


def put_groups(api: AdminApi, state: GroupsState) -> None:
    """Let OVN do so.

    Raises:
        SovranError: it refused.
    """
    if state.open:
        _northbound(api, "--may-exist", "acl-add", GROUP, "to-lport", PRIORITY, MATCH, "allow-related")
    else:
        _northbound(api, "acl-del", GROUP, "to-lport", PRIORITY, MATCH)


def _northbound(api: AdminApi, *command: str) -> str:
    socket = places.northbound(lab_folder(api.lab.name))
    if not socket.exists():
        raise SovranError(f"lab {api.lab.name} has no OVN: make one with `sovran lab up --guests`")
    words = ["ovn-nbctl", f"--db={places.unix(socket)}", f"--timeout={SECONDS}", *command]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SovranError(f"OVN of lab {api.lab.name} refused {command[0]}: {done.stderr.strip()}")
    return done.stdout
