# SPDX-License-Identifier: Apache-2.0
"""Processes are found by their marker and ended by what the kernel says they are."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sovran.lab import processes

SLEEP = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"


@pytest.fixture
def marker() -> Iterator[str]:
    """A marker of this test; what bears it is gone afterwards."""
    drawn = secrets.token_hex(16)
    yield drawn
    processes.stop(drawn, grace=0.2)


def start(program: str, service: str, marker: str, folder: Path) -> int:
    """A Python program as a service."""
    command = [sys.executable, "-c", program]
    return processes.start(command, dict(os.environ), folder / f"{service}.out", service=service, marker=marker)


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + 10
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_services_are_found_by_name(marker: str, tmp_path: Path) -> None:
    pids = {name: start(SLEEP, name, marker, tmp_path) for name in ("nova", "glance")}
    assert processes.find_services(marker) == pids


def test_another_lab_s_processes_are_not_ours(marker: str, tmp_path: Path) -> None:
    start(SLEEP, "nova", marker, tmp_path)
    assert processes.find("0" * 32) == []
    assert processes.stop("0" * 32) == []
    assert set(processes.find_services(marker)) == {"nova"}


def test_a_recycled_process_id_is_not_signalled(marker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between listing and ending, the id went to a process that does not bear the marker."""
    stranger = subprocess.Popen([sys.executable, "-c", SLEEP])
    try:
        monkeypatch.setattr(processes, "find", lambda _marker: [processes.Process(stranger.pid, "nova")])
        assert processes.stop(marker) == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_stop_ends_only_the_services_named(marker: str, tmp_path: Path) -> None:
    start(SLEEP, "nova", marker, tmp_path)
    start(SLEEP, "glance", marker, tmp_path)
    assert [process.service for process in processes.stop(marker, {"nova"})] == ["nova"]
    assert set(processes.find_services(marker)) == {"glance"}


def test_a_process_that_ignores_the_request_is_killed(marker: str, tmp_path: Path) -> None:
    start(STUBBORN, "nova", marker, tmp_path)
    until(lambda: "ready" in (tmp_path / "nova.out").read_text(encoding="utf-8"))
    assert [process.service for process in processes.stop(marker, grace=0.3)] == ["nova"]
    assert processes.find(marker) == []


def test_helpers_of_a_service_end_with_it(marker: str, tmp_path: Path) -> None:
    start(PARENT, "nova", marker, tmp_path)
    until(lambda: len(processes.find(marker)) == 2)
    assert sorted(process.service for process in processes.find(marker)) == ["", "nova"]
    processes.stop(marker)
    assert processes.find(marker) == []


def test_a_dead_service_is_not_found(marker: str, tmp_path: Path) -> None:
    pid = start(SLEEP, "nova", marker, tmp_path)
    os.kill(pid, signal.SIGKILL)
    until(lambda: processes.find(marker) == [])


def test_memory_is_measured_in_bytes() -> None:
    resident, proportional = processes.memory(os.getpid())
    assert 5 << 20 < proportional <= resident < 4 << 30
    assert processes.memory(0) == (0, 0)
