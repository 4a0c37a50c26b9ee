# SPDX-License-Identifier: Apache-2.0
"""The access log that wraps each service."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sovran.lab import log
from sovran.lab.services import access


def application(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answers 201."""
    start_response("201 Created", [])
    return [b"x"]


def failing(_environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
    """Does not answer."""
    raise ValueError("broken")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lab's folder."""
    (tmp_path / "log").mkdir()
    return tmp_path


@pytest.fixture
def served(folder: Path) -> Iterator[access.AccessLog]:
    """The application with its log in the lab's folder."""
    yield from wrap(application, folder)


@pytest.fixture
def served_badly(folder: Path) -> Iterator[access.AccessLog]:
    """The application that fails."""
    yield from wrap(failing, folder)


def wrap(wrapped: Any, folder: Path) -> Iterator[access.AccessLog]:
    """An application with its log."""
    middleware = access.AccessLog(wrapped, folder / "log" / "access-nova.log")
    yield middleware
    middleware.close()


def request(path: str = "/v2.1", **more: str) -> dict[str, Any]:
    """A WSGI environment."""
    return {"REQUEST_METHOD": "GET", "PATH_INFO": path, **more}


def ignore(*_arguments: Any) -> Callable[[bytes], object]:
    """A start_response whose answer nobody reads."""
    return len


def test_each_request_is_one_readable_line(served: access.AccessLog, folder: Path) -> None:
    assert served(request(QUERY_STRING="a=b", HTTP_USER_AGENT='x "y"'), ignore) == [b"x"]
    served(request(**{access.OWN_VARIABLE: "1"}), ignore)
    first, second = log.requests(folder)
    assert (first.path, first.status, first.agent, first.from_client) == ("/v2.1?a=b", "201", "x 'y'", True)
    assert not second.from_client


def test_a_request_that_fails_is_logged_too(served_badly: access.AccessLog, folder: Path) -> None:
    with pytest.raises(ValueError, match="broken"):
        served_badly(request(), ignore)
    (line,) = log.requests(folder)
    assert line.status == "-"


def test_the_file_stays_bounded(served: access.AccessLog, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "LIMIT", 500)
    for _ in range(50):
        served(request(), ignore)
    files = sorted((folder / "log").iterdir())
    assert [path.name for path in files] == ["access-nova.log", "access-nova.log.1"]
    assert all(path.stat().st_size <= 500 for path in files)
