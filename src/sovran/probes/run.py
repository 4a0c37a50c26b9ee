# SPDX-License-Identifier: Apache-2.0
"""Lets probes act on one cloud, side by side where quotas allow, and cleans up after each."""

import datetime
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sovran.cloud.acting.actor import Actor
from sovran.cloud.acting.answer import ActingFailed, Stopped
from sovran.cloud.acting.ledger import Head, Ledger
from sovran.cloud.acting.marker import new_run
from sovran.cloud.acting.removal import remove_intents
from sovran.cloud.at_once import at_once
from sovran.cloud.interrupt import Interrupt
from sovran.cloud.live import LiveReader
from sovran.cloud.outcome import Failure, NotRun, Outcome, Unreachable
from sovran.cloud.session import Connection
from sovran.model.errors import SovranError, UsageError
from sovran.model.probe_run import ProbeRun
from sovran.probes.preview import Planned, preview
from sovran.probes.probe import Need, Plan, Probe, Stage
from sovran.probes.quota import Gate, quota_left, units
from sovran.probes.registry import BY_FACT, not_run, subject, unwanted

CLEANUP_SECONDS = 300.0
"""For deleting what one probe made; what is left then is for `sovran cleanup`."""

LOOK_UP = 0.2
"""Seconds of one wait: a signal that the system gives to another thread does not end it."""
CLEANING = "interrupted: deleting what the probes made; Ctrl-C again leaves that to `sovran cleanup`"


@dataclass(frozen=True)
class Acting:
    """How probes may act."""

    seconds: float = 900.0
    """For all probes of a cloud, without their cleanup."""
    only: frozenset[str] = frozenset()
    """Names of the probes that may act; empty: all but those that are opted in to."""
    personas: Mapping[str, Sequence[Connection]] = field(default_factory=dict)
    """Connections of other users of the same cloud, by the name of their role in the run."""
    acts_as: Connection | None = None
    """The judged user in another project; None: in the judged one."""
    in_project: str = ""
    """Name of that other project, as clouds.yaml may take it."""
    tell: Callable[[str], None] = lambda _: None
    """Is told what is going to be made, in sentences, before the first request that makes something."""


@dataclass
class Probed:
    """What came of the probes."""

    outcomes: dict[type, Outcome[Any]]
    runs: tuple[ProbeRun, ...] = ()
    interrupted: bool = False
    requests: int = 0
    """How many were sent as others than the judged user in the judged project."""


@dataclass
class _Turn:
    """One probe on its stage."""

    probe: Probe
    stage: Stage
    needs: tuple[Need, ...] = ()
    notes: tuple[str, ...] = ()
    outcome: Outcome[Any] | None = None
    begun: bool = False
    over: threading.Event = field(default_factory=threading.Event)
    """Set when its cleanup has ended, too."""
    seconds: float = 0.0
    left: tuple[str, ...] = ()
    lacking: str = ""
    """What of it the quotas do not allow, in words."""

    @property
    def actors(self) -> tuple[Actor, ...]:
        return (self.stage.actor, *(actor for several in self.stage.personas.values() for actor in several))


def run_probes(
    acting: Acting,
    connection: Connection,
    reader: LiveReader,
    wanted: Iterable[type],
    *,
    interrupt: Interrupt | None = None,
    probes_of: Mapping[type, Probe] = BY_FACT,
) -> Probed:
    """Let the probes of the wanted facts act; `reader` is what the run read with, and records what they see.
    `probes_of`: fact to the probe that gives it.

    Each ends with its cleanup. After Ctrl-C nothing is begun but the cleanup; a second one, which ends the process,
    leaves that to `sovran cleanup`. Raises UsageError where a plan asks for what the cloud does not have.
    """
    probes = [probes_of[fact] for fact in wanted if fact in probes_of]
    probed = Probed({})
    chosen = []
    for probe in probes:
        if reason := unwanted(probe, acting.only):
            probed.outcomes[probe.fact] = _recorded(reader, probe, not_run(probe, reason))
        else:
            chosen.append(probe)
    if not chosen:
        return probed
    try:
        ledger = Ledger.begin(_head(acting, connection))
    except SovranError as error:
        probed.outcomes |= {probe.fact: _recorded(reader, probe, Unreachable(str(error))) for probe in chosen}
        probed.runs = tuple(ProbeRun(name=probe.name, reason=str(error)) for probe in chosen)
        return probed
    try:
        turns = [_Turn(probe, _stage(acting, connection, reader, ledger)) for probe in chosen]
        probed.interrupted = _take_turns(turns, acting, interrupt)
        for turn in turns:
            outcome = turn.outcome or Unreachable("interrupted before the probe had ended")
            probed.outcomes[turn.probe.fact] = _recorded(reader, turn.probe, outcome)
        probed.runs = tuple(_told(turn) for turn in turns)
        others = {one for turn in turns for actor in turn.actors for one in actor.connections} - {connection}
        probed.requests = sum(one.requests_sent for one in others)
    finally:
        ledger.close()
    return probed


def _recorded(reader: LiveReader, probe: Probe, outcome: Outcome[Any]) -> Outcome[Any]:
    return reader.recorder.observe(probe.fact, subject(probe), lambda: outcome)


def _head(acting: Acting, connection: Connection) -> Head:
    connection = acting.acts_as or connection
    now = datetime.datetime.now(datetime.UTC)
    return Head(
        run=new_run(now),
        cloud=connection.config.name,
        auth_url=connection.config.auth_url,
        project=connection.access.project_id or "",
        began=now,
        user=connection.access.user_id or "",
        region=connection.config.region_name or "",
        in_project=acting.in_project,
    )


def _stage(acting: Acting, connection: Connection, reader: LiveReader, ledger: Ledger) -> Stage:
    """A stage of its own for each probe, so that each cleans up after itself."""

    def actor(whose: Connection, persona: str = "") -> Actor:
        places = LiveReader(whose, seconds=acting.seconds)
        return Actor(whose, places, ledger, seconds=acting.seconds, persona=persona)

    personas = {
        role: tuple(actor(one, one.config.name) for one in several) for role, several in acting.personas.items()
    }
    return Stage(reader, actor(acting.acts_as or connection), personas)


def _take_turns(turns: list[_Turn], acting: Acting, interrupt: Interrupt | None) -> bool:
    """Plan, tell, act; True when the user interrupted."""
    if interrupt:
        interrupt.listen(lambda: _stop(turns))
    at_once({turn.probe.name: partial(_plan, turn) for turn in turns})
    planned = [turn for turn in turns if turn.outcome is None]
    gate = Gate(_quota_left(planned))
    for turn in planned:
        turn.lacking = gate.lacking(turn.needs)
        if turn.lacking:
            turn.outcome = Unreachable(
                f"the probe {turn.probe.name} {turn.lacking}: free some, raise the quota, or name a project that has "
                "room by `--project`"
            )
    ready = [turn for turn in planned if turn.outcome is None]
    if planned:
        actor = planned[0].stage.actor
        acting.tell(preview(_cloud(actor), _project(actor), map(_planned, planned), gate.left))
    return _run(ready, gate, turns, acting.tell) or bool(interrupt and interrupt.happened)


def _plan(turn: _Turn) -> None:
    try:
        plan = turn.probe.plan(turn.stage)
    except UsageError:
        # nothing was made yet, and the user can correct it
        raise
    except (ActingFailed, SovranError) as error:
        plan = Unreachable(str(error))
    if isinstance(plan, tuple):
        turn.needs = plan
    elif isinstance(plan, Plan):
        turn.needs, turn.notes = plan.needs, plan.notes
    else:
        turn.outcome = not_run(turn.probe, plan.reason) if isinstance(plan, NotRun) else plan


def _quota_left(planned: list[_Turn]) -> dict[str, int]:
    """What is left of the quotas that matter; what cannot be read is not known to be limited."""
    wanted: Counter[str] = Counter()
    for turn in planned:
        wanted += units(turn.needs)
    try:
        return quota_left(planned[0].stage.actor, wanted) if wanted else {}
    except Stopped:
        return {}


def _planned(turn: _Turn) -> Planned:
    where = turn.probe.where(turn.stage) if turn.probe.where else ""
    return Planned(turn.probe.name, turn.needs, turn.lacking, where, turn.notes)


def _cloud(actor: Actor) -> str:
    config = actor.connection.config
    return f"cloud {config.name}" + (f", region {config.region_name}" if config.region_name else "")


def _project(actor: Actor) -> str:
    return f"project {actor.connection.access.project_name or actor.project or 'none'}"


def _act(turn: _Turn, gate: Gate) -> None:
    try:
        with gate.admitted(turn.needs):
            began = time.monotonic()
            turn.begun = True
            turn.outcome = _outcome(turn)
            turn.left = tuple(_clean_up(turn))
            turn.seconds = round(time.monotonic() - began, 3)
    finally:
        turn.over.set()


def _outcome(turn: _Turn) -> Outcome[Any]:
    try:
        return turn.probe.run(turn.stage)
    except (ActingFailed, SovranError) as error:
        return Unreachable(f"the probe {turn.probe.name} could not go on: {error}")
    except Exception as error:
        return Unreachable(f"sovran's own probe {turn.probe.name} failed: {type(error).__name__}: {error}")


def _clean_up(turn: _Turn) -> Iterator[str]:
    """Delete what it made; what is left, with the reasons."""
    for actor in reversed(turn.actors):
        try:
            yield from map(str, remove_intents(actor, actor.open, actor.ledger.gone, seconds=CLEANUP_SECONDS))
        except Exception as error:
            yield f"the cleanup failed: {type(error).__name__}: {error}"


def _stop(turns: list[_Turn]) -> None:
    for turn in turns:
        for actor in turn.actors:
            actor.stop()


def _run(turns: list[_Turn], gate: Gate, everybody: list[_Turn], tell: Callable[[str], None]) -> bool:
    """Let all of them act, side by side; True when the user interrupted: once, since the next ends the process."""
    threads = {turn.probe.name: threading.Thread(target=_act, args=(turn, gate), daemon=True) for turn in turns}
    waiting = iter(threads.values())
    interrupted = False
    while True:
        try:
            # Ctrl-C may come between two of them: each is started once, and then finds that the run is over
            for thread in waiting:
                thread.start()
            # not joined: an interrupted join of Python 3.11 takes the thread for ended
            while any(threads[turn.probe.name].ident and not turn.over.wait(LOOK_UP) for turn in turns):
                pass
        except KeyboardInterrupt:
            interrupted = True
            _stop(everybody)
            tell(CLEANING)
        else:
            return interrupted


def _told(turn: _Turn) -> ProbeRun:
    made: Counter[str] = Counter()
    for actor in turn.actors:
        made += actor.made
    reason = turn.outcome.reason if isinstance(turn.outcome, Failure) else ""
    unfinished = ("the cleanup was interrupted",) if turn.begun and not turn.over.is_set() else ()
    left = turn.left + unfinished
    return ProbeRun(name=turn.probe.name, seconds=turn.seconds, made=dict(made), left=left, reason=reason)
