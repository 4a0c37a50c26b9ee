# SPDX-License-Identifier: Apache-2.0
"""Names of processes and places, databases and configuration of a lab with guests."""

import configparser
import os
from pathlib import Path

import pytest

from sovran.lab import config, description, lifecycle, topology
from sovran.lab.config.ini import Setting
from sovran.lab.description import Description
from sovran.lab.guests import daemons, needs, places, plane
from sovran.model.errors import SovranError, UsageError


@pytest.fixture
def with_guests() -> Description:
    """A lab with guests, of all services."""
    names = [*(port for service in topology.SERVICES for port in service.ports), places.METADATA_PORT]
    return description.draw("x", tuple(topology.BY_NAME), {name: 20001 + at for at, name in enumerate(names)}, True)


def test_names_are_of_one_lab(with_guests: Description) -> None:
    other = description.draw("y", (), {}, guests=True)
    assert not set(places.namespaces(with_guests.marker)) & set(places.namespaces(other.marker))
    assert places.inside("n", ["ip", "link"]) == ["ip", "netns", "exec", "n", "ip", "link"]


def test_one_host_and_a_secret_of_its_own(with_guests: Description) -> None:
    assert with_guests.zones == {"lab-1": "nova"}
    assert len(with_guests.keys["metadata_proxy"]) == 32


def test_all_sockets_are_in_one_folder_of_the_lab(tmp_path: Path) -> None:
    sockets = [daemon.socket for daemon in daemons.table(tmp_path)]
    assert {socket.parent for socket in sockets} == {places.run_folder(tmp_path)}
    assert len(set(sockets)) == len(sockets)


def test_no_daemon_opens_a_port(tmp_path: Path) -> None:
    words = [word for daemon in daemons.table(tmp_path) for word in daemon.command]
    assert not [word for word in words if "tcp:" in word or "ssl:" in word]
    assert [word for word in words if "punix:" in word]


def test_the_switch_has_a_monitor(tmp_path: Path) -> None:
    commands = {daemon.name: daemon.command for daemon in daemons.table(tmp_path)}
    assert "--monitor" in commands["vswitchd"]
    assert daemons.crashes(os.getpid()) == 0
    assert plane.deaths(os.getpid()) == ""


def test_no_process_of_the_plane_has_the_name_of_a_service() -> None:
    assert not set(plane.NAMES) & set(topology.BY_NAME)


def test_neutron_and_its_agent_use_the_labs_ovn(with_guests: Description, tmp_path: Path) -> None:
    setting = Setting(with_guests, tmp_path / "labs" / "x", tmp_path / "env")
    config.write(setting)
    neutron, agent = (
        configparser.RawConfigParser(default_section="none"),
        configparser.RawConfigParser(default_section="none"),
    )
    neutron.read(setting.etc("neutron", "neutron.conf"))
    agent.read(setting.etc("ovn-agent", "ovn_agent.ini"))
    for parser in (neutron, agent):
        assert parser["ovn"]["ovn_sb_connection"] == f"unix:{setting.folder}/ovn/run/sb.sock"
        assert parser["ovs"]["ovsdb_connection"] == f"unix:{setting.folder}/ovn/run/db.sock"
    assert neutron["ml2"]["mechanism_drivers"] == "ovn"
    assert neutron["ml2"]["extension_drivers"] == "port_security,qos,dns"
    assert "ml2_type_vxlan" not in neutron
    assert agent["DEFAULT"]["nova_metadata_port"] == str(with_guests.ports[places.METADATA_PORT])
    assert agent["DEFAULT"]["metadata_proxy_shared_secret"] == with_guests.keys["metadata_proxy"]


def test_databases_are_made_once_and_the_switchs_anew(tmp_path: Path) -> None:
    places.databases(tmp_path).mkdir(parents=True)
    places.switch_database(tmp_path).parent.mkdir()
    daemons.create_databases(tmp_path)
    daemons.create_switch_database(tmp_path)
    files = {path: path.stat().st_ino for path in tmp_path.rglob("*.db")}
    assert {path.name for path in files} == {"nb.db", "sb.db", "conf.db"}
    with places.switch_database(tmp_path).open("ab") as file:
        file.write(b"rubbish")
    daemons.create_databases(tmp_path)
    daemons.create_switch_database(tmp_path)
    assert b"rubbish" not in places.switch_database(tmp_path).read_bytes()
    assert (places.databases(tmp_path) / "nb.db").stat().st_ino == files[places.databases(tmp_path) / "nb.db"]


def test_a_lab_made_without_guests_does_not_get_any(labs: Path, described: Description) -> None:
    described.name = "plain"
    description.save(labs / "labs" / "plain", described)
    with pytest.raises(UsageError, match=r"'plain' was made without guests.*lab down --remove --name plain"):
        lifecycle._guests_possible(described, labs / "labs" / "plain")


def test_a_lab_that_is_refused_leaves_nothing(labs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "complaint", lambda: "root is needed")
    with pytest.raises(SovranError, match="a lab with guests cannot run here: root is needed"):
        lifecycle.up("x", None, print, guests=True)
    assert list(labs.iterdir()) == []


def test_logs_of_the_plane_are_of_labs_with_guests_only(
    labs: Path, described: Description, with_guests: Description
) -> None:
    description.save(labs / "labs" / "x", described)
    with pytest.raises(UsageError, match="the lab has no service 'vswitchd'"):
        lifecycle.check_service("x", "vswitchd")
    description.save(labs / "labs" / "x", with_guests)
    lifecycle.check_service("x", "vswitchd")
