# SPDX-License-Identifier: Apache-2.0
"""All probes, and how a fact of theirs is had where no probe acts."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from sovran.cloud.outcome import NotRun, Outcome
from sovran.cloud.recorder import Recorder
from sovran.cloud.recording import PROBE, Reader
from sovran.model.errors import UsageError
from sovran.probes.backup import BACKUPS
from sovran.probes.backup_content import BACKUP_CONTENT
from sovran.probes.domain_manager import DOMAIN_MANAGER
from sovran.probes.guests.probe import GUEST
from sovran.probes.image_room import IMAGE_ROOM
from sovran.probes.images import IMAGES
from sovran.probes.key_manager import KEY_MANAGER
from sovran.probes.object_storage import OBJECT_STORAGE
from sovran.probes.probe import Probe
from sovran.probes.roles import ROLES
from sovran.probes.sharing import SHARING
from sovran.probes.volumes import VOLUMES

PROBES: tuple[Probe, ...] = (
    BACKUPS,
    BACKUP_CONTENT,
    DOMAIN_MANAGER,
    GUEST,
    IMAGE_ROOM,
    IMAGES,
    KEY_MANAGER,
    OBJECT_STORAGE,
    ROLES,
    SHARING,
    VOLUMES,
)

BY_FACT = {probe.fact: probe for probe in PROBES}


def subject(probe: Probe) -> str:
    """What the observation of a probe is called in a recording."""
    return f"{PROBE}{probe.name}"


def not_run(probe: Probe, reason: str) -> NotRun:
    """The outcome where the probe did not act."""
    return NotRun(f"takes the probe {probe.name}: {reason}")


def unwanted(probe: Probe, only: Collection[str]) -> str:
    """Why a probe shall not act although a claim needs it; `only`: the names that were asked for; empty: it shall."""
    if only and probe.name not in only:
        return "only others were asked for"
    return f"it runs only when asked for, with `--probe {probe.name}`" if probe.opt_in and not only else ""


def probes_named(names: tuple[str, ...]) -> tuple[Probe, ...]:
    """The probes of these names; raises UsageError for one that there is not."""
    known = {probe.name: probe for probe in PROBES}
    for name in names:
        if name not in known:
            raise UsageError(f"there is no probe {name!r}: choose from {', '.join(sorted(known))}")
    return tuple(known[name] for name in names)


def providers(reason: str) -> dict[type, Callable[[Reader], Outcome[Any]]]:
    """Fact type to a function that takes it from a recording, or else says why no probe acted: for `reason`."""
    return {probe.fact: partial(_recorded, probe, reason) for probe in PROBES}


def none_acted(recorder: Recorder, fact: type, reason: str) -> Outcome[Any]:
    """Records that the probe of a fact did not act, for `reason`, and how that ended: as if the fact had been seen."""
    probe = BY_FACT[fact]
    return recorder.observe(probe.fact, subject(probe), lambda: not_run(probe, reason))


def _recorded(probe: Probe, reason: str, reader: Reader) -> Outcome[Any]:
    return reader.observe(probe.fact, subject(probe), lambda _: not_run(probe, reason))
