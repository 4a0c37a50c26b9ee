# SPDX-License-Identifier: Apache-2.0
"""Faults that a service of the lab has built in: which of them is on, before and after a break."""

from pathlib import Path

import msgspec

from sovran.lab.folders import lab_folder, write_private
from sovran.lab.seeds.api import AdminApi
from sovran.lab.state import FAULT_FILE


class SetFault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The service has this fault, one of those that its module in lab/services names."""

    service: str
    """swift, ..."""
    fault: str


class FaultState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="fault"):
    """Which fault is on; empty: none."""

    service: str
    fault: str

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"fault of {self.service}"


def _file(api: AdminApi, service: str) -> Path:
    """Read by the service for every request, so that nothing has to be started again."""
    return lab_folder(api.lab.name) / "etc" / service / FAULT_FILE


def resolve_fault(api: AdminApi, action: SetFault) -> tuple[FaultState, FaultState]:
    """The fault that is on, and the one that the action wants."""
    try:
        now = _file(api, action.service).read_text(encoding="utf-8")
    except FileNotFoundError:
        now = ""
    return FaultState(service=action.service, fault=now), FaultState(service=action.service, fault=action.fault)


def put_fault(api: AdminApi, state: FaultState) -> None:
    """Let the service have this fault, or none."""
    file = _file(api, state.service)
    if state.fault:
        write_private(file, state.fault)
    else:
        file.unlink(missing_ok=True)
