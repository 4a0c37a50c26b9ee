# SPDX-License-Identifier: Apache-2.0
"""Neutron's own agent beside OVN, which gives the guests of each network Nova's metadata.

The process starts in the root namespace, with a mount namespace of its own (`unshare --mount`), and enters the
network namespace of the host: there the agent works. One thread stays behind, and only passes on what the agent sends
to Nova's metadata API, so that nothing else of the host's namespace reaches a port of this machine.
"""

import ctypes
import os
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sovran.lab.guests import places
from sovran.lab.services.place import LOOPBACK, Place

CLONE_NEWNET = 0x40000000
PIECE = 1 << 16
"""Octets passed on at once."""
PATIENCE = 65
"""Seconds; the agent itself waits 60 for an answer."""


def run(place: Place, ready: Callable[[], None]) -> None:
    """Work until a signal ends the process."""
    _passing_on(place)
    _enter(places.host_namespace(place.marker))
    # named namespaces of networks are seen by this process and its children only, and end with them
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run/netns"], check=True)
    subprocess.run(["mount", "-t", "sysfs", "sysfs", "/sys"], check=True)
    os.environ["SOVRAN_LAB_SERVICE"] = "metadata-proxy"  # the proxies lead sessions of their own
    _agent(str(place.config("ovn-agent", "ovn_agent.ini"))).start()
    ready()
    threading.Event().wait()


def _agent(configuration: str) -> Any:
    """The agent as upstream's command makes it, but without the launcher, which would run it in a second process."""
    _without_privileges()
    from oslo_service import backend

    backend.init_backend(backend.BackendType.THREADING)
    from neutron.agent.ovn.agent.ovn_neutron_agent import OVNNeutronAgent
    from neutron.agent.ovn.metadata.agent import MetadataAgent
    from neutron.common import config
    from neutron.conf import common
    from neutron.conf.agent.ovn.ovn_neutron_agent import config as options
    from oslo_config import cfg
    from oslo_log import log

    MetadataAgent._ensure_datapath_checksum = _fill_in_checksums
    log.register_options(cfg.CONF)
    common.register_cli_script_opts()
    common.register_core_common_config_opts()
    options.register_opts()
    config.init(["--config-file", configuration])
    config.setup_logging()
    return OVNNeutronAgent(cfg.CONF)


def _without_privileges() -> None:
    """Call privileged functions in this process, which is root's."""
    import neutron.privileged
    from oslo_privsep.priv_context import PrivContext

    for context in vars(neutron.privileged).values():
        if isinstance(context, PrivContext):
            context.set_client_mode(False)


def _fill_in_checksums(_agent: object, namespace: str) -> None:
    """Let the kernel write checksums, since the switch in user space does not; upstream takes iptables for it."""
    device = f"tap{namespace.removeprefix('ovnmeta-')[:10]}1"
    subprocess.run(places.inside(namespace, ["ethtool", "-K", device, "tx", "off"]), check=True, capture_output=True)


def _enter(namespace: str) -> None:
    """Move this thread, and those that it will start, into a named network namespace."""
    with Path("/run/netns", namespace).open("rb") as handle:
        # os.setns is there from Python 3.12 on
        if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter the network namespace {namespace}")


def _passing_on(place: Place) -> None:
    """Start the thread that stays, with a listening socket that is of the host's namespace.

    A socket belongs to the namespace in which it was made, so each end of the passage is on its own side.
    """
    made: list[socket.socket] = []
    port = place.ports[places.METADATA_PORT]

    def listen() -> None:
        _enter(places.host_namespace(place.marker))
        made.append(socket.create_server((LOOPBACK, port)))

    visitor = threading.Thread(target=listen)
    visitor.start()
    visitor.join()
    (listening,) = made
    threading.Thread(target=_accept, args=(listening, port), daemon=True).start()


def _accept(listening: socket.socket, port: int) -> None:
    while True:
        asked, _ = listening.accept()
        threading.Thread(target=_pass_on, args=(asked, port), daemon=True).start()


def _pass_on(asked: socket.socket, port: int) -> None:
    """Join a connection with one to Nova until both have said all."""
    with asked:
        try:
            answering = socket.create_connection((LOOPBACK, port), PATIENCE)
        except OSError:
            return  # the agent finds its connection closed, and tells the guest so
        with answering:
            asked.settimeout(PATIENCE)
            back = threading.Thread(target=_copy, args=(answering, asked), daemon=True)
            back.start()
            _copy(asked, answering)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(PIECE):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the other direction ends by itself
