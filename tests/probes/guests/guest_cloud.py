# SPDX-License-Identifier: Apache-2.0
"""A cloud behind HTTP that boots servers in dictionaries: what their consoles show is told by the test."""

import base64
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from sovran.guest import records
from tests.probes.guests.telling import console_of
from tests.probes.http_cloud import Asked, HttpCloud, Told, document

Item = dict[str, Any]


@dataclass
class Server:
    """One server."""

    body: Item
    user_data: str
    shows: int = 0
    """How often its console was asked for."""
    script: "Callable[[Server], str | Told]" = lambda server: ""
    statuses: list[str] = field(default_factory=lambda: ["BUILD", "ACTIVE"])
    fault: str = ""

    @property
    def run(self) -> str:
        """The run's name in the program that it was given."""
        found = re.search(r"^RUN='([a-z0-9]+)'", self.user_data, re.MULTILINE)
        return found[1] if found else ""

    @property
    def role(self) -> str:
        """What the probe made it for, as its name says."""
        return re.sub(r"\d+$", "", self.body["name"].split("-")[3])


def tells_all(server: Server) -> str:
    """A guest that comes to its end after a while."""
    system = records.System(kernel="6.1.0", own_image=True)
    told = console_of(
        server.run, system, records.Entropy(entropy_avail="256"), records.End(records=("system", "entropy"))
    )
    return "booting\n" if server.shows < 2 else f"booting\n{told}"


class GuestCloud(HttpCloud):
    """Beside the rest, compute, network and block storage of one project."""

    more_services: ClassVar[dict[str, str]] = {
        "compute": "compute/v2.1",
        "network": "network/v2.0",
        "block-storage": "volume/v3/p1",
    }

    def __init__(self) -> None:
        super().__init__()
        self.servers: dict[str, Server] = {}
        self.things: dict[str, dict[str, Item]] = {
            key: {}
            for key in (
                "networks",
                "subnets",
                "routers",
                "ports",
                "security-groups",
                "security-group-rules",
                "volumes",
                "subnetpools",
                "os-server-groups",
            )
        }
        self.things["networks"]["ext"] = {"id": "ext", "name": "public", "router:external": True, "is_default": True}
        self.flavors = [flavor("small", 1, 256, 1), flavor("nodisk", 1, 512, 0), flavor("big", 4, 8192, 20)]
        self.quota: dict[str, int] = {}
        """Unit to limit, in the words of the services."""
        self.console: Callable[[Server], str | Told] = tells_all
        self.prepare: Callable[[Server], None] = lambda server: None
        """Is told of each server when it is made."""
        self.most_servers = 0
        image = {
            "id": "deb",
            "name": "Debian 12",
            "status": "active",
            "visibility": "public",
            "min_disk": 2,
            "min_ram": 200,
        }
        dates = {"created_at": "2026-01-01T00:00:00Z", "os_distro": "debian", "os_version": "12", "owner": "p0"}
        self.images["deb"] = image | dates

    @property
    def left(self) -> list[str]:
        """What is there beside what was there in the beginning."""
        there = [*self.servers, *(name for several in self.things.values() for name in several), *super().left]
        return [one for one in there if one not in ("ext", "deb", "n0", "s0", "r0", "p0", "six")]

    def usual_network(self, **subnet: Any) -> None:
        """Let the project have a network with DHCP and a router."""
        self.things["networks"]["n0"] = {"id": "n0", "name": "home", "project_id": "p1", "mtu": 1442}
        usual = {"enable_dhcp": True, "gateway_ip": "10.0.0.1", "ip_version": 4, "cidr": "10.0.0.0/24"}
        self.things["subnets"]["s0"] = {"id": "s0", "network_id": "n0", **usual, **subnet}
        self.things["routers"]["r0"] = {"id": "r0", "project_id": "p1", "external_gateway_info": {"network_id": "ext"}}
        owner = {"device_owner": "network:router_interface", "device_id": "r0", "project_id": "p1"}
        self.things["ports"]["p0"] = {"id": "p0", "network_id": "n0", **owner}

    def answer_more(self, asked: Asked, service: str, rest: str) -> Told:
        """Compute, network, block storage."""
        if service == "compute":
            return self._compute(asked, rest.removeprefix("v2.1/"))
        parts = rest.removeprefix("v3/p1/").removeprefix("v2.0/").split("/")
        if parts[0] == "limits":
            return document(200, {"limits": {"absolute": {}}})
        if parts[0] == "quotas":
            told = {key: {"limit": limit, "used": 0} for key, limit in self.quota.items()}
            return document(200, {"quota": told})
        if len(parts) == 3:
            return self._join(asked, parts[1], parts[2])
        return self._plain(asked, parts[0], parts[1] if len(parts) > 1 else "")

    def _compute(self, asked: Asked, rest: str) -> Told:
        parts = rest.split("/")
        if parts[0] == "flavors":
            return document(200, {"flavors": self.flavors})
        if parts[0] == "limits":
            names = {"server": "Instances", "core": "Cores", "ram": "RAM"}
            told = {f"total{word}Used": 0 for word in names.values()}
            for key in names.keys() & self.quota.keys():
                told[f"maxTotal{names[key]}{'Size' if key == 'ram' else ''}"] = self.quota[key]
            return document(200, {"limits": {"absolute": told}})
        if parts[0] == "os-availability-zone":
            zones = [{"zoneName": name, "zoneState": {"available": True}} for name in ("az1", "az2")]
            return document(200, {"availabilityZoneInfo": zones})
        if parts[0] == "os-server-groups":
            return self._plain(asked, parts[0], parts[1] if len(parts) > 1 else "")
        return self._servers(asked, parts[1] if len(parts) > 1 else "", parts[2] if len(parts) > 2 else "")

    def _servers(self, asked: Asked, identifier: str, below: str) -> Told:
        if asked.method == "POST" and not identifier:
            return self._boot(json.loads(asked.body)["server"])
        if not identifier:
            name = dict(parse_qsl(asked.query)).get("name")
            found = [one.body for one in self.servers.values() if name in (None, one.body["name"])]
            return document(200, {"servers": found})
        if identifier not in self.servers:
            return document(404, {"itemNotFound": {"message": "no such server"}})
        server = self.servers[identifier]
        if below == "action":
            server.shows += 1
            output = server.script(server)
            return document(200, {"output": output}) if isinstance(output, str) else output
        if asked.method == "DELETE":
            del self.servers[identifier]
            return Told(204)
        status = server.statuses.pop(0) if len(server.statuses) > 1 else server.statuses[0]
        fault = {"fault": {"code": 500, "message": server.fault}} if server.fault else {}
        return document(200, {"server": {**server.body, "status": status, **fault}})

    def _boot(self, body: Item) -> Told:
        identifier = f"{secrets.token_hex(4)}-0000-4000-8000-{secrets.token_hex(6)}"
        shown = {
            "id": identifier,
            "hostId": "h" * 56,
            "OS-EXT-AZ:availability_zone": body.get("availability_zone", "az1"),
            "addresses": {"net": [{"addr": "10.219.77.9"}]},
        }
        server = Server({**body, **shown}, base64.b64decode(body["user_data"]).decode(), script=self.console)
        self.prepare(server)
        self.servers[identifier] = server
        self.most_servers = max(self.most_servers, len(self.servers))
        return document(202, {"server": {"id": identifier}})

    def _plain(self, asked: Asked, collection: str, identifier: str) -> Told:
        if collection not in self.things:
            return document(404, {"message": "no such collection"})
        plural = collection.removeprefix("os-").replace("-", "_")
        if asked.method == "POST":
            return self._new(collection, plural.removesuffix("s"), json.loads(asked.body)[plural.removesuffix("s")])
        if not identifier:
            query = dict(parse_qsl(asked.query))
            several = self.things[collection].values()
            found = [one for one in several if all(str(one.get(name, value)) == value for name, value in query.items())]
            return document(200, {plural: found})
        return self._one(asked, collection, identifier, plural.removesuffix("s"))

    def _new(self, collection: str, key: str, body: Item) -> Told:
        made = {"id": secrets.token_hex(8), "project_id": "p1", "status": "available", "mtu": 1442, **body}
        if collection == "ports":
            made["fixed_ips"] = [{"ip_address": "10.219.77.20"}]
        if body.get("subnetpool_id"):
            made["cidr"] = "2001:db8:1::/64"
        self.things[collection][made["id"]] = made
        return document(201, {key: made})

    def _one(self, asked: Asked, collection: str, identifier: str, key: str) -> Told:
        things = self.things[collection]
        if identifier not in things:
            return document(404, {"NeutronError": {"message": f"no such {key}"}})
        if asked.method == "DELETE":
            joined = any(one.get("device_id") == identifier for one in self.things["ports"].values())
            if collection == "routers" and joined:
                return document(409, {"NeutronError": {"message": "the router has ports"}})
            del things[identifier]
            return Told(204)
        return document(200, {key: things[identifier]})

    def _join(self, asked: Asked, router: str, verb: str) -> Told:
        body = json.loads(asked.body)
        if verb == "add_router_interface":
            network = self.things["subnets"][body["subnet_id"]]["network_id"]
            port = {"id": secrets.token_hex(8), "network_id": network, "device_id": router, "project_id": "p1"}
            self.things["ports"][port["id"]] = port | {"device_owner": "network:router_interface"}
            return document(200, {"id": router, "subnet_id": body["subnet_id"], "port_id": port["id"]})
        return Told(200) if self.things["ports"].pop(body["port_id"], None) else Told(404)


def flavor(name: str, vcpus: int, ram: int, disk: int, **specs: str) -> Item:
    """One flavor, whose id is its name."""
    return {"id": name, "name": name, "vcpus": vcpus, "ram": ram, "disk": disk, "extra_specs": specs}
