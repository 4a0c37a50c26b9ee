# SPDX-License-Identifier: Apache-2.0
"""A cloud that boots servers in dictionaries, and what the probe makes of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sovran.cloud.acting.removal import remove_intents
from sovran.cloud.outcome import Ok
from sovran.probes.guest import GuestProbe
from sovran.probes.guests import follow, one, own_image
from sovran.probes.guests.order import Order
from sovran.probes.guests.probe import run_for
from sovran.probes.probe import Stage
from tests.probes.guests.guest_cloud import GuestCloud

Probe = Callable[..., GuestProbe]


@pytest.fixture
def guests() -> Iterator[GuestCloud]:
    """An honest one, in which guests tell all."""
    with GuestCloud() as cloud:
        yield cloud


@pytest.fixture
def image_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What was built before as sovran's own image."""
    file = tmp_path / "own.qcow2"
    file.write_bytes(b"QFI\xfb own image")
    monkeypatch.setattr(own_image, "built", lambda _architecture, download: file)
    return file


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not come is not waited for long."""
    for module, name in ((follow, "LATE"), (one, "SILENCE_OWN"), (one, "SILENCE_OTHER")):
        monkeypatch.setattr(module, name, 1.0)
    monkeypatch.setattr(follow, "STATUS_EVERY", 0.1)
    monkeypatch.setattr(follow, "SOON", 0.05)
    monkeypatch.setattr(follow, "SELDOM", 0.1)


@pytest.fixture
def probe(guests: GuestCloud, stage: Callable[..., Stage], image_file: Path, quick: None) -> Probe:
    """Lets the probe act; nothing is there afterwards."""

    def act(order: Order | None = None) -> GuestProbe:
        on = stage(guests)
        outcome = run_for(order or Order(), on)
        actor = on.actor
        assert remove_intents(actor, actor.open, actor.ledger.gone, seconds=10.0) == ()
        assert guests.left == []
        assert isinstance(outcome, Ok), outcome
        return outcome.value

    return act
