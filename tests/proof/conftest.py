# SPDX-License-Identifier: Apache-2.0
"""Keys, and monitors to submit to: always the recorded contract, and the real one where a checkout of it is named.

SOVRAN_TEST_SCS_STANDARDS names a checkout of SovereignCloudStack/standards; SOVRAN_TEST_MONITOR_ENV, a folder in which
the monitor's Python packages stay between runs.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import Command
from tests.proof.contract_server import Account, ContractServer
from tests.proof.keys import Agent, KeyPair, make_key
from tests.proof.real_monitor import RealMonitor

CHECKOUT = os.environ.get("SOVRAN_TEST_SCS_STANDARDS", "")
Monitor = ContractServer | RealMonitor


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> KeyPair:
    """An ed25519 key without passphrase."""
    return make_key(tmp_path_factory.mktemp("key") / "id_ed25519")


@pytest.fixture(scope="session")
def other_key(tmp_path_factory: pytest.TempPathFactory) -> KeyPair:
    """Another one, of an account that stands for others."""
    return make_key(tmp_path_factory.mktemp("other") / "id_ecdsa", "-t", "ecdsa")


@pytest.fixture(scope="session")
def accounts(key: KeyPair, other_key: KeyPair) -> dict[str, Account]:
    """A cloud that submits for itself, and a delegate."""
    return {
        "my-cloud": Account("s3cret:with:colons", (key.line,)),
        "delegate": Account("of others", (key.line, other_key.line), appends_any=True, stands_for=("their-cloud",)),
        "keyless": Account("no key"),
    }


@pytest.fixture(scope="session", params=["contract", *(["monitor itself"] if CHECKOUT else [])])
def monitor(
    request: pytest.FixtureRequest, accounts: dict[str, Account], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Monitor]:
    """What takes reports at `url`, and has `stored` them."""
    if request.param == "contract":
        with ContractServer(accounts) as contract:
            yield contract
        return
    kept = os.environ.get("SOVRAN_TEST_MONITOR_ENV", "")
    cache = Path(kept) if kept else tmp_path_factory.mktemp("monitor")
    with RealMonitor(Path(CHECKOUT).resolve(), accounts, cache) as real:
        yield real


@pytest.fixture
def sovran(capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line, in this process."""
    return Command(capsys)


@pytest.fixture
def no_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No agent that the user of this machine may have."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


@pytest.fixture
def agent(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    """An agent of our own, with no key."""
    started = Agent(tmp_path_factory.mktemp("agent"))
    monkeypatch.setenv("SSH_AUTH_SOCK", str(started.socket))
    yield started
    started.stop()
