# SPDX-License-Identifier: Apache-2.0
"""Runs a shell in a network namespace of its own, in which small servers stand for a cloud's network and the internet.

Started as `unshare --net python internet.py`, with the `Scene` as JSON on standard input; prints what the shell prints.
"""

import http.server
import json
import os
import socket
import socketserver
import struct
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field

ADDRESSES = ("198.51.100.53", "198.51.100.123", "198.51.100.25", "198.51.100.80", "169.254.169.254", "10.9.8.7")
ZONES: dict[str, dict[str, list[str]]] = {
    "good.example": {"A": ["198.51.100.80"], "AAAA": ["2001:db8:51::80"]},
    "signed.example": {"A": ["198.51.100.80"]},
    "bogus.example": {"A": ["198.51.100.80"]},
    "only4.example": {"A": ["198.51.100.80"]},
    "mail.example": {"A": ["198.51.100.25"]},
    "time.example": {"A": ["198.51.100.123"]},
}


@dataclass
class Scene:
    """What runs, and how its world is."""

    command: list[str]
    root: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    validating: bool = True
    intercepting: bool = False
    lossy: bool = False
    """The first question of each kind is lost."""
    clock_ahead: float = 0.0
    metadata: str = '{"uuid": "u-1", "name": "g", "admin_pass": "hunter2", "meta": {"a": "b\\"c", "n": [1, 2]}}'
    user_data: str = "#!/bin/sh\necho hello\n"
    proxied: bool = True
    """Whether the metadata service pays no heed to X-Forwarded-For."""


def run(scene: Scene) -> str:
    """Run it in a new namespace; return the standard output."""
    root = [] if os.geteuid() == 0 else ["--map-root-user"]
    done = subprocess.run(
        ["unshare", *root, "--net", sys.executable, __file__],
        input=json.dumps(asdict(scene)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=220,
    )
    return done.stdout


class Dns(socketserver.BaseRequestHandler):
    scene: Scene
    seen: set[bytes]

    def handle(self) -> None:
        data, line = self.request
        if self.scene.lossy and data[2:] not in self.seen:
            self.seen.add(data[2:])
            return
        line.sendto(answer(data, self.scene), self.client_address)


def answer(data: bytes, scene: Scene) -> bytes:
    """A resolver's answer to one question."""
    labels, at = [], 12
    while data[at]:
        labels.append(data[at + 1 : at + 1 + data[at]].decode())
        at += 1 + data[at]
    kind = {1: "A", 28: "AAAA"}[struct.unpack("!H", data[at + 1 : at + 3])[0]]
    question, wants_signatures = data[12 : at + 5], len(data) > at + 5
    name = ".".join(labels)
    records = ZONES.get(name, {}).get(kind, [])
    rcode = 0 if name in ZONES else 3
    if name == "bogus.example" and scene.validating:
        rcode, records = 2, []
    signed = name == "signed.example"
    body = b"".join(_record(b"\xc0\x0c", 1 if kind == "A" else 28, _address(one)) for one in records)
    count = len(records)
    if signed and wants_signatures:
        body += _record(b"\xc0\x0c", 46, bytes(40))
        count += 1
    authentic = 0x20 if signed and scene.validating else 0
    return data[:2] + bytes([0x81, 0x80 | authentic | rcode]) + struct.pack("!HHHH", 1, count, 0, 0) + question + body


def _address(text: str) -> bytes:
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def _record(name: bytes, kind: int, body: bytes) -> bytes:
    return name + struct.pack("!HHIH", kind, 1, 60, len(body)) + body


class Ntp(socketserver.BaseRequestHandler):
    scene: Scene

    def handle(self) -> None:
        data, line = self.request
        assert len(data) == 48
        assert data[0] == 0x23
        now = time.time() + self.scene.clock_ahead + 2208988800
        stamp = struct.pack("!II", int(now), int(now % 1 * 2**32))
        line.sendto(bytes([0x24, 2, 6, 0xEC]) + bytes(28) + stamp + stamp, self.client_address)


class Mail(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(b'220 mail.example "ESMTP" \x1b[31m\r\n')


class Web(http.server.BaseHTTPRequestHandler):
    scene: Scene

    def do_GET(self) -> None:
        if self.connection.getsockname()[0] == "198.51.100.80":
            self._say(200, f"you are {self.client_address[0]}\n")
        elif not self.scene.proxied and self.headers["X-Forwarded-For"]:
            self._say(200, '{"uuid": "u-other"}')
        elif self.path == "/openstack/latest/meta_data.json":
            self._say(200, self.scene.metadata)
        elif self.path == "/openstack/latest/user_data" and self.scene.user_data:
            self._say(200, self.scene.user_data)
        else:
            self._say(404, "not found")

    def _say(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def _stuck(address: str, port: int) -> list[socket.socket]:
    """A port that never answers: its queue is full, so that the kernel drops what comes."""
    door = socket.create_server((address, port), backlog=0)
    callers = []
    for _ in range(3):
        caller = socket.socket()
        caller.setblocking(False)
        caller.connect_ex((address, port))
        callers.append(caller)
    time.sleep(0.05)
    return [door, *callers]


def main() -> None:
    """Build the world, run the shell in it."""
    scene = Scene(**json.load(sys.stdin))
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    addresses = [*ADDRESSES, *(["192.0.2.53"] if scene.intercepting else [])]
    for address in addresses:
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    for kind in (Dns, Ntp, Web):
        kind.scene = scene
    Dns.seen = set()
    servers: list[socketserver.BaseServer] = [
        socketserver.ThreadingUDPServer(("198.51.100.53", 53), Dns),
        socketserver.ThreadingUDPServer(("198.51.100.123", 123), Ntp),
        _Tcp(("198.51.100.25", 587), Mail),
        _Tcp(("198.51.100.80", 443), Mail),
        _Tcp(("198.51.100.80", 80), Web),
        _Tcp(("169.254.169.254", 80), Web),
        *([socketserver.ThreadingUDPServer(("192.0.2.53", 53), Dns)] if scene.intercepting else []),
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    kept = _stuck("198.51.100.25", 25)
    environment = {"PATH": os.environ["PATH"], "SOVRAN_STDOUT": "1", "SOVRAN_ROOT": scene.root, **scene.environment}
    subprocess.run(scene.command, env=environment, check=True, timeout=200)
    for door in kept:
        door.close()


if __name__ == "__main__":
    main()
