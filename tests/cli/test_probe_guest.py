# SPDX-License-Identifier: Apache-2.0
"""Tests of `sovran probe guest`: what it prints where, its files, its exit codes, and what it refuses."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from sovran.probes.guests import follow, one, own_image
from tests.cli.running import Command
from tests.probes.guests.guest_cloud import GuestCloud

PARTS = ("--part", "system", "--part", "entropy")


@pytest.fixture
def guests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GuestCloud]:
    """A cloud that clouds.yaml calls `c`, and sovran's own image, built before."""
    for name in [name for name in os.environ if name.startswith(("OS_", "SOVRAN_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    image = tmp_path / "own.qcow2"
    image.write_bytes(b"QFI\xfb")
    monkeypatch.setattr(own_image, "built", lambda _architecture, download: image)
    for module, name in ((follow, "LATE"), (one, "SILENCE_OWN"), (one, "SILENCE_OTHER")):
        monkeypatch.setattr(module, name, 1.0)
    with GuestCloud() as cloud:
        auth = {"auth_url": f"{cloud.url}/v3", "username": "u", "password": "p", "user_domain_name": "D"}
        auth |= {"project_name": "p", "project_domain_name": "D"}
        (tmp_path / "clouds.yaml").write_text(yaml.safe_dump({"clouds": {"c": {"auth": auth, "region_name": "R"}}}))
        yield cloud
        assert cloud.left == []


def test_facts_on_stdout_and_choices_on_stderr(guests: GuestCloud, sovran: Command, tmp_path: Path) -> None:
    out = tmp_path / "facts.json"
    done = sovran("probe", "guest", "-c", "c", *PARTS, "-o", str(out), "--keep-console", str(tmp_path / "kept"))
    assert done.code == 0, done
    assert "own  all told after" in done.out
    assert "entropy_avail 256" in done.out
    assert "1 of 1 guests told all" in done.out
    assert "with flavor small: the smallest that fits" in done.err
    told = json.loads(out.read_text())
    assert told["probe"]["guests"][0]["report"]["entropy"]["entropy_avail"] == "256"
    assert told["run"]["made"]["server"] == 1
    (kept,) = (tmp_path / "kept").iterdir()
    assert kept.read_text().startswith("booting")


def test_json_on_stdout(guests: GuestCloud, sovran: Command) -> None:
    done = sovran("probe", "guest", "-c", "c", *PARTS, "--json")
    assert json.loads(done.out)["cloud"] == "c"


def test_a_guest_that_tells_nothing_is_undecided(guests: GuestCloud, sovran: Command) -> None:
    guests.console = lambda _: "login:"
    done = sovran("probe", "guest", "-c", "c", *PARTS)
    assert done.code == 3
    assert "not all was told" in done.out
    assert "no line of this run" in " ".join(done.out.split())


def test_a_record_that_was_not_done_is_undecided(guests: GuestCloud, sovran: Command) -> None:
    done = sovran("probe", "guest", "-c", "c", *PARTS, "--part", "memory")
    assert done.code == 3
    assert "all told but memory after" in done.out


def test_a_quota_without_room_is_undecided_and_makes_nothing(guests: GuestCloud, sovran: Command) -> None:
    guests.quota["server"] = 0
    done = sovran("probe", "guest", "-c", "c", *PARTS)
    assert done.code == 3
    assert "quota leaves 0" in " ".join(done.out.split())
    assert {asked.method for asked in guests.asked if not asked.path.endswith("/tokens")} == {"GET"}


WRONG = {
    "a flavor": (("--flavor", "none"), "`--flavor none`"),
    "an image": (("--image", "none"), "`--image none`"),
    "a zone": (("--az", "none"), "`--az none`"),
    "a network": (("--network", "none"), "`--network none`"),
    "a record": (("--part", "none"), "`--part none`"),
    "an output": (("-o", "facts.txt"), "`--output facts.txt`"),
    "targets": (("--targets", "none.yaml"), "none.yaml"),
    "a cloud": (("-c", "none"), "none"),
}


@pytest.mark.parametrize(("options", "said"), WRONG.values(), ids=WRONG)
def test_what_there_is_not_is_wrong_usage(
    guests: GuestCloud, sovran: Command, options: tuple[str, ...], said: str
) -> None:
    done = sovran("probe", "guest", "-c", "c", *options)
    assert done.code == 2, done
    assert said in done.err
    assert not any(asked.method == "POST" and not asked.path.endswith("/tokens") for asked in guests.asked)
