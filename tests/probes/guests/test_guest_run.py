# SPDX-License-Identifier: Apache-2.0
"""Guests that come to their end, and all the ways in which they do not: what is told is true, and nothing is left."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from sovran.cloud.outcome import Ok
from sovran.cloud.recorder import Record, Request
from sovran.cloud.snapshots.redaction import entry
from sovran.cloud.snapshots.scrub import Scrubber
from sovran.guest import records
from sovran.model.errors import SovranError
from sovran.probes.guest import (
    BOOTED,
    BUILT,
    CANONICAL,
    CONSOLE,
    GROUP_MADE,
    IMAGE_MADE,
    NETWORK_MADE,
    OWN,
    PEER,
    REPORTED,
    GuestProbe,
    TriedGuest,
)
from sovran.probes.guests import own_image
from sovran.probes.guests.order import Order
from sovran.probes.guests.serial import PRETENDED, joined
from tests.probes.guests.conftest import Probe
from tests.probes.guests.guest_cloud import GuestCloud, Server, tells_all
from tests.probes.guests.telling import console_of
from tests.probes.http_cloud import Told, document

OWN_ONLY = Order(images=("own",), parts=("system", "entropy"))
SYSTEM, ENTROPY = records.System(kernel="6.1.0"), records.Entropy(entropy_avail="256")
END = records.End(records=("system", "entropy"))
FAILING = {"error": {"code": 500, "message": "no"}}


def only(found: GuestProbe) -> TriedGuest:
    """The one guest."""
    (guest,) = found.guests
    return guest


def steps(guest: TriedGuest) -> list[tuple[str, bool, bool]]:
    """What was done, whether it worked, whether that says anything."""
    return [(step.what, step.ok, step.unclear) for step in guest.steps]


def test_all_guests_come_to_their_end_and_each_says_where_it_was_measured(guests: GuestCloud, probe: Probe) -> None:
    found = probe()
    assert [guest.role for guest in found.guests] == [OWN, CANONICAL, PEER]
    assert [guest.problem for guest in found.guests] == ["", "", ""]
    assert [step.what for step in found.steps if step.ok] == [step.what for step in found.steps]
    assert {step.what for step in found.steps} == {IMAGE_MADE, NETWORK_MADE, GROUP_MADE}
    own, canonical, _ = found.guests
    assert [step.what for step in own.steps] == [BUILT, BOOTED, CONSOLE, REPORTED]
    assert own.report is not None
    assert own.report.entropy == ENTROPY
    assert own.where.startswith("host hhhhhhhhhhhhhhhh, zone az1, flavor small, image sovran guest image, 20")
    assert (own.boot, own.flavor.name, own.addresses, own.status) == ("image", "small", ("10.219.77.9",), "ACTIVE")
    # the official suite's flavor for it has no disk that is large enough
    assert (canonical.boot, canonical.volume_gib, canonical.image.name) == ("volume", 8, "Debian 12")
    assert msgspec.json.decode(msgspec.json.encode(found), type=GuestProbe) == found
    assert msgspec.json.encode(found).decode().count("user_data_sha256") == 3


def test_what_a_guest_was_sent_is_known_by_its_hash(guests: GuestCloud, probe: Probe) -> None:
    sent: list[bytes] = []
    guests.prepare = lambda server: sent.append(server.user_data.encode())
    guest = only(probe(OWN_ONLY))
    assert (guest.sent_user_data_sha256, guest.sent_user_data_bytes) == (
        hashlib.sha256(sent[0]).hexdigest(),
        len(sent[0]),
    )


def test_the_neighbour_listens_until_the_first_guest_is_done(guests: GuestCloud, probe: Probe) -> None:
    there: list[bool] = []

    def slowly(server: Server) -> str:
        if server.role == "own" and server.shows < 6:
            there.append(any(one.role == "peer" for one in guests.servers.values()))
            return "booting"
        return tells_all(server)

    guests.console = slowly
    seen: dict[str, str] = {}
    guests.prepare = lambda server: seen.update({server.role: server.user_data})
    found = probe(Order(images=("own",)))
    assert [guest.role for guest in found.guests] == [OWN, PEER]
    assert there[-1]
    assert "PEER='10.219.77.20'" in seen["own"]
    assert "SERVER_PORTS='7501 7502'" in seen["peer"]


@dataclass(frozen=True)
class Bad:
    """A way not to come to an end."""

    console: Callable[[Server], str | Told]
    said: str
    """Part of the reason."""
    step: str = REPORTED
    records: tuple[str, ...] = ()
    """That could be read nevertheless."""


def half(server: Server) -> str:
    """The second record is damaged in both copies."""
    told = console_of(server.run, SYSTEM, ENTROPY, END)
    return told.replace(":2:1/", ":2:9/")


def cut(server: Server) -> str:
    """It ends in the middle of the first copy."""
    told = console_of(server.run, SYSTEM, ENTROPY, END)
    return told[: len(told) // 5]


BAD = {
    "nothing ever": Bad(lambda _: "", "the console stayed empty"),
    "only blanks": Bad(lambda _: "\r\n \r\n", "the console stayed empty"),
    "garbage": Bad(lambda _: "\x1b[2J\x00:sovran:\x07 login: ", "no line of this run"),
    "another run": Bad(lambda _: console_of("aaaaaaaaaaaa", SYSTEM, ENTROPY, END), "another run"),
    "half a record": Bad(half, "entropy", records=("system", "end")),
    "cut off": Bad(cut, "did not come to its end", records=("system",)),
    "panic": Bad(lambda _: "Kernel panic - not syncing: VFS: Unable to mount root", "Unable to mount root"),
    "denied": Bad(
        lambda _: document(403, {"forbidden": {"message": "Policy does not allow"}}), "Policy does not allow", CONSOLE
    ),
    "not there": Bad(
        lambda _: document(404, {"itemNotFound": {"message": "Unable to get console"}}), "Unable to get", CONSOLE
    ),
    "not implemented": Bad(
        lambda _: document(501, {"notImplemented": {"message": "no console"}}), "no console", CONSOLE
    ),
    "failing": Bad(lambda _: document(500, FAILING), "HTTP 500", CONSOLE),
    "no text": Bad(lambda _: document(200, {"output": None}), "the console stayed empty"),
    "a number": Bad(lambda _: document(200, {"output": 5}), "something other", CONSOLE),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_guest_that_does_not_tell_all_decides_nothing(guests: GuestCloud, probe: Probe, bad: Bad) -> None:
    guests.console = bad.console
    found = probe(OWN_ONLY)
    guest = only(found)
    assert steps(guest)[-1] == (bad.step, False, True)
    assert bad.said in guest.problem
    assert guest.unclear
    there = [name for name in ("system", "entropy", "end") if guest.report and getattr(guest.report, name)]
    assert tuple(there) == bad.records
    assert guest.report is None or not guest.report.complete
    if guest.report is None:
        assert found.problem == guest.problem


def test_a_guest_that_powers_off_is_read_once_more_and_then_no_longer(guests: GuestCloud, probe: Probe) -> None:
    guests.prepare = lambda server: server.statuses.append("SHUTOFF")
    guests.console = lambda server: "booting" if server.shows < 4 else tells_all(server)
    assert only(probe(OWN_ONLY)).problem == ""
    guests.console = lambda _: "booting"
    assert "the server is off" in only(probe(OWN_ONLY)).problem


FAULTS = {"No valid host was found. There are not enough hosts": True, "Build of instance aborted: no image": False}


@pytest.mark.parametrize(("fault", "unclear"), FAULTS.items())
def test_a_server_that_goes_to_error_tells_the_fault(
    guests: GuestCloud, probe: Probe, fault: str, unclear: bool
) -> None:
    def spoil(server: Server) -> None:
        server.statuses, server.fault = ["BUILD", "ERROR"], fault

    guests.prepare = spoil
    guest = only(probe(OWN_ONLY))
    assert steps(guest)[-1] == (BOOTED, False, unclear)
    assert fault in guest.problem
    assert guest.status == "ERROR"
    assert guest.report is None


def test_a_server_that_fails_while_it_runs_tells_the_fault(guests: GuestCloud, probe: Probe) -> None:
    def spoil(server: Server) -> None:
        server.statuses, server.fault = ["ACTIVE", "ACTIVE", "ERROR"], "the host is down"

    guests.prepare, guests.console = spoil, lambda _: "booting"
    guest = only(probe(OWN_ONLY))
    assert steps(guest)[-1] == (REPORTED, False, False)
    assert "the host is down" in guest.problem


def test_a_refused_server_is_not_asked_for_again(guests: GuestCloud, probe: Probe) -> None:
    guests.lie("POST /compute/v2.1/servers", document(403, {"forbidden": {"message": "Quota exceeded for cores"}}))
    guest = only(probe(OWN_ONLY))
    assert steps(guest) == [(BUILT, False, True)]
    assert sum((one.method, one.path) == ("POST", "/compute/v2.1/servers") for one in guests.asked) == 1
    guests.lies.clear()
    guests.lie("POST /compute/v2.1/servers", document(403, {"forbidden": {"message": "Policy does not allow"}}))
    assert steps(only(probe(OWN_ONLY))) == [(BUILT, False, False)]


def test_a_cloud_without_machines_is_known_by_its_console_at_once(guests: GuestCloud, probe: Probe) -> None:
    guests.console = lambda _: PRETENDED
    found = probe()
    assert "no machines" in found.unreal
    assert found.problem == found.unreal
    assert all(guest.report is None and guest.unclear for guest in found.guests)
    assert max(server.seconds for server in found.guests) < 30.0


def test_without_upload_an_image_of_the_cloud_runs_the_program(guests: GuestCloud, probe: Probe) -> None:
    guests.lie("POST /image/v2/images", document(403, {"message": "You are not allowed to upload"}))
    found = probe(OWN_ONLY)
    (uploaded,) = [step for step in found.steps if step.what == IMAGE_MADE]
    assert (uploaded.ok, "not allowed to upload" in uploaded.said) == (False, True)
    guest = only(found)
    assert (guest.role, guest.image.own, guest.image.id, guest.problem) == (OWN, False, "deb", "")


def test_an_image_that_cannot_be_built_is_no_obstacle(
    guests: GuestCloud, probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(_architecture: str, *, download: bool) -> Path:
        raise SovranError("no packages" if download else own_image.NOT_BUILT)

    monkeypatch.setattr(own_image, "built", lacking)
    found = probe(OWN_ONLY)
    assert only(found).image.id == "deb"
    assert any(own_image.NOT_BUILT in note for note in found.notes)
    assert [step.what for step in found.steps] == [NETWORK_MADE, GROUP_MADE] or IMAGE_MADE not in {
        step.what for step in found.steps
    }


def test_without_a_network_no_server_is_asked_for(guests: GuestCloud, probe: Probe) -> None:
    guests.lie("POST /network/v2.0/routers", document(403, {"NeutronError": {"message": "routers are not for you"}}))
    found = probe(OWN_ONLY)
    assert found.guests == ()
    assert "routers are not for you" in found.problem
    assert not any(one.path == "/compute/v2.1/servers" for one in guests.asked)


def test_consoles_are_kept_where_that_is_wanted(guests: GuestCloud, probe: Probe, tmp_path: Path) -> None:
    guest = only(probe(replace(OWN_ONLY, keep_console=tmp_path / "kept")))
    text = (tmp_path / "kept" / f"own-{guest.id}.txt").read_text()
    assert text.startswith("booting")
    assert len(text) == guest.console_bytes


def test_what_the_service_cuts_off_at_the_beginning_is_not_lost(guests: GuestCloud, probe: Probe) -> None:
    def moving(server: Server) -> str:
        told = console_of(server.run, SYSTEM, ENTROPY, END)
        end = min(len(told), 500 * server.shows)
        return told[max(0, end - 900) : end]

    guests.console = moving
    assert only(probe(OWN_ONLY)).problem == ""


def test_two_views_of_one_console() -> None:
    assert joined("", "a") == "a"
    assert joined("abc", "abcd") == "abcd"
    assert joined("abcdef", "defghi") == "abcdef\ndefghi"
    long = "".join(f"{number} " for number in range(1000))
    assert joined(long[:3000], long[1000:]) == long
    assert joined(long, long[-50:]) == long
    assert joined("abc", "") == "abc"


def test_the_marker_stands_in_servers(guests: GuestCloud, probe: Probe) -> None:
    bodies: list[dict[str, object]] = []
    guests.prepare = lambda server: bodies.append(server.body)
    probe(OWN_ONLY)
    (body,) = bodies
    assert str(body["name"]).startswith("sovran-probe-")
    assert json.dumps(body["metadata"]).startswith('{"sovran-probe": ')
    assert body["config_drive"] is True


def test_a_recording_says_the_same(guests: GuestCloud, probe: Probe) -> None:
    stable = {"uuid": "u", "project_id": "p1", "admin_pass": "x", "hostname": "h"}
    metadata = records.Metadata(
        service=records.Source(present=True, stable=stable, user_data_sha256="a" * 64, keys=("admin_pass",)),
        forged_stable=stable,
    )
    told = (SYSTEM, metadata, records.End(records=("system", "metadata")))
    guests.console = lambda server: console_of(server.run, *told)
    found = probe(OWN_ONLY)
    assert only(found).problem == ""
    request = Request(path="probe guest", observed="GuestProbe")
    kept = entry(Record(request, datetime.now(UTC), Ok(found)), Scrubber())
    assert isinstance(kept.body, msgspec.Raw)
    again = msgspec.json.decode(kept.body, type=GuestProbe)
    assert again == found
    report = only(again).report
    assert report is not None
    assert report.metadata is not None
    assert report.metadata.service.stable == {"uuid": "u", "hostname": "h"}


def test_without_any_image_it_is_told_why_there_is_no_guest(guests: GuestCloud, probe: Probe) -> None:
    guests.images["deb"]["visibility"] = "private"
    guests.lie("POST /image/v2/images", document(403, {"message": "You are not allowed to upload"}))
    found = probe(OWN_ONLY)
    assert found.guests == ()
    assert "could not be uploaded" in found.left_out[OWN]
    assert "not allowed to upload" in found.problem


def test_the_official_suites_guest_is_asked_for_random_numbers(guests: GuestCloud, probe: Probe) -> None:
    sent: list[str] = []
    guests.prepare = lambda server: sent.append(server.user_data)
    guest = only(probe(Order(images=("canonical",))))
    assert (guest.role, guest.asked, guest.config_drive) == (CANONICAL, ("system", "cpu", "entropy"), False)
    assert "FIPS_BLOCKS='1000'" in sent[0]
    guest = only(probe(Order(images=("canonical",), parts=("disks",), fips_blocks=7)))
    assert guest.asked == ("disks",)
    assert "FIPS_BLOCKS='7'" in sent[1]
