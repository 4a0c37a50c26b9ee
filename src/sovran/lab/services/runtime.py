# SPDX-License-Identifier: Apache-2.0
"""The life of a service process: load the application, open the port, tell that it is ready, serve."""

import importlib
import logging
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from sovran.lab.services.access import AccessLog, mark_own_requests
from sovran.lab.services.place import LOOPBACK, Place

THREADS = 8
"""Requests served at once by one service; the lab's clients are few."""


def run(service: str, folder: Path) -> None:
    """Serve one service of the lab until a signal ends the process."""
    began = time.monotonic()
    sys.argv = [service]  # the upstream projects parse it
    os.environ.pop("SOVRAN_LAB_SERVICE", None)  # a child that leads a session would count as the service
    place = Place.read(folder)
    try:
        module = importlib.import_module(f"sovran.lab.services.{service.replace('-', '_')}")
        if hasattr(module, "prepare"):
            module.prepare()
        if hasattr(module, "run"):
            module.run(place, lambda: tell_ready(place, service, time.monotonic() - began))
            return
        mark_own_requests()
        application = AccessLog(module.application(place), place.log(f"access-{service}.log"))
        serve = getattr(module, "serve", serve_in_threads)
        serve(application, place.ports[service], lambda: tell_ready(place, service, time.monotonic() - began))
    except BaseException:
        # upstream start-up leaves threads that would keep a half-started service alive
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def create_schema(service: str, url: str) -> None:
    """Create the tables of a service whose own migrations do not run on SQLite; `url` is SQLAlchemy's."""
    importlib.import_module(f"sovran.lab.services.{service}").create_schema(url)


def serve_in_threads(application: Any, port: int, ready: Any) -> None:
    """Serve a WSGI application from native threads; `ready` is called once the port is open."""
    import waitress

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(
        application,
        host=LOOPBACK,
        port=port,
        threads=THREADS,
        ident=None,
        max_request_body_size=1 << 40,
        channel_timeout=600,
        connection_limit=500,
        trusted_proxy=LOOPBACK,
        trusted_proxy_headers={"x-forwarded-proto"},
    )
    ready()
    server.run()


def tell_ready(place: Place, service: str, seconds: float) -> None:
    """Write run/SERVICE.ready, which `sovran lab up` waits for: process id and seconds that the start took."""
    target = place.folder / "run" / f"{service}.ready"
    written = target.with_suffix(".new")
    written.write_text(f"{os.getpid()} {seconds:.2f}\n", encoding="utf-8")
    written.replace(target)
