# SPDX-License-Identifier: Apache-2.0
"""Waiting for resources of a cloud."""

import time
from collections.abc import Callable
from typing import Any

from sovran.lab.rest import Rest

PATIENCE = 180.0
"""Seconds after which a test gives up."""


def state(cloud: Rest, service: str, path: str, kind: str) -> str:
    """The status of a resource."""
    return str(cloud.call(service, "GET", path)[kind]["status"])


def wait(look: Callable[[], Any], wanted: set[Any]) -> Any:
    """Look until one of the wanted values is seen; returns it."""
    limit = time.monotonic() + PATIENCE
    while (seen := look()) not in wanted:
        assert time.monotonic() < limit, f"still {seen} after {PATIENCE:.0f} s"
        time.sleep(0.5)
    return seen
