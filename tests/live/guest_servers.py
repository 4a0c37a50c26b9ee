# SPDX-License-Identifier: Apache-2.0
"""Servers of a member in a lab with guests: made, read by their console, deleted; and what they leave."""

import base64
import hashlib
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from sovran.lab import processes
from sovran.lab.guests import places
from sovran.lab.rest import Rest
from sovran.lab.services.nova_qemu_process import find
from tests.live.live_lab import LiveLab
from tests.live.pseudo_guest import Wiring, wiring
from tests.live.waiting import state, wait

LIMIT = "#sovran-limit 900"
"""So many seconds the guest image lets a script run."""


def script(*lines: str) -> str:
    """User-data that the guest image runs, and that a cut would be seen of."""
    text = "\n".join(("#!/bin/sh", LIMIT, *lines, ""))
    return f"{text}#sovran-end {hashlib.sha256(text.encode()).hexdigest()}\n"


@dataclass
class Servers:
    """A member's servers in a lab."""

    lab: LiveLab
    member: Rest
    admin: Rest
    wires: Wiring
    stack: ExitStack

    def named(self, service: str, path: str, kind: str, name: str) -> str:
        """Id of a flavor or image."""
        found = self.member.call(service, "GET", f"{path}?limit=1000")[kind]
        return str(next(item["id"] for item in found if item["name"] == name))

    def make(self, flavor: str, user_data: str, *, image: str = "", **fields: Any) -> str:
        """Make a server, which is deleted at the end; `image` is a name. Returns its id."""
        body = {
            "name": f"smoke-{secrets.token_hex(3)}",
            "flavorRef": self.named("compute", "/flavors", "flavors", flavor),
            "imageRef": self.named("image", "/v2/images", "images", image) if image else "",
            "user_data": base64.b64encode(user_data.encode()).decode(),
            "config_drive": True,
            "networks": "none",
            **fields,
        }
        headers = {"OpenStack-API-Version": "compute 2.67"}
        server = str(self.member.call("compute", "POST", "/servers", {"server": body}, headers)["server"]["id"])
        self.stack.callback(self.delete, server)
        return server

    def delete(self, server: str) -> None:
        """Delete a server, and wait until it is gone."""
        if self.exists(server):
            self.member.call("compute", "DELETE", f"/servers/{server}")
        wait(lambda: self.exists(server), {False})

    def exists(self, server: str) -> bool:
        """Whether the API still lists it."""
        listed = self.member.call("compute", "GET", "/servers?limit=1000")["servers"]
        return any(item["id"] == server for item in listed)

    def status(self, server: str) -> str:
        """As the API shows it."""
        return state(self.member, "compute", f"/servers/{server}", "server")

    def act(self, server: str, wanted: str, **action: Any) -> None:
        """An action, and the status that follows."""
        self.member.call("compute", "POST", f"/servers/{server}/action", action)
        wait(lambda: self.status(server), {wanted})

    def console(self, server: str) -> str:
        """What the guest printed since the machine was switched on."""
        if self.status(server) in ("BUILD", "ERROR"):
            return ""
        answer = self.member.call("compute", "POST", f"/servers/{server}/action", {"os-getConsoleOutput": {}})
        return str(answer["output"])

    def await_console(self, server: str, text: str) -> str:
        """The console, as soon as this is on it."""
        wait(lambda: text in self.console(server) or self.status(server) == "ERROR", {True})
        console = self.console(server)
        assert text in console, (self.status(server), console)
        return console

    def machine(self, server: str) -> int | None:
        """Process id of its machine; None: it has none."""
        return find(self.lab.description.marker).get(server)

    def left_by(self, server: str) -> list[str]:
        """What the machine of the compute host still has of a server: processes, files, ports of the switch."""
        left = [f"process {self.machine(server)}"] if self.machine(server) else []
        folder = self.lab.folder / "data" / "instances" / server
        left += [str(path) for path in folder.rglob("*")] if folder.exists() else []
        database = places.unix(places.open_vswitch(self.lab.folder))
        words = ["ovs-vsctl", f"--db={database}", "--bare", "--columns=name", "find", "Interface"]
        return left + _told([*words, f"external_ids:vm-uuid={server}"])

    def taps(self) -> set[str]:
        """The taps in the host's namespace; ends of cables to the metadata proxies have such names, too."""
        host = places.host_namespace(self.lab.description.marker)
        lines = _told(["ip", "-n", host, "-o", "link", "show", "type", "tun"])
        return {line.split(": ")[1] for line in lines}

    def service(self, name: str) -> int:
        """Process id of a service of the lab."""
        return processes.find_services(self.lab.description.marker)[name]


@contextmanager
def servers(lab: LiveLab) -> Iterator[Servers]:
    """Servers in a lab; they and all else is gone afterwards."""
    with lab.sign_in("lab") as member, lab.sign_in("lab-admin") as admin, wiring(lab) as wires, ExitStack() as stack:
        yield Servers(lab, member, admin, wires, stack)


def _told(command: list[str]) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if line]
