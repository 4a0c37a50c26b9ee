# SPDX-License-Identifier: Apache-2.0
"""Choice of ports."""

import socket

import pytest

from sovran.lab import ports
from sovran.lab.topology import LOOPBACK
from sovran.model.errors import SovranError


def test_chosen_ports_are_free_distinct_and_below_the_ephemeral_range() -> None:
    chosen = ports.choose([f"service-{number}" for number in range(50)])
    assert len(set(chosen.values())) == 50
    assert all(port < 32768 and ports.is_free(port) for port in chosen.values())


def test_a_port_that_someone_listens_on_is_not_free() -> None:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        assert not ports.is_free(listener.getsockname()[1])


def test_ports_of_other_labs_are_avoided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "LOWEST", 30000)
    monkeypatch.setattr(ports, "HIGHEST", 30003)
    monkeypatch.setattr(ports, "is_free", lambda port: port != 30001)
    assert set(ports.choose(["a", "b"], taken=[30000]).values()) == {30002, 30003}


def test_no_free_port_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda _port: False)
    with pytest.raises(SovranError, match="no free port between 20000 and 32767"):
        ports.choose(["a"])
