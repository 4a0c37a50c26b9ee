# SPDX-License-Identifier: Apache-2.0
"""The break of OVN's rules for security groups, against a database of OVN's own."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sovran.lab.breaks import service_states
from sovran.lab.breaks.group_states import GROUP, GroupsState, OpenGroups
from sovran.lab.folders import lab_folder
from sovran.lab.guests import places
from sovran.model.errors import SovranError
from tests.lab.recorder import RecordingApi

SCHEMA = Path("/usr/share/ovn/ovn-nb.ovsschema")


@pytest.fixture
def northbound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A northbound database with the rule by which Neutron drops what no group allows; the beginning of a command."""
    monkeypatch.setenv("SOVRAN_LAB_HOME", str(tmp_path))
    socket = places.northbound(lab_folder(RecordingApi({}).lab.name))
    socket.parent.mkdir(parents=True)
    subprocess.run(["ovsdb-tool", "create", "nb.db", str(SCHEMA)], cwd=tmp_path, check=True)
    server = ["ovsdb-server", "nb.db", f"--remote=p{places.unix(socket)}", "--unixctl=none"]
    with subprocess.Popen(server, cwd=tmp_path, stderr=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 30
            while not socket.exists() and time.monotonic() < until:
                time.sleep(0.02)
            command = ["ovn-nbctl", f"--db={places.unix(socket)}", "--timeout=20"]
            subprocess.run([*command, "pg-add", GROUP], check=True)
            subprocess.run(
                [*command, "acl-add", GROUP, "to-lport", "1001", f"outport == @{GROUP} && ip", "drop"], check=True
            )
            yield command
        finally:
            process.terminate()


def rules(command: list[str]) -> list[str]:
    """What OVN does with what comes for guests."""
    listed = subprocess.run([*command, "acl-list", GROUP], check=True, capture_output=True, text=True).stdout
    return [line.split()[-1] for line in listed.splitlines()]


def test_everything_passes_until_it_is_healed(northbound: list[str]) -> None:
    api = RecordingApi({})
    before, after = service_states.resolve(api, OpenGroups())
    assert (before, after) == (GroupsState(open=False), GroupsState(open=True))
    for _ in range(2):
        service_states.put(api, after)
        assert rules(northbound) == ["allow-related", "drop"]
    assert service_states.resolve(api, OpenGroups()) == (after, after)
    for _ in range(2):
        service_states.put(api, before)
        assert rules(northbound) == ["drop"]


def test_what_ovn_refuses_is_told(northbound: list[str]) -> None:
    subprocess.run([*northbound, "pg-del", GROUP], check=True)
    with pytest.raises(SovranError, match=r"OVN of lab test refused acl-list: .*neutron_pg_drop"):
        service_states.resolve(RecordingApi({}), OpenGroups())
