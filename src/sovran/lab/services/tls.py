# SPDX-License-Identifier: Apache-2.0
"""TLS proxies in front of services: they end TLS, and tell the service in a header that the client came by https."""

import asyncio
import json
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from sovran.lab.services import tls_certificates
from sovran.lab.services.place import LOOPBACK, Place

HEADER = b"X-Forwarded-Proto: https\r\n"
REFUSAL = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
BLOCK = 64 * 1024
LONGEST_HEAD = 64 * 1024
ENDS = (OSError, EOFError, ValueError, asyncio.LimitOverrunError)
"""With what a connection ends, also in the middle: gone, or no HTTP. A scan ends its handshakes half way."""


class Sink(Protocol):
    """Where bytes go to: as much of asyncio.StreamWriter as is needed."""

    def write(self, data: bytes) -> None:
        """Take the bytes, to be sent."""

    async def drain(self) -> None:
        """Wait until there is room for more."""


def run(place: Place, ready: Callable[[], None]) -> None:
    """Run the proxies of data/fronts.json until a signal ends the process; `ready` is called when all are open."""
    fronts = json.loads(place.data("fronts.json").read_text(encoding="utf-8"))
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(place, fronts, ready))


async def _serve(place: Place, fronts: dict[str, Any], ready: Callable[[], None]) -> None:
    for service, front in fronts.items():
        await asyncio.start_server(
            partial(_relay, front["backend"]),
            LOOPBACK,
            front["port"],
            ssl=_settings(place, service, front["tls"]) if front["tls"]["speaks"] == "TLS" else None,
            limit=LONGEST_HEAD,
        )
    ready()
    await asyncio.Event().wait()


def _settings(place: Place, service: str, wanted: dict[str, Any]) -> ssl.SSLContext:
    """A server's settings, of which Python warns that some are weak: they are faults on purpose."""
    folder = place.folder / "etc" / "tls"
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = _version(wanted["oldest"])
    made.maximum_version = _version(wanted["newest"])
    made.set_ciphers(wanted["ciphers"])
    made.load_cert_chain(tls_certificates.issue(folder, service, wanted))
    if wanted["group"]:
        made.set_ecdh_curve(wanted["group"])
    if wanted["small_prime"]:
        made.load_dh_params(str(tls_certificates.small_prime(folder)))
    return made


def _version(name: str) -> ssl.TLSVersion:
    return ssl.TLSVersion[name.replace(".", "_")]


async def _relay(backend: int, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
    """One connection: requests to the service, each with the header, and its answers back."""
    try:
        answering, requests = await asyncio.open_connection(LOOPBACK, backend)
    except OSError:
        answers.close()
        return
    ways = [asyncio.create_task(_requests(client, requests, answers)), asyncio.create_task(_copy(answering, answers))]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in ways:
        way.cancel()
    await asyncio.gather(*ways, return_exceptions=True)
    for end in (requests, answers):
        end.close()
        with suppress(*ENDS):
            await end.wait_closed()


async def _requests(client: asyncio.StreamReader, service: Sink, answers: Sink) -> None:
    with suppress(*ENDS):
        while True:
            start = await client.readexactly(1)
            if not start.isalpha():
                # no method begins so; a TLS handshake does
                answers.write(REFUSAL)
                await answers.drain()
                return
            first, end, fields = (await client.readuntil(b"\r\n\r\n")).partition(b"\r\n")
            service.write(start + first + end + HEADER + fields)
            await _body(fields.lower(), client, service)
            await service.drain()


async def _body(fields: bytes, client: asyncio.StreamReader, service: Sink) -> None:
    given = dict(line.split(b":", 1) for line in fields.split(b"\r\n") if b":" in line)
    if b"chunked" in given.get(b"transfer-encoding", b""):
        size = 1
        while size:
            line = await client.readuntil(b"\r\n")
            service.write(line)
            size = int(line.split(b";")[0], 16)
            # trailers are not used by any client of OpenStack's
            await _forward(size + 2, client, service)
    else:
        await _forward(int(given.get(b"content-length", b"0")), client, service)


async def _forward(size: int, client: asyncio.StreamReader, service: Sink) -> None:
    while size:
        block = await client.readexactly(min(size, BLOCK))
        service.write(block)
        await service.drain()
        size -= len(block)


async def _copy(service: asyncio.StreamReader, client: Sink) -> None:
    with suppress(*ENDS):
        while block := await service.read(BLOCK):
            client.write(block)
            await client.drain()
