# SPDX-License-Identifier: Apache-2.0
"""Breaks of the lab's own internet, and that they take a lab with guests."""

import json
from pathlib import Path
from typing import Any

import pytest

from sovran.guest import targets
from sovran.lab.breaks import apply, service_states
from sovran.lab.breaks.group_states import OpenGroups
from sovran.lab.breaks.internet_states import InternetState, SetInternet, changed
from sovran.lab.breaks.table import load
from sovran.lab.config import internet
from sovran.lab.description import draw
from sovran.lab.folders import lab_folder
from sovran.model.errors import SovranError, UsageError
from tests.lab.recorder import RecordingApi


@pytest.fixture
def told() -> dict[str, Any]:
    """What the file of a sound lab holds."""
    found: dict[str, Any] = json.loads(internet.render(targets.shipped()))
    return found


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any]) -> RecordingApi:
    """Of a lab whose internet is told so."""
    monkeypatch.setenv("SOVRAN_LAB_HOME", str(tmp_path))
    made = RecordingApi({})
    folder = lab_folder(made.lab.name) / "etc" / "internet"
    folder.mkdir(parents=True)
    (folder / "internet.json").write_text(json.dumps(told), encoding="utf-8")
    return made


def test_a_port_is_open_or_dropped_and_never_both(told: dict[str, Any]) -> None:
    opened = changed(told, SetInternet(ports={"25": "open", "587": "dropped"}))
    assert (25 in opened["open"], 25 in opened["dropped"]) == (True, False)
    assert (587 in opened["open"], 587 in opened["dropped"]) == (False, True)
    assert opened["names"] == told["names"]


def test_the_resolver_and_the_clock(told: dict[str, Any]) -> None:
    worse = changed(told, SetInternet(validating=False, offset=3600.0, gone=("www.denic.de",)))
    assert worse["resolver"] == told["resolver"] | {"validating": False}
    assert worse["time"] == told["time"] | {"offset": 3600.0}
    assert worse["names"].keys() == told["names"].keys() - {"www.denic.de"}


def test_without_signatures_what_is_wrongly_signed_stays_wrong(told: dict[str, Any]) -> None:
    assert any(found.get("signed") and not found.get("bogus") for found in told["names"].values())
    names = changed(told, SetInternet(signatures=False))["names"]
    assert {name for name, found in names.items() if found.get("signed")} == {
        name for name, found in told["names"].items() if found.get("bogus")
    }


def test_what_is_not_named_stays(told: dict[str, Any]) -> None:
    assert changed(told, SetInternet()) == told


def test_a_break_writes_the_file_and_heals_it(api: RecordingApi, told: dict[str, Any]) -> None:
    before, after = service_states.resolve(api, SetInternet(validating=False))
    assert isinstance(before, InternetState)
    assert before.subject == after.subject
    file = lab_folder(api.lab.name) / "etc" / "internet" / "internet.json"
    service_states.put(api, after)
    assert json.loads(file.read_text(encoding="utf-8"))["resolver"]["validating"] is False
    service_states.put(api, before)
    assert json.loads(file.read_text(encoding="utf-8")) == told


@pytest.mark.parametrize("action", [SetInternet(), OpenGroups()])
def test_a_lab_without_guests_has_neither_internet_nor_ovn(
    action: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOVRAN_LAB_HOME", str(tmp_path))
    with pytest.raises(SovranError, match="make one with `sovran lab up --guests`"):
        service_states.resolve(RecordingApi({}), action)


@pytest.mark.parametrize("row", [row.id for row in load().values() if row.guests])
def test_breaks_that_guests_see_take_a_lab_with_guests(row: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"{row} takes a lab with guests, and plain has none"):
        apply.apply(draw("plain", ("keystone",), {}), tmp_path, [row], print)
