# SPDX-License-Identifier: Apache-2.0
"""What a probe is: the fact it gives, what it is going to make, and the function that does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sovran.cloud.outcome import Failure, Outcome
from sovran.cloud.recording import Reader

if TYPE_CHECKING:
    # rules name the facts of probes, and a replay of them shall not load what talks to clouds
    from sovran.cloud.acting.actor import Actor


@dataclass(frozen=True)
class Need:
    """What a probe is going to have at the same time, at most."""

    kind: str
    """As users say it, e.g. `volume`."""
    count: int
    gib: int = 0
    """Of all of them together, whole GiB; 0: next to nothing."""

    @property
    def plural(self) -> str:
        """The kind, as fits the count."""
        if self.count == 1 or "iB of " in self.kind:
            return self.kind
        return f"{self.kind[:-1]}ies" if self.kind.endswith("y") else f"{self.kind}s"

    def __str__(self) -> str:
        return f"{self.count} {self.plural}" + (f" ({self.gib} GiB)" if self.gib else "")


@dataclass(frozen=True)
class Plan:
    """What a probe is going to make, and why that."""

    needs: tuple[Need, ...]
    notes: tuple[str, ...] = ()
    """Its choices, in sentences, told before anything is made."""


@dataclass(frozen=True)
class Stage:
    """What a probe acts with."""

    reader: Reader
    """For what can be read; what the run read before is not asked again."""
    actor: "Actor"
    """The judged user."""
    personas: Mapping[str, "tuple[Actor, ...]"] = field(default_factory=dict)
    """Other users of the same cloud, by the name of their role in the run, e.g. `manager`."""

    def has(self, service: str) -> bool:
        """Whether the judged user's catalog has the service (aliases count)."""
        return self.actor.has(service)


@dataclass(frozen=True)
class Probe:
    """One probe."""

    name: str
    """As `--probe` takes it."""
    fact: type
    """A msgspec Struct without secrets that JSON can hold; rules name it."""
    plan: Callable[[Stage], Plan | tuple[Need, ...] | Failure]
    """What it is going to make, or why it need not begin; it only reads."""
    run: Callable[[Stage], Outcome[Any]]
    """Acts; what it makes need not be deleted by itself. May raise StepFailed or ActingFailed: then it saw nothing."""
    opt_in: bool = False
    """True: runs only when `--probe` names it."""
    personas: tuple[str, ...] = ()
    """Roles in the run of the other users that it takes."""
    where: Callable[[Stage], str] | None = None
    """Where it makes what it makes, in words; None: in the project in which probes act."""
