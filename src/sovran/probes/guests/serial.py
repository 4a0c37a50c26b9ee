# SPDX-License-Identifier: Apache-2.0
"""The console of one server, read through the compute API again and again: all that it showed, whatever is cut off."""

from typing import TYPE_CHECKING

from sovran.cloud.acting.answer import Answer
from sovran.probes.steps import CannotTell

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor

MOST = 4 * 1024 * 1024
"""Characters that are kept, the last ones."""
KNOWN = 400
"""Characters by which the place is known again at which an answer goes on."""
CLOSED = (400, 401, 403, 405, 501)
"""Statuses that do not change: the API, or this user, has no console. 404 and 409 may mean: not yet."""
PRETENDED = "FAKE CONSOLE OUTPUT\nANOTHER\nLAST LINE"
"""What Nova's fake driver, which runs no machines, tells of every server."""


class Serial:
    """What one server's console showed."""

    def __init__(self, actor: "Actor", server: str) -> None:
        """Nothing is asked yet; `server` is an id."""
        self._actor = actor
        self._path = f"/servers/{server}/action"
        self.text = ""
        """All of it, as far as it is known."""
        self.told = False
        """Whether the API gave it, be it empty."""
        self.refusal: Answer | None = None
        """The last answer, where it was none."""

    def look(self) -> bool:
        """Ask once; whether there is something new.

        Raises CannotTell where this user is not given it at all, Stopped when the run is over.
        """
        # without a length, which is one of lines: all that there is
        answer = self._actor.call("POST", "compute", self._path, {"os-getConsoleOutput": {}})
        self.refusal = None if answer.ok else answer
        if answer.status in CLOSED:
            raise CannotTell(f"the console cannot be read: {answer.said}")
        if not answer.ok:
            return False
        output = answer.at("output")
        if output is not None and not isinstance(output, str):
            raise CannotTell("the console cannot be read: compute answered with something other than its output")
        self.told = True
        seen = self.text
        self.text = joined(seen, output or "")[-MOST:]
        return self.text != seen

    @property
    def pretended(self) -> bool:
        """Whether it is the text of a driver that runs no machines."""
        return self.text.strip() == PRETENDED


def joined(seen: str, now: str) -> str:
    """What was seen before and what is shown now, as one text: services keep only the last part of a long one, and
    begin anew when a server starts anew.
    """
    if not seen or now.startswith(seen):
        return now or seen
    if not now or seen.endswith(now):
        return seen
    tail = seen[-KNOWN:]
    place = now.rfind(tail)
    if place >= 0:
        return seen + now[place + len(tail) :]
    return f"{seen}\n{now}"
