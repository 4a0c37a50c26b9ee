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
    _forget_policies_that_are_gone()
    from glance.wsgi.api import application as upstream

    return upstream


def _forget_policies_that_are_gone() -> None:
    """Let Glance drop a rule that no longer stands in its policy file, as other services do: breaks are healed so."""
    from glance.api import policy

    build = policy.Enforcer.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        build(self, *args, **kwargs)
        self.overwrite = True

    policy.Enforcer.__init__ = init
