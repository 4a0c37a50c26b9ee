# SPDX-License-Identifier: Apache-2.0
"""Nova's metadata API, served beside the compute API; only Neutron's agent, which knows a secret, is answered."""

import logging
import threading
from typing import Any

from sovran.lab.guests.places import METADATA_PORT
from sovran.lab.services.access import AccessLog
from sovran.lab.services.place import LOOPBACK, Place

THREADS = 4


def serve(place: Place, paste_file: str) -> None:
    """Serve from threads of this process; Nova must have been set up. `paste_file` is the one of its pipelines."""
    import waitress
    from paste import deploy

    application: Any = deploy.loadapp(f"config:{paste_file}", name="metadata")
    logged = AccessLog(application, place.log("access-nova-metadata.log"))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(logged, host=LOOPBACK, port=place.ports[METADATA_PORT], threads=THREADS, ident=None)
    threading.Thread(target=server.run, name="metadata", daemon=True).start()
