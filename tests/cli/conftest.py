# SPDX-License-Identifier: Apache-2.0
"""What the tests of commands share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import Command
from tests.cli.stub_cloud import StubCloud


@pytest.fixture
def sovran(capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line, in this process."""
    return Command(capsys)


@pytest.fixture
def cloud(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StubCloud]:
    """A cloud on loopback that clouds.yaml calls `stub`, and OS_CLOUD as well; the working directory is empty."""
    for name in [name for name in os.environ if name.startswith(("OS_", "SOVRAN_"))]:
        monkeypatch.delenv(name)
    # where probes keep their ledgers: not among what a command leaves in its working directory
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    monkeypatch.chdir(tmp_path)
    with StubCloud(tmp_path) as stub:
        monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(stub.write_config()))
        monkeypatch.setenv("OS_CLOUD", "stub")
        yield stub
