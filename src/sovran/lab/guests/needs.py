# SPDX-License-Identifier: Apache-2.0
"""What a machine must have for a lab with guests: root, Debian packages, a device for taps."""

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sovran.lab.guests import places
from sovran.model.errors import SovranError

TUN = Path("/dev/net/tun")


@dataclass(frozen=True)
class Package:
    """A Debian package, with the programs of it that the lab runs, or a file of it that a program reads."""

    name: str
    programs: tuple[str, ...] = ()
    file: str = ""

    def present(self) -> bool:
        """Whether all of it is there."""
        return all(map(shutil.which, self.programs)) and (not self.file or Path(self.file).exists())


PACKAGES = (
    Package("qemu-system-x86", ("qemu-system-x86_64",)),
    Package("qemu-utils", ("qemu-img",)),
    Package("ovmf", file="/usr/share/OVMF/OVMF_CODE_4M.fd"),
    Package("genisoimage", ("genisoimage",)),
    Package("openvswitch-switch", ("ovs-vswitchd", "ovsdb-server", "ovs-vsctl", "ovsdb-tool")),
    Package("ovn-central", ("ovn-northd",)),
    Package("ovn-host", ("ovn-controller",)),
    Package("haproxy", ("haproxy",)),
    Package("iproute2", ("ip",)),
    Package("ethtool", ("ethtool",)),
)


def missing() -> list[str]:
    """Names of the packages that are not installed."""
    return [package.name for package in PACKAGES if not package.present()]


def install_line(names: Iterable[str]) -> str:
    """The one line that installs packages on Debian 12 and 13, typed by root, who needs them."""
    return f"apt-get install --no-install-recommends {' '.join(names)}"


def complaint(user: Callable[[], int] = os.geteuid, lacking: Callable[[], list[str]] = missing, tun: Path = TUN) -> str:
    """Why this machine, or this user, cannot run a lab with guests; empty when it can."""
    packages = lacking()
    reasons = []
    if user() != 0:
        reasons.append("root is needed (network namespaces, taps): run the command as root")
    if packages:
        reasons.append(f"packages are missing, install them with: {install_line(packages)}")
    if not tun.exists():
        reasons.append(f"the kernel offers no taps: {tun} must be there")
    return "; ".join(reasons)


def check(folder: Path) -> None:
    """Make sure that a lab with guests can run here, in this folder.

    Raises:
        SovranError: it cannot.
    """
    if said := complaint():
        raise SovranError(f"a lab with guests cannot run here: {said}")
    longest = max(
        map(len, map(str, (places.run_folder(folder) / "ovn-controller.ctl", places.metadata_socket(folder))))
    )
    if longest > places.LONGEST_SOCKET:
        raise SovranError(
            f"the path {folder} is too long for the sockets of a lab with guests: set SOVRAN_LAB_HOME to a shorter one"
        )
