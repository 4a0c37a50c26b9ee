# SPDX-License-Identifier: Apache-2.0
"""Logs: the line that tells why, the last lines, the requests."""

import itertools
import threading
import time
from pathlib import Path

import pytest

from sovran.lab import log

TRACEBACK = """Service is starting with native threading.
Traceback (most recent call last):
  File "x.py", line 1, in <module>
    raise OSError
OSError: [Errno 98] Address already in use
"""
LOGGED = """2026-11-20 09:53:28.397 10131 INFO cinder [-] fine
2026-11-20 09:53:28.398 10131 CRITICAL cinder [-] Unhandled error: oslo_db.exception.DBError: no such table: x
2026-11-20 09:53:28.399 10131 INFO cinder [-] stopped
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lab's folder with an empty log folder."""
    (tmp_path / "log").mkdir()
    return tmp_path


def test_the_reason_is_the_exception_that_was_printed(folder: Path) -> None:
    (folder / "log" / "nova.out").write_text(TRACEBACK, encoding="utf-8")
    (folder / "log" / "nova.log").write_text(LOGGED, encoding="utf-8")
    path = folder / "log" / "nova.out"
    assert log.reason(folder, "nova") == f"OSError: [Errno 98] Address already in use ({path})"


def test_else_it_is_the_severe_line_that_was_logged(folder: Path) -> None:
    (folder / "log" / "cinder.out").write_text("", encoding="utf-8")
    (folder / "log" / "cinder.log").write_text(LOGGED, encoding="utf-8")
    assert "DBError: no such table: x" in log.reason(folder, "cinder")


def test_no_reason_says_where_it_was_looked_for(folder: Path) -> None:
    assert log.reason(folder, "nova") == f"nothing was logged in {folder / 'log'}"


def test_last_lines(folder: Path) -> None:
    (folder / "log" / "nova.log").write_text("\n".join(str(number) for number in range(1000)), encoding="utf-8")
    assert log.last(folder, "nova", 2) == ["998", "999"]


def test_following_shows_what_is_added_also_after_rotation(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "POLL", 0.01)
    path = folder / "log" / "nova.log"
    path.write_text("first line\n", encoding="utf-8")

    def write() -> None:
        time.sleep(0.1)
        with path.open("a", encoding="utf-8") as file:
            file.write("second\n")
        time.sleep(0.2)
        path.write_text("third\n", encoding="utf-8")

    writer = threading.Thread(target=write)
    lines = log.follow(folder, "nova", 10)
    assert next(lines) == "first line"
    writer.start()
    assert list(itertools.islice(lines, 2)) == ["second", "third"]
    writer.join()


def test_requests_tell_clients_from_the_lab_itself(folder: Path) -> None:
    (folder / "log" / "access-nova.log").write_text(
        '100.5 GET /v2.1/flavors?limit=1 200 12 client "sovran/0.1 (x)"\n'
        '99.0 GET /old 200 1 client ""\n'
        'broken\n101.0 POST /a b 201 3 lab "nova"\n',
        encoding="utf-8",
    )
    first, second = log.requests(folder, since=100)
    assert first == log.Request(100.5, "nova", "GET", "/v2.1/flavors?limit=1", "200", 12, True, "sovran/0.1 (x)")
    assert (second.path, second.from_client) == ("/a b", False)
