# SPDX-License-Identifier: Apache-2.0
"""Looks up many host names at once, within a bound that a slow name server cannot stretch."""

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Iterable

THREADS = 16


def unresolved(hosts: Iterable[str], timeout: float) -> dict[str, str]:
    """Return the reason for each of `hosts` that has no address, or none within `timeout` seconds for all together.

    Numeric addresses are not looked up.
    """
    names = sorted({host for host in hosts if not _is_address(host)})
    results: queue.SimpleQueue[tuple[str, str | None]] = queue.SimpleQueue()
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for name in names:
        waiting.put(name)
    for _ in range(min(THREADS, len(names))):
        # getaddrinfo cannot be interrupted: a daemon thread does not keep the process from ending
        threading.Thread(target=_look_up, args=(waiting, results), daemon=True).start()
    pending = set(names)
    failed: dict[str, str] = {}
    deadline = time.monotonic() + timeout
    while pending:
        try:
            name, reason = results.get(timeout=max(deadline - time.monotonic(), 0.0))
        except queue.Empty:
            break
        pending.discard(name)
        if reason:
            failed[name] = reason
    return failed | dict.fromkeys(pending, f"no answer within {timeout:g} s")


def _look_up(waiting: "queue.SimpleQueue[str]", results: "queue.SimpleQueue[tuple[str, str | None]]") -> None:
    while True:
        try:
            name = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except OSError as error:
            results.put((name, error.strerror or "no address"))
        except UnicodeError:
            results.put((name, "not a valid host name"))
        else:
            results.put((name, None))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
