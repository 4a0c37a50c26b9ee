# SPDX-License-Identifier: Apache-2.0
"""Tests of the ledger: what it says after a crash at any byte, who may use it, and a disk that is full."""

import datetime
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sovran.cloud.acting.kept import Kept, kept_ledgers, read_lines
from sovran.cloud.acting.ledger import Head, Intent, Ledger, ledger_home
from sovran.cloud.acting.marker import new_run, read_marker
from sovran.model.errors import SovranError

NAMES = st.text(max_size=12)


def head() -> Head:
    now = datetime.datetime.now(datetime.UTC)
    return Head(run=new_run(now), cloud="c", auth_url="https://c/v3", project="p", began=now, user="u")


@contextmanager
def kept(home: Path) -> Iterator[list[Kept]]:
    found = list(kept_ledgers(home))
    try:
        yield found
    finally:
        for one in found:
            one.close()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES, st.integers(0, 3)), max_size=5), st.floats(0, 1))
def test_torn_at_any_byte(
    tmp_path_factory: pytest.TempPathFactory, things: list[tuple[str, str, int]], part: float
) -> None:
    home = tmp_path_factory.mktemp("ledger")
    ledger = Ledger.begin(head(), home)
    expected: list[dict[int, Intent]] = [{}]
    """What has to be known after each line."""

    def note(intent: Intent | None, number: int) -> None:
        after = dict(expected[-1])
        if intent:
            after[number] = intent
        else:
            after.pop(number, None)
        expected.append(after)

    for name, identifier, fate in things:
        intent = ledger.intend("volume", name, "/volumes", "other", user="x", project="y")
        note(intent, intent.n)
        if fate == 1 and identifier:
            note(ledger.made(intent, identifier), intent.n)
        if fate == 2:
            note(ledger.unanswered(intent), intent.n)
        if fate == 3:
            ledger.gone(intent)
            note(None, intent.n)
    whole = ledger.path.read_bytes()
    lines = whole.splitlines(keepends=True)
    assert len(lines) == len(expected)
    cut = int(part * len(whole))
    read_head, intents, _ = read_lines(whole[:cut])
    # a line that lacks nothing but its end says all
    complete = sum(len(b"".join(lines[: count + 1])) - 1 <= cut for count in range(len(lines)))
    assert (read_head == ledger.head) is (complete > 0)
    if complete:
        assert intents == tuple(expected[complete - 1].values())
    else:
        assert intents == ()
    ledger.close()


def test_a_torn_line_spoils_no_later_one(tmp_path: Path) -> None:
    ledger = Ledger.begin(head(), tmp_path)
    first, second = (ledger.intend("volume", name, "/volumes") for name in ("a", "b"))
    ledger._file.write(b'{"n":3,"make":"vol')  # what a crash leaves
    ledger._file.close()
    with kept(tmp_path) as (one,):
        assert one.intents == (first, second)
        one.gone(first)
    with kept(tmp_path) as (one,):
        assert one.intents == (second,)
        one.gone(second)
    assert not list(tmp_path.iterdir())


def test_a_run_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    ledger = Ledger.begin(head(), tmp_path)
    intent = ledger.intend("volume", "a", "/volumes")
    with kept(tmp_path) as (one,):
        assert (one.live, one.intents, one.run) == (True, (), ledger.head.run)
    assert ledger.path.exists()
    ledger.made(intent, "id")
    ledger.close()
    with kept(tmp_path) as (one,):
        assert not one.live
        assert [(intent.name, intent.id) for intent in one.intents] == [("a", "id")]
        with kept(tmp_path) as (other,):
            # another cleanup
            assert other.live
    assert ledger.path.exists()


def test_a_run_that_left_nothing_leaves_no_file(tmp_path: Path) -> None:
    ledger = Ledger.begin(head(), tmp_path)
    ledger.gone(ledger.intend("volume", "a", "/volumes"))
    ledger.close()
    ledger.close()
    assert not list(tmp_path.iterdir())


def test_nothing_is_intended_after_the_end(tmp_path: Path) -> None:
    ledger = Ledger.begin(head(), tmp_path)
    ledger.intend("volume", "a", "/volumes")
    ledger.close()
    with pytest.raises(SovranError, match="nothing more is made"):
        ledger.intend("volume", "b", "/volumes")


def test_a_file_of_which_the_first_line_is_spoilt_is_kept(tmp_path: Path) -> None:
    ledger = Ledger.begin(head(), tmp_path)
    ledger.intend("volume", "a", "/volumes")
    ledger.close()
    ledger.path.write_bytes(b"x" + ledger.path.read_bytes())
    with kept(tmp_path) as (one,):
        assert one.problem == "its first line cannot be read"
    assert ledger.path.exists()


def test_a_file_that_no_run_came_to_write_is_deleted(tmp_path: Path) -> None:
    (tmp_path / "6a1f2b3c4d5e6f.jsonl").touch()
    with kept(tmp_path) as (one,):
        assert one.intents == ()
    assert not list(tmp_path.iterdir())


def test_names_of_one_run_differ_whoever_makes_them(tmp_path: Path) -> None:
    ledger = Ledger.begin(head(), tmp_path)
    names = [ledger.name("volume", who) for who in ("", "", "a", "a")]
    assert len(set(names)) == 4
    assert all(read_marker(name) for name in names)
    ledger.close()


def test_ids_of_users_that_were_made_stay_known(tmp_path: Path) -> None:
    ledger = Ledger.begin(head(), tmp_path)
    user, other = ledger.intend("user", "a", "/users"), ledger.intend("project", "b", "/projects")
    ledger.gone(ledger.made(user, "u1"))
    ledger.made(other, "p1")
    assert read_lines(ledger.path.read_bytes())[2] == {"u1"}
    ledger.close()


def test_where_nothing_can_be_written_nothing_is_begun(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.touch()
    with pytest.raises(SovranError, match="so nothing is made in the cloud"):
        Ledger.begin(head(), place / "ledger")


FULL = """
import resource, signal, sys
from pathlib import Path
from tests.cloud.acting.test_ledger import head
from sovran.cloud.acting.ledger import Ledger
from sovran.model.errors import SovranError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
ledger = Ledger.begin(head(), Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (ledger.path.stat().st_size + int(sys.argv[2]),) * 2)
made = []
try:
    for number in range(9):
        made.append(ledger.intend("volume", f"n{number}", "/volumes"))
except SovranError as error:
    print(len(made), error)
ledger.made(made[0], "id0")
ledger.close()
"""


@pytest.mark.parametrize("room", [150, 200, 260])
def test_a_full_disk_lets_nothing_be_made_and_keeps_what_it_has(tmp_path: Path, room: int) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path), str(room)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    count, _, sentence = done.stdout.partition(" ")
    assert "so nothing is made in the cloud: make room there" in sentence
    with kept(tmp_path) as (one,):
        assert [intent.name for intent in one.intents] == [f"n{number}" for number in range(int(count))]


def test_a_full_disk_at_the_beginning(tmp_path: Path) -> None:
    program = FULL.replace("ledger = Ledger", "resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))\nledger = Ledger")
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), "0"], capture_output=True, text=True, check=False
    )
    assert "cannot be written" in done.stderr
    assert not list(tmp_path.iterdir())
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("state", "home"),
    [("/s", "/s/sovran/ledger"), ("", "{home}/.local/state/sovran/ledger"), ("x", "{home}/.local/state/sovran/ledger")],
)
def test_where_ledgers_are_kept(monkeypatch: pytest.MonkeyPatch, state: str, home: str) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", state)
    assert str(ledger_home()) == home.format(home=os.path.expanduser("~"))  # noqa: PTH111 - as users know it
