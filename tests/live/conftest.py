# SPDX-License-Identifier: Apache-2.0
"""A lab for the tests that talk to real services: one per session, ended at its end by process id."""

import os
import secrets
from collections.abc import Iterator

import pytest

from sovran.lab import content, lifecycle
from tests.live.live_lab import LiveLab

SHARED = "SOVRAN_TEST_LAB"
"""Environment variable with the name of a running lab that the tests shall use instead of one of their own."""
SHARED_GUESTS = "SOVRAN_TEST_GUEST_LAB"
"""The same for the tests that need a lab with guests."""


@pytest.fixture(scope="session")
def lab() -> Iterator[LiveLab]:
    """All services, shared by the session's tests: leave it as you found it (or `reset` it)."""
    if name := os.environ.get(SHARED):
        yield LiveLab(name)
        return
    name = f"test-{secrets.token_hex(4)}"
    try:
        lifecycle.up(name, None, print)
        yield LiveLab(name)
    finally:
        lifecycle.remove(name)


@pytest.fixture(scope="session")
def guest_lab() -> Iterator[LiveLab]:
    """A lab with guests, seeded as `scs`; only root can have one, so that tests for others are skipped."""
    if name := os.environ.get(SHARED_GUESTS):
        yield LiveLab(name)
        return
    if os.geteuid():
        pytest.skip("network namespaces and taps need root")
    name = f"test-{secrets.token_hex(4)}"
    try:
        lifecycle.up(name, None, print, guests=True)
        content.apply_profile(name, "scs", None, print)
        yield LiveLab(name)
    finally:
        lifecycle.remove(name)
