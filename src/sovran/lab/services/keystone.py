# SPDX-License-Identifier: Apache-2.0
"""Keystone: the identity API."""

import os
from typing import Any

from sovran.lab.services.place import Place
from sovran.lab.services.sqlite import begin_writers_immediately


def application(place: Place) -> Any:
    """Keystone's WSGI application."""
    begin_writers_immediately()
    os.environ["OS_KEYSTONE_CONFIG_FILES"] = str(place.config("keystone", "keystone.conf"))
    from keystone.wsgi.api import application as upstream

    return upstream
