# SPDX-License-Identifier: Apache-2.0
"""What guests told: which of them, where it was measured, and why others told nothing.

What is measured holds for the host, zone, flavor and image on which it was measured; each guest that told something is
named with these as evidence.
"""

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sovran.cloud.outcome import NotRun, Ok, Outcome
from sovran.guest.records import Record
from sovran.model.finding import Examined, Finding, NotTried, Resource, Undecided, Weight
from sovran.probes.guest import FURTHER, OWN, GuestProbe, TriedGuest
from sovran.rules.registry import Answer

JUDGED = (OWN, FURTHER)
"""Roles of the guests that decide what is seen from inside."""
NO_GUESTS: Outcome[GuestProbe] = NotRun("takes the probe guest, which nothing else asked for")
"""For rules to which guests only add something."""
R = TypeVar("R", bound=Record)
T = TypeVar("T")


@dataclass(frozen=True)
class Open:
    """What a guest left open, and why."""

    reason: str
    evidence: bool = False
    """True: no guest would ever tell; it takes written evidence, or a guest that nobody asked for."""


Look = Callable[[TriedGuest, R], Iterator[Finding | Open]]
"""What one guest's record shows; nothing: it was seen to be right."""


def resource(guest: TriedGuest) -> Resource:
    """The guest, by where and when it was measured."""
    return Resource("guest", guest.where, guest.id)


def finding(
    guest: TriedGuest, message: str, *, field: str, expected: str, seen: str, weight: Weight = Weight.VIOLATION
) -> Finding:
    """What is wrong with a guest, or worth knowing of it; `message` is a clause that the guest is added to."""
    return Finding(
        message=f"{message} (guest on {guest.where})",
        resource=resource(guest),
        field=field,
        expected=expected,
        seen=seen,
        weight=weight,
    )


def note(guest: TriedGuest, message: str, *, field: str, seen: str) -> Finding:
    """A measured figure, which decides nothing by itself."""
    return finding(guest, message, field=field, expected="", seen=seen, weight=Weight.NOTE)


def seen_by(probe: Outcome[GuestProbe], about: str) -> GuestProbe:
    """What guests saw; `about` begins with `whether`.

    Raises NotTried where no probe acted, Undecided where it could not, or where servers are no machines.
    """
    if isinstance(probe, NotRun):
        raise NotTried(f"{about} {probe.reason}")
    if not isinstance(probe, Ok):
        raise Undecided(probe.reason)
    if probe.value.unreal:
        raise Undecided(probe.value.unreal)
    return probe.value


def value_of(outcome: Outcome[T]) -> T:
    """What was read; raises Undecided where it was not."""
    if isinstance(outcome, Ok):
        return outcome.value
    raise Undecided(outcome.reason)


def record_of(guest: TriedGuest, kind: type[R]) -> R | None:
    """The guest's record of this kind; None: it told none."""
    found = getattr(guest.report, str(kind.__struct_config__.tag), None)
    return found if isinstance(found, kind) else None


def address_of(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address that a guest told, without its zone; None: it is none."""
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def silence(guest: TriedGuest, tag: str) -> str:
    """Why a guest told no record of this tag; empty: it was not asked for it. A part that takes too long is left out
    of a report that is whole otherwise.
    """
    if guest.report is not None and guest.report.complete:
        end = guest.report.end
        problems = [one for one in end.problems if one.startswith(tag)] if end else []
        said = problems[0] if problems else "no reason was given"
        return f"the guest on {guest.where} did not tell {tag}: {said}" if tag in guest.asked else ""
    panic = guest.report.panic if guest.report is not None else ""
    said = f"its kernel panicked: {panic}" if panic else guest.problem
    return f"the guest on {guest.where} did not tell: {said}"


def per_guest(probe: Outcome[GuestProbe], kind: type[R], about: str, look: Look[R]) -> Answer:
    """What `look` finds on each guest that told the record; undecided for what it, or a silent guest, leaves open.

    Raises NotTried and Undecided as `seen_by`, and where no guest told anything.
    """
    whole = seen_by(probe, about)
    left: list[Open] = []
    told = 0
    for guest in whole.of(*JUDGED):
        record = record_of(guest, kind)
        if record is None:
            why = silence(guest, str(kind.__struct_config__.tag))
            left += [Open(why)] if why else []
            continue
        told += 1
        yield Examined(resource(guest))
        for one in look(guest, record):
            if isinstance(one, Open):
                left.append(one)
            else:
                yield one
    if not told and not left:
        # without a guest, the probe tells why; with some, they were asked for other things
        why = "" if whole.of(*JUDGED) else whole.left_out.get(OWN, "") or whole.problem
        left.append(Open(why) if why else Open(f"{about}: no guest was asked for it", evidence=True))
    conclude(left)


def conclude(left: list[Open]) -> None:
    """Raise for what was left open: Undecided, or NotTried where no guest would tell it."""
    unclear = [one.reason for one in left if not one.evidence]
    if unclear:
        raise Undecided("; ".join(dict.fromkeys(unclear)))
    if left:
        raise NotTried("; ".join(dict.fromkeys(one.reason for one in left)))
