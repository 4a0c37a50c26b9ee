# SPDX-License-Identifier: Apache-2.0
"""Barbican: the key manager, secrets encrypted by its simple crypto plugin."""

import os
import sys
from pathlib import Path
from typing import Any

from sovran.lab.services.place import Place
from sovran.lab.services.sqlite import begin_all_immediately


def application(place: Place) -> Any:
    """Barbican's WSGI application."""
    begin_all_immediately()
    # Barbican makes several option parsers that read the default places only: give it a home with its file
    os.environ["HOME"] = str(place.config("barbican", "home"))
    os.environ["OS_BARBICAN_CONFIG_DIR"] = str(place.config("barbican", ""))
    from barbican.common import policy
    from paste import deploy

    served = deploy.loadapp(f"config:{Path(sys.prefix, 'etc/barbican/barbican-api-paste.ini')}", name="main")
    # on the first request otherwise, and one beside it finds half of them
    policy.init()
    return served


def create_schema(url: str) -> None:
    """Create Barbican's tables from its models, as its own `db_auto_create` does."""
    import sqlalchemy as sa
    from barbican.model import models

    models.BASE.metadata.create_all(sa.create_engine(url))
