# SPDX-License-Identifier: Apache-2.0
"""Swift: proxy with its S3 API, account, container and object server, all in this process."""

import logging
from logging.handlers import RotatingFileHandler
from typing import Any

from sovran.lab.services.faults import Faults
from sovran.lab.services.place import LOOPBACK, Place
from sovran.lab.services.swift_faults import FaultyStore

STORAGE = ("object", "container", "account")
LOG_BYTES = 10 << 20
handlers: list[logging.Handler] = []
"""The one handler of all Swift servers of this process."""


def prepare() -> None:
    """Replace blocking calls by green ones, before anything that uses them is imported: Swift is written for that."""
    import eventlet

    eventlet.monkey_patch()


def application(place: Place) -> Any:
    """Start the storage servers; return the proxy."""
    import eventlet
    import eventlet.wsgi
    from swift.common import constraints, storage_policy, utils
    from swift.common.http_protocol import SwiftHttpProtocol
    from swift.common.wsgi import loadapp

    build_rings(place)
    handlers.append(RotatingFileHandler(place.log("swift.log"), maxBytes=LOG_BYTES, backupCount=1))
    utils.set_swift_dir(str(place.config("swift", "")))
    utils.validate_configuration()
    constraints.reload_constraints()
    storage_policy.reload_storage_policies()
    for kind in STORAGE:
        storage = loadapp(str(place.config("swift", f"{kind}-server.conf")))
        socket = eventlet.listen((LOOPBACK, place.ports[f"swift-{kind}"]))
        eventlet.spawn(eventlet.wsgi.server, socket, storage, log_output=False, protocol=SwiftHttpProtocol)
    return FaultyStore(loadapp(str(place.config("swift", "proxy-server.conf"))), Faults(place, "swift"))


def log_to_file(
    _conf: Any, name: str, _console: bool, _route: str, _fmt: str, logger: logging.Logger, _adapted: Any
) -> None:
    """Let a Swift server log to swift.log (its option `log_custom_handlers`): it knows syslog only."""
    handlers[0].setFormatter(logging.Formatter(f"%(asctime)s %(process)d %(levelname)s {name} %(message)s"))
    logger.addHandler(handlers[0])


def serve(proxy: Any, port: int, ready: Any) -> None:
    """Serve the proxy from green threads, which Swift is written for."""
    import eventlet
    import eventlet.wsgi
    from swift.common.http_protocol import SwiftHttpProtocol

    socket = eventlet.listen((LOOPBACK, port), backlog=128)
    ready()
    eventlet.wsgi.server(socket, proxy, log_output=False, protocol=SwiftHttpProtocol)


def build_rings(place: Place) -> None:
    """Write the three rings: one device, one replica, on this lab's ports."""
    from swift.common.ring import RingBuilder

    for kind in STORAGE:
        builder = RingBuilder(4, 1, 1)
        builder.add_dev(
            {
                "id": 0,
                "region": 1,
                "zone": 1,
                "ip": LOOPBACK,
                "port": place.ports[f"swift-{kind}"],
                "device": "d1",
                "weight": 1.0,
                "meta": "",
            }
        )
        builder.rebalance()
        ring = place.config("swift", f"{kind}.ring.gz")
        builder.get_ring().save(str(ring))
        ring.chmod(0o600)
