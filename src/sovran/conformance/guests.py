# SPDX-License-Identifier: Apache-2.0
"""The probe of guests on one cloud by itself, without a question to decide: what was booted and what it reported."""

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from sovran.cloud.outcome import Ok
from sovran.conformance.approach import approach
from sovran.conformance.probing import Probing
from sovran.model.errors import ExitCode, SovranError
from sovran.model.probe_run import ProbeRun
from sovran.probes.guest import PEER, GuestProbe
from sovran.probes.guests.order import Order
from sovran.probes.guests.probe import guest_probe

if TYPE_CHECKING:
    from sovran.cloud.config.cloud_config import CloudConfig

READING = 60.0
"""Seconds for signing in, and for what is read before anything is made."""
CONCURRENCY = 32
"""Requests at a time: six guests are watched together."""


class GuestRun(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of it."""

    cloud: str
    began: datetime.datetime
    probe: GuestProbe = GuestProbe()
    reason: str = ""
    """Why nothing was booted; empty: it was."""
    run: ProbeRun
    interrupted: bool = False

    @property
    def code(self) -> ExitCode:
        """OK when every guest that was asked for told all that it was asked for, and nothing is left."""
        judged = [guest for guest in self.probe.guests if guest.role != PEER]
        told = all(not guest.problem and not guest.missing for guest in judged)
        whole = judged and told and not self.probe.left_out
        sound = whole and not self.reason and not self.interrupted and not self.run.left
        return ExitCode.OK if sound else ExitCode.UNDECIDED


def probe_guests(
    config: "CloudConfig", order: Order, *, seconds: float, project: str = "", tell: Callable[[str], None]
) -> GuestRun:
    """Boot what the order asks for on a cloud, and delete it again; `tell` hears what is going to be made.

    Raises UsageError for what the cloud does not have, and SovranError where it does not let us in.
    """
    from sovran.cloud.live import LiveReader
    from sovran.probes.run import run_probes

    near = approach(config, concurrency=CONCURRENCY, seconds=READING, allow_admin=True)
    if near.obstacle or near.connection is None:
        raise SovranError(near.obstacle)
    began = datetime.datetime.now(datetime.UTC)
    with near.connection as connection:
        acting = Probing(seconds, project=project, tell=tell).acting(connection)
        reader = LiveReader(connection, seconds=READING)
        probe = guest_probe(order)
        probed = run_probes(acting, connection, reader, [GuestProbe], probes_of={GuestProbe: probe})
    outcome = probed.outcomes[GuestProbe]
    return GuestRun(
        cloud=config.name,
        began=began,
        probe=outcome.value if isinstance(outcome, Ok) else GuestProbe(),
        reason="" if isinstance(outcome, Ok) else outcome.reason,
        run=next(iter(probed.runs), ProbeRun(name=probe.name)),
        interrupted=probed.interrupted,
    )
