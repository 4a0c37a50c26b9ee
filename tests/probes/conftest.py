# SPDX-License-Identifier: Apache-2.0
"""A stage on a cloud that lies as the test tells it to."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from sovran.cloud.acting.actor import Actor
from sovran.cloud.acting.ledger import Head, Ledger
from sovran.cloud.acting.marker import new_run
from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.live import LiveReader
from sovran.cloud.session import connect
from sovran.probes import settle
from sovran.probes.probe import Stage
from tests.probes.http_cloud import HttpCloud


@pytest.fixture
def cloud() -> Iterator[HttpCloud]:
    """An honest one, until it is told to lie."""
    with HttpCloud() as one:
        yield one


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Stage]]:
    """A stage on a cloud, with a ledger of its own; what settles late is not waited for long."""
    monkeypatch.setattr(settle, "SECONDS", 0.3)
    for name in [name for name in os.environ if name.startswith(("OS_", "XDG_"))]:
        monkeypatch.delenv(name)
    file = tmp_path / "clouds.yaml"
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(file))
    with ExitStack() as stack:

        def make(cloud: HttpCloud, **options: object) -> Stage:
            auth = {"auth_url": f"{cloud.url}/v3", "username": "u", "password": "p", "user_domain_name": "D"}
            auth |= {"project_name": "p", "project_domain_name": "D"}
            file.write_text(yaml.safe_dump({"clouds": {"c": {"auth": auth, "region_name": "R", **options}}}))
            connection = stack.enter_context(connect(read_cloud("c"), concurrency=4, timeout=5))
            reader = LiveReader(connection, seconds=60)
            head = Head(run=new_run(), cloud="c", auth_url="", project="p1", began=datetime.now(UTC), user="u1")
            ledger = Ledger.begin(head, tmp_path / "ledger")
            stack.callback(ledger.close)
            return Stage(reader, Actor(connection, reader, ledger, seconds=60))

        yield make
