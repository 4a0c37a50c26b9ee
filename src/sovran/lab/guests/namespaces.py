# SPDX-License-Identifier: Apache-2.0
"""The two network namespaces of a lab with guests, joined by one cable, and without any way out of the machine."""

import subprocess
from pathlib import Path

from sovran.lab.guests import places
from sovran.model.errors import SovranError

NAMED = Path("/run/netns")
"""Where `ip netns` keeps the names."""
HOST_END, INTERNET_END = "ext0", "inet0"
"""Ends of the cable: the host's is a port of the external bridge."""
SILENCE = "; ".join(
    f"echo {value} > /proc/sys/net/ipv6/conf/{part}/{key}"
    for part in ("all", "default")
    for key, value in (("accept_ra", 0), ("addr_gen_mode", 1))
)
"""Lets links of the host's namespace have no addresses of their own: guests talk to the switch, never to this kernel,
and what they advertise configures nothing."""
GATEWAY, GATEWAY6 = "203.0.113.1/24", "2001:db8:113::1/64"
"""Of the internet's end: gateways of the external network `public`."""


def exist(marker: str) -> bool:
    """Whether both namespaces have names."""
    return all((NAMED / name).exists() for name in places.namespaces(marker))


def make(marker: str) -> None:
    """Make both, with the cable between them; what is there already of them goes first.

    Raises:
        SovranError: the kernel refused.
    """
    remove(marker)
    host, internet = places.namespaces(marker)
    _run("ip", "netns", "add", host)
    _run("ip", "netns", "add", internet)
    _run(*places.inside(host, ["sh", "-c", SILENCE]))
    cable = f"link add {HOST_END} netns {host} type veth peer name {INTERNET_END} netns {internet}"
    _run("ip", *cable.split())
    _batch(host, ["link set lo up", f"link set {HOST_END} up"])
    _batch(
        internet,
        [
            "link set lo up",
            f"link set {INTERNET_END} up",
            f"addr add {GATEWAY} dev {INTERNET_END}",
            f"addr add {GATEWAY6} dev {INTERNET_END} nodad",  # usable at once: nobody else is there
        ],
    )
    for namespace, end in ((host, HOST_END), (internet, INTERNET_END)):
        # the switch reads and writes whole frames in user space: nobody would fill in checksums, or cut segments
        _run(*places.inside(namespace, ["ethtool", "-K", end, "tx", "off", "tso", "off", "gso", "off", "gro", "off"]))


def remove(marker: str) -> None:
    """Delete the names; the kernel takes a namespace down, and all links in it, when its last process has ended.

    Raises:
        SovranError: the kernel refused.
    """
    for name in places.namespaces(marker):
        path = NAMED / name
        if path.exists():
            # a name without a namespace is what a reboot, or a killed `ip netns add`, leaves
            done = subprocess.run(["ip", "netns", "delete", name], capture_output=True, text=True, check=False)
            if done.returncode:
                path.unlink(missing_ok=True)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        raise SovranError(f"`{' '.join(command)}` failed ({said}): a lab with guests needs root and network namespaces")


def _batch(namespace: str, lines: list[str]) -> None:
    done = subprocess.run(
        ["ip", "-netns", namespace, "-batch", "-"], input="\n".join(lines), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SovranError(f"links of {namespace} could not be set up: {' '.join(done.stderr.split())}")
