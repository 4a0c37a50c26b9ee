# SPDX-License-Identifier: Apache-2.0
"""The TLS proxy on its own: requests of all forms get their header, what is no HTTP is refused."""

import asyncio

import pytest

from sovran.lab.services import tls

HEADER = tls.HEADER


class _Written(bytearray):
    """Takes the place of a stream's writing side."""

    def write(self, data: bytes) -> None:
        self.extend(data)

    async def drain(self) -> None:
        """Nothing is waiting."""


def passed(sent: bytes) -> tuple[bytes, bytes]:
    """What the service gets of what a client sends, and what the proxy answers by itself."""

    async def run() -> tuple[bytes, bytes]:
        client = asyncio.StreamReader()
        client.feed_data(sent)
        client.feed_eof()
        service, answers = _Written(), _Written()
        await tls._requests(client, service, answers)
        return bytes(service), bytes(answers)

    return asyncio.run(run())


def test_each_request_of_a_connection_bears_the_header() -> None:
    first = b"GET /v3 HTTP/1.1\r\nHost: a\r\n\r\n"
    second = b"POST /v3 HTTP/1.1\r\nContent-Length: 5\r\n\r\nGET /"
    got, answer = passed(first + second + first)
    with_header = [one.replace(b"\r\n", b"\r\n" + HEADER, 1) for one in (first, second, first)]
    assert got == b"".join(with_header)
    assert answer == b""


def test_a_request_without_fields_passes() -> None:
    assert passed(b"GET / HTTP/1.0\r\n\r\n")[0] == b"GET / HTTP/1.0\r\n" + HEADER + b"\r\n"


def test_bodies_in_chunks_end_where_they_say() -> None:
    body = b"3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"
    request = b"PUT /f HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    after = b"GET / HTTP/1.1\r\n\r\n"
    got, _ = passed(request + body + after)
    assert got == request.replace(b"\r\n", b"\r\n" + HEADER, 1) + body + after.replace(b"\r\n", b"\r\n" + HEADER, 1)


@pytest.mark.parametrize("hello", [b"\x16\x03\x01\x02\x00\x01", b"\x80\x2e\x01"])
def test_a_tls_handshake_is_refused_where_http_is_spoken(hello: bytes) -> None:
    got, answer = passed(hello)
    assert got == b""
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HT", b"PUT / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"P /\r\nContent-Length: 9\r\n\r\nab"]
)
def test_a_connection_that_ends_early_or_is_no_http_ends_quietly(sent: bytes) -> None:
    assert passed(sent)[1] == b""
