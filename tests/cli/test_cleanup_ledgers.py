# SPDX-License-Identifier: Apache-2.0
"""`sovran cleanup` with ledgers on disk: what it says, what it leaves alone, its exit codes; and `sovran probes`."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sovran.cli.cleanup import duration
from sovran.cloud.acting.ledger import Head, Ledger, ledger_home
from sovran.cloud.acting.marker import new_run
from sovran.model.errors import UsageError
from sovran.probes.registry import PROBES
from tests.cli.running import Command
from tests.cli.stub_cloud import StubCloud

KEYPAIRS = "/v2.1/os-keypairs"
Make = Callable[..., Ledger]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ledgers of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def run(cloud: StubCloud) -> Make:
    """Makes the ledger of a run that is going on, with one keypair in it."""
    cloud.listing(KEYPAIRS, {"keypairs": []})

    def make(name: str = "stub", *, age: datetime.timedelta = datetime.timedelta(), user: str = "u1") -> Ledger:
        began = datetime.datetime.now(datetime.UTC) - age
        head = Head(run=new_run(began), cloud=name, auth_url=cloud.url, project="p1", began=began, user=user)
        ledger = Ledger.begin(head)
        intent = ledger.intend("keypair", ledger.name("key"), "/os-keypairs")
        ledger.made(intent, intent.name)
        return ledger

    return make


@pytest.mark.parametrize(("text", "seconds"), [("0s", 0), ("90s", 90), ("30m", 1800), ("1h", 3600), ("2d", 172800)])
def test_durations(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "1", "h", "1.5h", "-1h", "1 h", "1w", "1H", "1h30m", "٣h", "9999999999s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(UsageError, match="is no duration: write a whole number and s, m, h or d"):
        duration(text)


def test_listed_then_gone(sovran: Command, cloud: StubCloud, run: Make) -> None:
    ledger = run()
    ledger.close()
    listed = sovran("cleanup", "--dry-run")
    assert (listed.code, listed.out.split()[:3]) == (1, ["would", "delete", "keypair"])
    assert cloud.requests == []
    done = sovran("cleanup")
    assert (done.code, done.out.split()[:2]) == (0, ["gone", "keypair"])
    assert done.err == f"run {ledger.head.run} of cloud stub, ledger {ledger.path}\n"
    assert not list(ledger_home().iterdir())


def test_a_run_that_goes_on_is_said_and_left_alone(sovran: Command, cloud: StubCloud, run: Make) -> None:
    ledger = run()
    done = sovran("cleanup")
    assert (done.code, done.out) == (0, "")
    assert done.err == f"run {ledger.head.run}, ledger {ledger.path}: is still going on, so nothing of it is touched\n"
    assert cloud.requests == []
    ledger.close()


def test_a_cloud_that_is_no_longer_there_keeps_nobody_from_the_others(sovran: Command, run: Make) -> None:
    lost, other = run("nowhere", age=datetime.timedelta(hours=1)), run()
    lost.close()
    other.close()
    done = sovran("cleanup")
    assert (done.code, done.out.split()[:2]) == (1, ["gone", "keypair"])
    sentence = f"sovran: the ledger {lost.path} names one thing made by cloud nowhere, which cannot be cleaned up: "
    assert sentence in done.err
    assert "has no cloud 'nowhere'" in done.err
    assert list(ledger_home().iterdir()) == [lost.path]


def test_another_user_would_not_see_what_there_is(sovran: Command, run: Make) -> None:
    ledger = run(user="u2")
    ledger.close()
    done = sovran("cleanup")
    assert (done.code, done.out) == (1, "")
    assert "its user is u1 now, and the run's was u2" in done.err
    assert ledger.path.exists()


def test_a_spoilt_ledger_is_named(sovran: Command, run: Make) -> None:
    ledger = run()
    ledger.close()
    ledger.path.write_bytes(ledger.path.read_bytes()[3:])
    done = sovran("cleanup")
    assert (done.code, done.out) == (1, "")
    assert f"the ledger {ledger.path} is of no use, since its first line cannot be read" in done.err
    assert ledger.path.exists()


@pytest.mark.parametrize(
    ("options", "chosen"), [(("--older-than", "1h"), False), (("--older-than", "1m"), True), (("-c", "stub"), True)]
)
def test_choosing(sovran: Command, run: Make, options: tuple[str, ...], chosen: bool) -> None:
    ledger = run(age=datetime.timedelta(minutes=30))
    ledger.close()
    done = sovran("cleanup", *options)
    assert (done.code, bool(done.out)) == (0, chosen)
    assert ledger.path.exists() is not chosen


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--project", "x"), "`--project` goes with `--orphans`: a ledger knows its project itself"),
        (("--older-than", "soon"), "`--older-than soon` is no duration"),
        (("--orphans", "--os-cloud", "nowhere"), "has no cloud 'nowhere'"),
    ],
)
def test_wrong_usage(sovran: Command, cloud: StubCloud, words: tuple[str, ...], sentence: str) -> None:
    done = sovran("cleanup", *words)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err
    assert cloud.requests == []


def test_orphans_that_cannot_be_listed_are_told(sovran: Command, cloud: StubCloud) -> None:
    cloud.answers["GET", KEYPAIRS] = lambda handler: handler.reply(500, {})
    done = sovran("cleanup", "--orphans")
    assert (done.code, done.out) == (1, "")
    assert "cloud stub, project p: keypairs cannot be listed, so some may be left: compute GET /os-keypairs" in done.err


def test_probes_are_listed(sovran: Command) -> None:
    done = sovran("probes")
    assert (done.code, done.err) == (0, "")
    assert all(f"\n{probe.name}\n" in f"\n{done.out}" for probe in PROBES)
    listed = json.loads(sovran("probes", "--json").out)
    assert [one["name"] for one in listed] == sorted(probe.name for probe in PROBES)
    assert all(one["does"] and one["makes"] and one["decides"] for one in listed)
    key_manager = next(one for one in listed if one["name"] == "key-manager")
    assert "scs-0116-permissions" in key_manager["decides"]
    assert next(one for one in listed if one["name"] == "image-room")["opt_in"]
