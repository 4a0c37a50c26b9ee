# SPDX-License-Identifier: Apache-2.0
"""Reading many facts at once, each exactly once, within one limit of time."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sovran.cloud.facts import GROWING, PROVIDERS
from sovran.cloud.interrupt import Interrupt
from sovran.cloud.outcome import Outcome, Unreachable
from sovran.cloud.recording import Reader

INTERRUPTED = "interrupted before it could be read"


@dataclass
class Facts:
    """What was read: fact type to outcome."""

    outcomes: dict[type, Outcome[Any]] = field(default_factory=dict)
    interrupted: bool = False
    """True when the user pressed Ctrl-C: what had not arrived by then is Unreachable."""
    late: dict[str, str] = field(default_factory=dict)
    """Names of the facts that had not arrived when the time was up or the user interrupted, with the reason."""


def unread(wanted: Iterable[type], reason: str, *, interrupted: bool = False) -> Facts:
    """Facts of which none could be read, all for one reason."""
    outcomes: dict[type, Outcome[Any]] = {fact: Unreachable(reason) for fact in wanted}
    return Facts(outcomes, interrupted, {fact.__name__: reason for fact in outcomes})


def fetch(
    reader: Reader,
    wanted: Iterable[type],
    *,
    concurrency: int,
    seconds: float,
    interrupt: Interrupt | None = None,
    providers: Mapping[type, Callable[[Reader], Outcome[Any]]] = PROVIDERS,
) -> Facts:
    """Read each fact on a thread of its own, `concurrency` at a time; after `seconds` the rest counts as Unreachable.

    Threads that still wait for an answer then are left behind: they are daemons and end with the process. `interrupt`
    stands for Ctrl-C where this is not called on the main thread.
    """
    facts = unread(wanted, f"no answer within the {max(seconds, 0):.3g} s that were left")
    arrived: queue.SimpleQueue[tuple[type, Outcome[Any]] | None] = queue.SimpleQueue()
    places = threading.BoundedSemaphore(concurrency)

    def read(fact: type) -> None:
        with places:
            try:
                outcome = providers[fact](reader)
            except Exception as error:
                outcome = Unreachable(f"reading {fact.__name__} failed: {type(error).__name__}: {error}")
        arrived.put((fact, outcome))

    if interrupt:
        interrupt.listen(lambda: arrived.put(None))
    deadline = time.monotonic() + seconds
    read_facts: set[type] = set()
    try:
        for fact in dict.fromkeys((*(fact for fact in GROWING if fact in facts.outcomes), *facts.outcomes)):
            threading.Thread(target=read, args=(fact,), name=f"read {fact.__name__}", daemon=True).start()
        for _ in range(len(facts.outcomes)):
            answer = arrived.get(timeout=max(0.0, deadline - time.monotonic()))
            if answer is None:
                facts.interrupted = True
                break
            fact, outcome = answer
            facts.outcomes[fact] = outcome
            read_facts.add(fact)
    except queue.Empty:
        pass
    except KeyboardInterrupt:
        facts.interrupted = True
    if facts.interrupted:
        waiting = facts.outcomes.keys() - read_facts
        facts.outcomes.update(unread(waiting, INTERRUPTED).outcomes)
    facts.late = {
        fact.__name__: outcome.reason
        for fact, outcome in facts.outcomes.items()
        if fact not in read_facts and isinstance(outcome, Unreachable)
    }
    return facts
