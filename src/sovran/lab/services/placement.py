# SPDX-License-Identifier: Apache-2.0
"""Placement: inventories and allocations of the compute hosts."""

import os
from typing import Any

from sovran.lab.services.place import Place
from sovran.lab.services.sqlite import begin_writers_immediately


def application(place: Place) -> Any:
    """Placement's WSGI application."""
    begin_writers_immediately()
    os.environ["OS_PLACEMENT_CONFIG_DIR"] = str(place.config("placement", ""))
    from placement.wsgi.api import application as upstream

    return upstream
