# SPDX-License-Identifier: Apache-2.0
"""Probe: servers are booted, and tell over their consoles what a virtual machine of this cloud sees."""

from functools import partial
from typing import TYPE_CHECKING

from sovran.cloud.outcome import Absent, Failure, Ok, Outcome, Unreachable
from sovran.model.printable import printable
from sovran.probes.guest import GuestProbe
from sovran.probes.guests.order import Order
from sovran.probes.probe import Plan, Probe, Stage

if TYPE_CHECKING:
    # every check imports this module, and few boot guests
    from sovran.probes.guests.choice import Choice
    from sovran.probes.guests.fitting import Fitted
    from sovran.probes.guests.networks import Ground

DEFAULT = Order()


def plan(stage: Stage) -> Plan | Failure:
    """A server of sovran's own image, one of the image that the official suite would take and a neighbour, each of the
    smallest flavor that fits, for some seconds up to minutes; the image, a security group, and a network with a router
    where the project has none that fits.
    """
    return plan_for(DEFAULT, stage)


def plan_for(order: Order, stage: Stage) -> Plan | Failure:
    """As `plan`, for what an order asks. Raises UsageError for what this cloud does not have."""
    prepared = _prepare(order, stage)
    if not isinstance(prepared, tuple):
        return prepared
    choice, ground, fitted = prepared
    left_out = (f"no {role} guest: {reason}" for role, reason in choice.left_out.items())
    where = f"network {printable(ground.existing.name, 80)}" if ground.existing else "a network of its own"
    return Plan(fitted.needs(choice, ground), (*choice.notes, f"{where}: {ground.why}", *left_out))


def run(stage: Stage) -> Outcome[GuestProbe]:
    """Compute, network, image and block storage APIs; what guests see is read from their consoles."""
    return run_for(DEFAULT, stage)


def run_for(order: Order, stage: Stage) -> Outcome[GuestProbe]:
    """As `run`, for what an order asks."""
    from sovran.probes.guests.session import Session

    prepared = _prepare(order, stage)
    if not isinstance(prepared, tuple):
        return prepared
    choice, ground, fitted = prepared
    choice.notes.append(f"network: {ground.why}")
    return Ok(Session(stage.actor, order, choice, ground, fitted).run())


def guest_probe(order: Order) -> Probe:
    """The probe for an order."""
    return Probe("guest", GuestProbe, partial(plan_for, order), partial(run_for, order))


def _prepare(order: Order, stage: Stage) -> "tuple[Choice, Ground, Fitted] | Failure":
    """What is going to be booted, and where; it only reads."""
    # a replay of what a probe saw shall not load what talks to clouds
    from sovran.probes.guests import networks
    from sovran.probes.guests.choice import choose, offer
    from sovran.probes.guests.fitting import candidates, leave_out
    from sovran.probes.quota import Gate, quota_left, units

    for service in ("compute", "network", "image"):
        if not stage.has(service):
            return Absent(f"the catalog has no {service} service")
    offered = offer(stage)
    if isinstance(offered, Failure):
        return offered
    choice = choose(stage, order, offered)
    if not choice.guests:
        return Unreachable(next(iter(choice.left_out.values()), "no guest was asked for"))
    ground = networks.choose(stage.actor, order.network)
    several = list(candidates(choice))
    gate = Gate(quota_left(stage.actor, units(several[0].needs(choice, ground))))
    lacking = gate.lacking(several[0].needs(choice, ground))
    fitted = next((one for one in several if not gate.lacking(one.needs(choice, ground))), None)
    # where not even the least has room, the preview tells of what it lacks
    if fitted:
        leave_out(choice, fitted, lacking)
    return choice, ground, fitted or several[-1]


GUEST = Probe("guest", GuestProbe, plan, run)
