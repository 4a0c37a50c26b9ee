# SPDX-License-Identifier: Apache-2.0
"""Free TCP ports on loopback, below 32768: above it Linux hands ports to client sockets, which may take ours."""

import random
import socket
from collections.abc import Iterable

from sovran.lab.topology import LOOPBACK
from sovran.model.errors import SovranError

LOWEST, HIGHEST = 20000, 32767


def is_free(port: int) -> bool:
    """Whether a service could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def choose(names: Iterable[str], taken: Iterable[int] = ()) -> dict[str, int]:
    """A free port for each name, none of them in `taken`.

    Raises:
        SovranError: there are not enough free ports.
    """
    avoid, chosen = set(taken), {}
    candidates = iter(random.sample(range(LOWEST, HIGHEST + 1), HIGHEST + 1 - LOWEST))
    for name in names:
        port = next((port for port in candidates if port not in avoid and is_free(port)), None)
        if port is None:
            raise SovranError(f"no free port between {LOWEST} and {HIGHEST} on {LOOPBACK}: end what holds them")
        chosen[name] = port
    return chosen
