# SPDX-License-Identifier: Apache-2.0
"""Makes one resource of each kind on a lab, with the real Actor, and dies by SIGKILL with all of them at one point.

`python -m tests.live.crash_program POINT`; the clouds of the lab, and where its ledger is kept, are in the environment.
"""

import base64
import datetime
import json
import os
import signal
import sys
import threading
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import urllib3.connection

from sovran.cloud.acting import kinds
from sovran.cloud.acting.actor import Actor, Made
from sovran.cloud.acting.kinds import Kind
from sovran.cloud.acting.ledger import Head, Intent, Ledger
from sovran.cloud.acting.marker import new_run
from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.live import LiveReader
from sovran.cloud.session import Connection, connect

POINTS = ("before the request", "after the request", "after the answer", "after the ledger line")
SECONDS = 300.0
CONFIG = {"disk_format": "raw", "container_format": "bare"}


@dataclass
class Stage:
    """Who acts, and what was made for the others to stand on."""

    member: Actor
    admin: Actor
    manager: Actor
    ground: dict[str, Made] = field(default_factory=dict)

    def on(self, what: str) -> str:
        """Id of something that was prepared."""
        return self.ground[what].id


def stage() -> Stage:
    """The actors, with one ledger."""
    connections = {cloud: _connect(cloud) for cloud in ("lab", "lab-admin", "lab-domain-a")}
    own, now = connections["lab"], datetime.datetime.now(datetime.UTC)
    head = Head(
        run=new_run(now),
        cloud="lab",
        auth_url=own.config.auth_url,
        project=own.access.project_id or "",
        began=now,
        user=own.access.user_id or "",
        region=own.config.region_name or "",
    )
    ledger = Ledger.begin(head)

    def actor(cloud: str, persona: str = "") -> Actor:
        connection = connections[cloud]
        return Actor(connection, LiveReader(connection, seconds=SECONDS), ledger, seconds=SECONDS, persona=persona)

    return Stage(actor("lab"), actor("lab-admin", "lab-admin"), actor("lab-domain-a", "lab-domain-a"))


def _connect(cloud: str) -> Connection:
    return connect(read_cloud(cloud), concurrency=32, timeout=60.0)


def prepare(on: Stage) -> None:
    """Make what the others stand on."""
    member, manager, ground = on.member, on.manager, on.ground
    ground["network"] = member.create(kinds.NETWORK, "ground", lambda name: {"network": {"name": name}})
    ground["joined"] = member.create(kinds.NETWORK, "ground", lambda name: {"network": {"name": name}})
    ground["subnet"] = member.create(kinds.SUBNET, "ground", lambda name: _subnet(name, ground["joined"].id))
    ground["router"] = member.create(kinds.ROUTER, "ground", lambda name: {"router": {"name": name}})
    ground["group"] = member.create(kinds.SECURITY_GROUP, "ground", lambda name: {"security_group": {"name": name}})
    for word in ("volume", "snapped", "attached"):
        ground[word] = member.create(kinds.VOLUME, "ground", lambda name: {"volume": {"name": name, "size": 1}})
    ground["user"] = manager.create(kinds.USER, "ground", lambda name: _of_domain(manager, "user", name))
    ground["users"] = manager.create(kinds.GROUP, "ground", lambda name: _of_domain(manager, "group", name))
    ground["project"] = manager.create(kinds.PROJECT, "ground", lambda name: _of_domain(manager, "project", name))
    ground["role"] = on.admin.create(kinds.ROLE, "ground", lambda name: {"role": {"name": name}})
    for word in ("volume", "snapped", "attached"):
        member.wait(ground[word], until="available")


def _subnet(name: str, network: str) -> dict[str, Any]:
    return {"subnet": {"name": name, "network_id": network, "cidr": "10.8.0.0/24", "ip_version": 4}}


def _of_domain(actor: Actor, key: str, name: str) -> dict[str, Any]:
    return {key: {"name": name, "domain_id": actor.domain}}


def makers(on: Stage) -> dict[str, Callable[[], object]]:
    """Kind to the function that makes one."""
    member, admin, manager = on.member, on.admin, on.manager
    member_role = admin.call("GET", "identity", "/roles?name=member").at("roles")[0]["id"]
    images = member.call("GET", "image", "/images?visibility=public&status=active").at("images")
    image = min(images, key=lambda one: int(one["min_disk"]))
    flavors = member.call("GET", "compute", "/flavors/detail").at("flavors")
    roomy = [one for one in flavors if one["disk"] >= max(image["min_disk"], 1)]
    flavor = min(roomy, key=lambda one: int(one["ram"]))["id"]
    payload = base64.b64encode(b"x" * 16).decode()

    def create(actor: Actor, kind: Kind, body: Callable[[str], dict[str, Any]]) -> Callable[[], object]:
        return lambda: actor.create(kind, "crash", body)

    def wrapped(actor: Actor, kind: Kind, **fields: Any) -> Callable[[], object]:
        return create(actor, kind, lambda name: {kind.key: {"name": name, **fields}})

    def placed(actor: Actor, kind: Kind, path: str) -> Callable[[], object]:
        return lambda: actor.place(kind, path)

    def bucket() -> None:
        name = member.name("bucket")
        promised = member.promise(kinds.BUCKET, name)
        member.call("PUT", "object-store", f"/{name}", content=b"")
        member.keep(promised)

    network = on.on("network")
    external = member.call("GET", "network", "/networks?router:external=true").at("networks")[0]["id"]
    user = on.on("user")
    found = {
        kinds.SERVER: lambda: member.create(
            kinds.SERVER,
            "crash",
            lambda name: {"server": {"name": name, "flavorRef": flavor, "imageRef": image["id"], "networks": "none"}},
            microversion="2.37",
        ),
        kinds.SNAPSHOT: wrapped(member, kinds.SNAPSHOT, volume_id=on.on("snapped"), force=True),
        kinds.BACKUP: wrapped(member, kinds.BACKUP, volume_id=on.on("volume"), force=True),
        kinds.ATTACHMENT: create(
            member,
            kinds.ATTACHMENT,
            lambda _: {"attachment": {"volume_uuid": on.on("attached"), "instance_uuid": str(uuid.uuid4())}},
        ),
        kinds.VOLUME: wrapped(member, kinds.VOLUME, size=1),
        kinds.IMAGE: create(member, kinds.IMAGE, lambda name: {"name": name, **CONFIG}),
        kinds.NETWORK: wrapped(member, kinds.NETWORK),
        kinds.SUBNET: wrapped(member, kinds.SUBNET, network_id=network, cidr="10.9.0.0/24", ip_version=4),
        kinds.PORT: wrapped(member, kinds.PORT, network_id=network),
        kinds.ROUTER: wrapped(member, kinds.ROUTER),
        kinds.ROUTER_INTERFACE: lambda: member.create(
            kinds.ROUTER_INTERFACE,
            "crash",
            lambda _: {"subnet_id": on.on("subnet")},
            path=f"/routers/{on.on('router')}/add_router_interface",
            method="PUT",
            id_at=("port_id",),
        ),
        kinds.FLOATING_IP: create(
            member,
            kinds.FLOATING_IP,
            lambda name: {"floatingip": {"description": name, "floating_network_id": external}},
        ),
        kinds.SECURITY_GROUP: wrapped(member, kinds.SECURITY_GROUP),
        kinds.GROUP_RULE: create(
            member,
            kinds.GROUP_RULE,
            lambda name: {
                "security_group_rule": {
                    "description": name,
                    "security_group_id": on.on("group"),
                    "direction": "ingress",
                    "ethertype": "IPv4",
                    "protocol": "udp",
                }
            },
        ),
        kinds.RBAC_POLICY: create(
            member,
            kinds.RBAC_POLICY,
            lambda _: {
                "rbac_policy": {
                    "object_type": "network",
                    "object_id": network,
                    "action": "access_as_shared",
                    "target_tenant": admin.project,
                }
            },
        ),
        kinds.SECRET: create(
            member,
            kinds.SECRET,
            lambda name: {
                "name": name,
                "payload": payload,
                "payload_content_type": "application/octet-stream",
                "payload_content_encoding": "base64",
            },
        ),
        kinds.KEYPAIR: wrapped(member, kinds.KEYPAIR),
        kinds.SERVER_GROUP: wrapped(member, kinds.SERVER_GROUP, policy="soft-anti-affinity"),
        kinds.BUCKET: bucket,
        kinds.APPLICATION_CREDENTIAL: wrapped(member, kinds.APPLICATION_CREDENTIAL),
        kinds.CREDENTIAL: create(
            member,
            kinds.CREDENTIAL,
            lambda name: {
                "credential": {
                    "type": "ec2",
                    "blob": json.dumps({"access": name, "secret": "x"}),
                    "project_id": member.project,
                    "user_id": member.user,
                }
            },
        ),
        kinds.FLAVOR: wrapped(admin, kinds.FLAVOR, vcpus=1, ram=64, disk=1),
        kinds.AGGREGATE: wrapped(admin, kinds.AGGREGATE),
        kinds.VOLUME_TYPE: wrapped(admin, kinds.VOLUME_TYPE),
        kinds.ROLE: wrapped(admin, kinds.ROLE),
        kinds.DOMAIN: wrapped(admin, kinds.DOMAIN),
        kinds.IMPLIED_ROLE: placed(admin, kinds.IMPLIED_ROLE, f"/roles/{on.on('role')}/implies/{member_role}"),
        kinds.TRUST: create(
            admin,
            kinds.TRUST,
            lambda _: {
                "trust": {
                    "trustor_user_id": admin.user,
                    "trustee_user_id": user,
                    "project_id": admin.project,
                    "impersonation": False,
                    "roles": [{"name": "admin"}],
                }
            },
        ),
        kinds.USER: create(manager, kinds.USER, lambda name: _of_domain(manager, "user", name)),
        kinds.GROUP: create(manager, kinds.GROUP, lambda name: _of_domain(manager, "group", name)),
        kinds.PROJECT: create(manager, kinds.PROJECT, lambda name: _of_domain(manager, "project", name)),
        kinds.GRANT: placed(manager, kinds.GRANT, f"/projects/{on.on('project')}/users/{user}/roles/{member_role}"),
        kinds.MEMBERSHIP: placed(manager, kinds.MEMBERSHIP, f"/groups/{on.on('users')}/users/{user}"),
    }
    return {kind.name: make for kind, make in found.items()}


class Reaper:
    """Lets each of so many threads come to one point, and kills the process when all are there."""

    def __init__(self, threads: int) -> None:
        self._barrier = threading.Barrier(threads, action=lambda: os.kill(os.getpid(), signal.SIGKILL))
        self._acting = threading.local()
        self._one_by_one = threading.Lock()

    def arrive(self) -> None:
        """Stay here until all have come."""
        self._barrier.wait(timeout=SECONDS)

    def arm(self, point: str) -> None:
        """Let every request that makes something end at the point."""
        send, get_response = Connection.send, urllib3.connection.HTTPConnection.getresponse
        made = Ledger.made

        def sending(connection: Connection, method: str, *rest: Any, **more: Any) -> Any:
            if method in ("POST", "PUT"):
                if point == POINTS[0]:
                    self.arrive()
                self._acting.now = True
            if point == POINTS[1]:
                return send(connection, method, *rest, **more)
            # the services of a lab answer 500 now and then when all of this comes at once
            with self._one_by_one:
                return send(connection, method, *rest, **more)

        def getting(connection: urllib3.connection.HTTPConnection) -> Any:
            if getattr(self._acting, "now", False) and point == POINTS[1]:
                self.arrive()
            return get_response(connection)

        def noting(ledger: Ledger, intent: Intent, identifier: str) -> Intent:
            noted = made(ledger, intent, identifier) if point == POINTS[3] else intent
            self.arrive()
            return noted

        patch.object(Connection, "send", sending).start()
        patch.object(urllib3.connection.HTTPConnection, "getresponse", getting).start()
        patch.object(Ledger, "made", noting).start()


def main(point: str) -> None:
    """Never returns: the process is killed, or ends with code 9 when something could not be made."""
    on = stage()
    prepare(on)
    found = makers(on)
    reaper = Reaper(len(found))
    reaper.arm(point)

    def work(kind: str, make: Callable[[], object]) -> None:
        try:
            make()
        except Exception:
            sys.stderr.write(f"{kind}: {traceback.format_exc()}\n")
            sys.stderr.flush()
            os._exit(9)

    threads = [threading.Thread(target=work, args=item) for item in found.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1])
