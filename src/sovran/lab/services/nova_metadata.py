# SPDX-License-Identifier: Apache-2.0
"""Nova's metadata API, served beside the compute API; only Neutron's agent, which knows a secret, is answered."""

import json
import logging
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sovran.lab.guests.places import METADATA_PORT
from sovran.lab.services.access import AccessLog
from sovran.lab.services.faults import Faults
from sovran.lab.services.place import LOOPBACK, Place

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

THREADS = 4
OFF, CUT, OTHER = "metadata-off", "user-data-cut", "metadata-differs"
"""Faults: nothing is served; the last byte of user-data is lacking; names are not those of the config drive."""
UNAVAILABLE = "503 Service Unavailable"


class Spoiled:
    """The metadata API with the fault that is on, if any."""

    def __init__(self, application: "WSGIApplication", faults: Faults) -> None:
        self._application = application
        self._faults = faults

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer as the API does, or worse."""
        fault, path = self._faults.on, environ.get("PATH_INFO", "").rstrip("/")
        if fault == OFF:
            start_response(UNAVAILABLE, [("Content-Length", "0")])
            return [b""]
        if not (fault == CUT and path.endswith(("/user_data", "/user-data"))) and not (
            fault == OTHER and path.endswith("/meta_data.json")
        ):
            return self._application(environ, start_response)
        told: list[Any] = []

        def keep(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            told[:] = [status, headers]

        body = b"".join(self._application(environ, keep))
        if told[0].startswith("200"):
            body = body[:-1] if fault == CUT else json.dumps(json.loads(body) | {"name": "another"}).encode()
        kept = [(name, value) for name, value in told[1] if name.lower() != "content-length"]
        start_response(told[0], [*kept, ("Content-Length", str(len(body)))])
        return [body]


def serve(place: Place, paste_file: str) -> None:
    """Serve from threads of this process; Nova must have been set up. `paste_file` is the one of its pipelines."""
    import waitress
    from paste import deploy

    application: Any = deploy.loadapp(f"config:{paste_file}", name="metadata")
    logged = AccessLog(Spoiled(application, Faults(place, "nova")), place.log("access-nova-metadata.log"))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(logged, host=LOOPBACK, port=place.ports[METADATA_PORT], threads=THREADS, ident=None)
    threading.Thread(target=server.run, name="metadata", daemon=True).start()
