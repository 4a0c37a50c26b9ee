# SPDX-License-Identifier: Apache-2.0
"""TCP ports of the lab's internet: open, or dropped as a provider's border drops mail; all others reject."""

import contextlib
import ctypes
import socket
import socketserver
import struct
import threading

SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27
RETURN = 0x06
"""Classic BPF: let as many octets of a packet pass as the operand says."""
GREETINGS = {25: b"220 mail.lab.example ESMTP\r\n", 587: b"220 mail.lab.example ESMTP\r\n"}
PATIENCE = 5
"""Seconds for which a visitor may say nothing."""
LONGEST = 8192
"""Octets of a request's head."""


class Visit(socketserver.StreamRequestHandler):
    """One connection: mail servers greet; a request by HTTP is answered with the address that asks."""

    timeout = PATIENCE

    def handle(self) -> None:
        """Say what such a server says."""
        port = self.request.getsockname()[1]
        with contextlib.suppress(OSError):  # visitors come, look and go
            self.wfile.write(GREETINGS.get(port, b""))
            asked = self.rfile.readline(LONGEST)
            if asked.startswith((b"GET ", b"HEAD ")):
                self._tell_address(with_body=asked.startswith(b"GET "))

    def _tell_address(self, *, with_body: bool) -> None:
        while self.rfile.readline(LONGEST).strip():
            pass
        body = f"{self.client_address[0]}\n".encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\nConnection: close"
        self.wfile.write(head.encode() + b"\r\n\r\n" + (body if with_body else b""))


class Listener(socketserver.ThreadingTCPServer):
    """A listening port of one address family."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, family: socket.AddressFamily, port: int) -> None:
        self.address_family = family
        super().__init__(("::" if family == socket.AF_INET6 else "0.0.0.0", port), Visit)  # noqa: S104  # of a namespace without a way out

    def server_bind(self) -> None:
        """Bind, to IPv6 only where it is IPv6, so that visitors' addresses are what they are."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        super().server_bind()

    def drop(self, wanted: bool) -> None:
        """Let the kernel drop what comes for this port, before it answers; or not."""
        if not wanted:
            with contextlib.suppress(FileNotFoundError):  # there is no filter
                self.socket.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
            return
        program = ctypes.create_string_buffer(struct.pack("HBBI", RETURN, 0, 0, 0))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(program)))


class Doors:
    """All ports; `settle` makes them what they shall be."""

    def __init__(self) -> None:
        self._listening: dict[int, list[Listener]] = {}

    def settle(self, open_: set[int], dropped: set[int]) -> None:
        """Open, drop or close ports."""
        for port in set(self._listening) - open_ - dropped:
            for listener in self._listening.pop(port):
                listener.shutdown()
                listener.server_close()
        for port in open_ | dropped:
            if port not in self._listening:
                self._listening[port] = [Listener(family, port) for family in (socket.AF_INET, socket.AF_INET6)]
                for listener in self._listening[port]:
                    listener.drop(port in dropped)  # before the first visitor
                    threading.Thread(target=listener.serve_forever, daemon=True).start()
            else:
                for listener in self._listening[port]:
                    listener.drop(port in dropped)
