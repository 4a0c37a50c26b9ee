# SPDX-License-Identifier: Apache-2.0
"""The run of all guests: image and network are prepared beside each other, then they boot, several at a time."""

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sovran.cloud.acting.answer import ActingFailed, Stopped
from sovran.cloud.acting.kinds import SERVER_GROUP
from sovran.cloud.at_once import at_once
from sovran.model.errors import SovranError
from sovran.probes.guest import (
    CANONICAL,
    FURTHER,
    GROUP_MADE,
    IMAGE_MADE,
    NETWORK_MADE,
    OWN,
    PEER,
    GuestProbe,
    ImageUsed,
    NetworkUsed,
    TriedGuest,
)
from sovran.probes.guests import group, networks, own_image
from sovran.probes.guests.boot import Place, new_port
from sovran.probes.guests.choice import Choice
from sovran.probes.guests.fitting import Fitted
from sovran.probes.guests.follow import UNREAL, Unreal
from sovran.probes.guests.networks import Ground
from sovran.probes.guests.one import Attempt
from sovran.probes.guests.order import Order
from sovran.probes.guests.script import script
from sovran.probes.guests.wanted import Wanted
from sovran.probes.steps import CannotTell, Journal, StepFailed

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

ROLES = (OWN, CANONICAL, FURTHER, PEER)
NO_IMAGE = "the guest image could not be uploaded, and this cloud has none in its place"
PREPARING = 600.0
"""Seconds for which a guest waits for its image, its network and its neighbour's address."""
LISTENING = 1800.0
"""For which a neighbour stays there at most."""
BLINK = 0.1


class Session:
    """One run."""

    def __init__(self, actor: "Actor", order: Order, choice: Choice, ground: Ground, fitted: Fitted) -> None:
        self._actor, self._order, self._choice, self._ground, self._fitted = actor, order, choice, ground, fitted
        self._journal = Journal()
        self._lock = threading.Lock()
        self._tried: list[tuple[int, TriedGuest]] = []
        self._image: ImageUsed | None = None
        self._image_ready, self._place_ready = threading.Event(), threading.Event()
        self._place: Place | None = None
        self._network: NetworkUsed | None = None
        self._address = ""
        self._address_known, self._first_done, self._unreal = threading.Event(), threading.Event(), threading.Event()
        self._notes = list(choice.notes)

    def run(self) -> GuestProbe:
        """All of it; raises nothing but what ends the run, as a ledger that cannot be written."""
        tasks: dict[str, Callable[[], None]] = {
            "image": self._bring_image,
            "place": self._make_place,
            "guests": self._boot_all,
        }
        if self._choice.peer:
            tasks["peer"] = self._boot_peer
        at_once(tasks)
        tried = [one for _, one in sorted(self._tried, key=lambda pair: (ROLES.index(pair[1].role), pair[0]))]
        return GuestProbe(
            guests=tuple(tried),
            steps=self._journal.steps,
            left_out=dict(self._choice.left_out),
            notes=tuple(dict.fromkeys(self._notes)),
            unreal=UNREAL if self._unreal.is_set() else "",
        )

    def _bring_image(self) -> None:
        try:
            if self._choice.file:
                with suppress(StepFailed), self._journal.step(IMAGE_MADE):
                    self._image = self._uploaded()
        finally:
            self._image_ready.set()

    def _uploaded(self) -> ImageUsed:
        architecture = next(one.image.architecture for one in self._choice.guests if one.image.own)
        file = self._choice.file
        try:
            if file is None or self._unreal.is_set():
                raise Stopped("no image is uploaded to a cloud without machines")
            return own_image.upload(self._actor, file, architecture)
        except SovranError as error:
            raise CannotTell(str(error)) from None

    def _make_place(self) -> None:
        try:
            made: dict[str, str] = {}
            parts: dict[str, Callable[[], None]] = {"network": self._make_network}
            at_once(parts | {"group": partial(self._make_group, made)})
            if self._network and "group" in made:
                self._place = Place(self._network.id, made["group"], self._keep_apart())
        finally:
            self._place_ready.set()

    def _make_network(self) -> None:
        if self._ground.existing:
            self._network = self._ground.existing
            return
        with suppress(StepFailed), self._journal.step(NETWORK_MADE):
            self._network, notes = networks.make(self._actor, self._ground)
            self._notes += notes

    def _make_group(self, made: dict[str, str]) -> None:
        with suppress(StepFailed), self._journal.step(GROUP_MADE):
            made["group"] = group.make(self._actor).id

    def _keep_apart(self) -> str:
        """A server group by which several of one sort get onto different hosts; empty: none is needed, or to be had."""
        if self._order.count < 2 or self._order.hosts:
            return ""
        policy = "soft-anti-affinity"
        try:
            return self._actor.create(
                SERVER_GROUP, "guests", lambda name: {"server_group": {"name": name, "policy": policy}}
            ).id
        except ActingFailed as error:
            self._notes.append(f"the guests may share hosts, since no server group keeps them apart: {error}")
            return ""

    def _boot_all(self) -> None:
        waiting: queue.SimpleQueue[tuple[int, Wanted]] = queue.SimpleQueue()
        for pair in enumerate(self._fitted.guests):
            waiting.put(pair)

        def lane() -> None:
            while not self._unreal.is_set():
                try:
                    number, wanted = waiting.get_nowait()
                except queue.Empty:
                    return
                self._boot(number, wanted)

        try:
            if self._is_there(self._place_ready):
                at_once(dict.fromkeys(range(self._fitted.lanes), lane))
        finally:
            self._first_done.set()

    def _boot(self, number: int, wanted: Wanted) -> None:
        try:
            resolved = self._resolved(wanted)
            neighbour = ""
            if number == 0 and self._choice.peer and self._is_there(self._address_known):
                neighbour = self._address
            if resolved is None:
                self._choice.left_out.setdefault(wanted.role, NO_IMAGE)
            elif self._place:
                self._follow(number, resolved, neighbour=neighbour)
        finally:
            if number == 0:
                self._first_done.set()

    def _boot_peer(self) -> None:
        try:
            wanted = self._resolved(self._choice.peer) if self._choice.peer else None
            if not wanted or not self._is_there(self._place_ready) or not self._place:
                return
            port, self._address = new_port(self._actor, self._place)
        except ActingFailed as error:
            self._choice.left_out[PEER] = str(error)
            return
        finally:
            self._address_known.set()
        self._follow(len(self._fitted.guests), wanted, port=port)

    def _resolved(self, wanted: Wanted) -> Wanted | None:
        """With the id of the image that was uploaded, or of one of the cloud where that was not possible."""
        if not wanted.image.own:
            return wanted
        self._is_there(self._image_ready)
        if self._image:
            return replace(wanted, image=self._image)
        fallback = self._choice.fallback
        if fallback is None or self._unreal.is_set():
            return None
        return replace(fallback, role=wanted.role, zone=wanted.zone, host=wanted.host)

    def _follow(self, number: int, wanted: Wanted, *, neighbour: str = "", port: "Made | None" = None) -> None:
        place = self._place
        if place is None:
            return
        attempt = Attempt(self._actor, wanted, place, script(self._order, wanted.role, neighbour=neighbour))
        try:
            attempt.run(
                volume_zones=self._choice.volume_zones,
                port=port,
                enough=self._first_done if wanted.role == PEER else None,
            )
            if wanted.role == PEER:
                # it goes on to listen until the other has tried
                self._is_there(self._first_done, seconds=LISTENING)
        except StepFailed as failed:
            if isinstance(failed.__cause__, Unreal):
                self._unreal.set()
        finally:
            tried = attempt.tried(self._network)
            with self._lock:
                self._tried.append((number, tried))
            if self._order.keep_console:
                attempt.keep(self._order.keep_console)
            attempt.delete()

    def _is_there(self, event: threading.Event, seconds: float = PREPARING) -> bool:
        """Waits for what another thread prepares; False when the run, or the time, was over before."""
        patience = self._actor.patience(seconds)
        while not event.is_set():
            if not patience.rest(BLINK):
                return False
        return True
