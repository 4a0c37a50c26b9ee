# SPDX-License-Identifier: Apache-2.0
"""A lab as it is described on disk, without any process."""

from pathlib import Path

import pytest

from sovran.lab import description, topology
from sovran.lab.config.ini import Setting
from sovran.lab.description import Description


@pytest.fixture
def labs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home for labs that nobody else uses."""
    monkeypatch.setenv("SOVRAN_LAB_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def described() -> Description:
    """A lab of all services, on ports 20001 and up."""
    names = [port for service in topology.SERVICES for port in service.ports]
    return description.draw("x", tuple(topology.BY_NAME), {name: 20001 + at for at, name in enumerate(names)})


@pytest.fixture
def setting(described: Description, tmp_path: Path) -> Setting:
    """The lab in a folder of its own."""
    return Setting(described, tmp_path / "labs" / "x", tmp_path / "env")
