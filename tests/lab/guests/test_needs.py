# SPDX-License-Identifier: Apache-2.0
"""What a lab with guests needs, and what is said where it is not there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sovran.lab.guests import needs
from sovran.model.errors import SovranError

NOTHING: list[str] = []


def test_an_ordinary_user_is_told_that_root_is_needed(tmp_path: Path) -> None:
    tun = tmp_path / "tun"
    tun.touch()
    assert needs.complaint(lambda: 1000, lambda: NOTHING, tun).startswith("root is needed")
    assert needs.complaint(lambda: 0, lambda: NOTHING, tun) == ""


def test_missing_packages_are_named_in_one_line_to_paste(tmp_path: Path) -> None:
    said = needs.complaint(lambda: 0, lambda: ["ovn-central", "haproxy"], tmp_path)
    assert said == (
        "packages are missing, install them with: apt-get install --no-install-recommends ovn-central haproxy"
    )


def test_a_kernel_without_taps_is_told(tmp_path: Path) -> None:
    assert str(tmp_path / "no") in needs.complaint(lambda: 0, lambda: NOTHING, tmp_path / "no")


def test_a_package_is_there_when_all_of_it_is(tmp_path: Path) -> None:
    assert needs.Package("coreutils", ("ls", "cat")).present()
    assert not needs.Package("coreutils", ("ls", "no-such-program")).present()
    assert not needs.Package("coreutils", ("ls",), file=str(tmp_path / "no")).present()


def test_a_folder_too_deep_for_sockets_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "complaint", lambda: "")
    needs.check(Path("/var/lib/lab"))
    with pytest.raises(SovranError, match=r"too long for the sockets.*set SOVRAN_LAB_HOME"):
        needs.check(Path("/var") / ("x" * 90))


def test_a_lab_without_guests_knows_nothing_of_them(tmp_path: Path) -> None:
    """Neither a module nor a file: what `sovran lab up` without --guests does is as it was."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from sovran.lab import config, content, description, readymade, topology\n"
        "from sovran.lab.config.ini import Setting\n"
        "names = [port for service in topology.SERVICES for port in service.ports]\n"
        "lab = description.draw('x', tuple(topology.BY_NAME), {name: 20000 + i for i, name in enumerate(names)})\n"
        "config.write(Setting(lab, Path(sys.argv[1]), Path('/packages')))\n"
        "assert not lab.guests and 'metadata_proxy' not in lab.keys\n"
        "print('\\n'.join(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, env=dict(os.environ), check=True
    )
    loaded = set(done.stdout.split())
    assert "sovran.lab.config.network" in loaded
    assert not {f"sovran.lab.guests.{name}" for name in ("plane", "daemons", "namespaces", "needs")} & loaded
    assert not {"sovran.lab.config.internet", "sovran.lab.config.network_guests", "sovran.guest"} & loaded
    written = {path.name for path in (tmp_path / "etc").iterdir()}
    assert written.isdisjoint({"internet", "ovn-agent"})
    neutron = (tmp_path / "etc" / "neutron" / "neutron.conf").read_text(encoding="utf-8")
    assert "mechanism_drivers = openvswitch" in neutron
    assert "ovn" not in neutron.replace("openvswitch", "")
