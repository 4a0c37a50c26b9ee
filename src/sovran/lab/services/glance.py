# SPDX-License-Identifier: Apache-2.0
"""Glance: the image API, images in plain files."""

import os
from typing import Any

from sovran.lab.services.attribute_order import sort_by_definition
from sovran.lab.services.place import Place
from sovran.lab.services.sqlite import begin_writers_immediately


def application(place: Place) -> Any:
    """Glance's WSGI application."""
    sort_by_definition()
    begin_writers_immediately()
    os.environ["OS_GLANCE_CONFIG_DIR"] = str(place.config("glance", ""))
    os.environ["OS_GLANCE_CONFIG_FILES"] = "glance-api.conf"
    from glance.wsgi.api import application as upstream

    return upstream
