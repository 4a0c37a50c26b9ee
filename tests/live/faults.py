# SPDX-License-Identifier: Apache-2.0
"""Bad answers: each fault makes of a good answer one that a broken, overloaded or hostile service might give."""

import functools
import itertools
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from tests.live.fault_proxy import Answer, Asked

Fault = Callable[[Asked, Answer], Answer | None]
"""The bad answer; None where this fault does not change what the answer says."""
FAULTS: dict[str, Fault] = {}
SLOW = ("slow body", "endless body")
"""Those that last until the run's time is over."""
OF_ITEMS = (
    "invalid UTF-8",
    "deep nesting inside",
    "next page is itself",
    "a next page for ever",
    "ids twice",
    "items without fields",
    "the last item without fields",
)
"""Those that leave the form of a listing as it is, and spoil its order, its end, or what is in its items."""
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"


def fault(name: str) -> Callable[[Fault], Fault]:
    """Enter a fault in the table."""

    def enter(function: Fault) -> Fault:
        FAULTS[name] = function
        return function

    return enter


@fault("HTTP 500")
def _server_error(_asked: Asked, good: Answer) -> Answer:
    return replace(good, status=500).with_json({"error": {"code": 500, "message": "broken"}})


@fault("HTTP 503 with Retry-After")
def _unavailable(_asked: Asked, good: Answer) -> Answer:
    return replace(good, status=503, body=b"<h1>Service Unavailable</h1>").with_header("Retry-After", "3600")


@fault("HTTP 429")
def _too_many(_asked: Asked, good: Answer) -> Answer:
    return replace(good, status=429).with_json({"overLimit": {"code": 429}}).with_header("Retry-After", "3600")


@fault("reset")
def _reset(_asked: Asked, good: Answer) -> Answer:
    return replace(good, reset=True)


@fault("slow body")
def _slow(_asked: Asked, good: Answer) -> Answer:
    def drip(over: threading.Event) -> Iterator[bytes]:
        for byte in itertools.cycle(good.body or b" "):
            if over.wait(0.05):
                return
            yield bytes([byte])

    return replace(good, chunks=drip)


@fault("truncated")
def _truncated(_asked: Asked, good: Answer) -> Answer | None:
    return replace(good, body=good.body[: len(good.body) // 2]) if good.body else None


@fault("broken off")
def _broken_off(_asked: Asked, good: Answer) -> Answer | None:
    """Fewer bytes than announced."""
    if not good.body:
        return None
    half = good.body[: len(good.body) // 2]
    return replace(good, chunks=lambda _over: [half]).with_header("Content-Length", str(len(good.body)))


@fault("HTML with 200")
def _html(_asked: Asked, good: Answer) -> Answer:
    return replace(good, status=200, body=HTML).with_header("Content-Type", "text/html")


@fault("a list instead of an object")
def _list(_asked: Asked, good: Answer) -> Answer | None:
    return good.with_json([good.json()]) if isinstance(good.json(), dict) else None


@fault("numbers instead of what is listed")
def _numbers(_asked: Asked, good: Answer) -> Answer | None:
    document = good.json()
    return good.with_json(dict.fromkeys(document, 7)) if isinstance(document, dict) else None


@fault("null")
def _null(_asked: Asked, good: Answer) -> Answer | None:
    return good.with_json(None) if good.json() is not None else None


@fault("an empty object")
def _nothing(_asked: Asked, good: Answer) -> Answer | None:
    return good.with_json({}) if good.json() is not None else None


@fault("empty body")
def _empty(_asked: Asked, good: Answer) -> Answer:
    return replace(good, body=b"")


@fault("HTTP 204")
def _no_content(_asked: Asked, good: Answer) -> Answer:
    return replace(good, status=204, body=b"")


@fault("redirect loop")
def _redirect(asked: Asked, good: Answer) -> Answer:
    return replace(good, status=302, body=b"").with_header("Location", asked.url)


@fault("invalid UTF-8")
def _invalid_text(_asked: Asked, good: Answer) -> Answer | None:
    key, items = _collection(good)
    if key and not items:
        return None
    spoilt = good.body.replace(b'": "', b'": "\xff\xfe\xc3\x28')
    return replace(good, body=spoilt) if spoilt != good.body else None


@fault("deep nesting")
def _deep(_asked: Asked, good: Answer) -> Answer:
    return replace(good, body=b"[" * 200_000).with_header("Content-Type", "application/json")


@fault("deep nesting inside")
def _deep_inside(_asked: Asked, good: Answer) -> Answer | None:
    document = good.json()
    if not isinstance(document, dict):
        return None
    return replace(good, body=b'{"extra": ' + b"[" * 100_000 + b"]" * 100_000 + b", " + good.body.lstrip()[1:])


@functools.cache
def _bomb() -> bytes:
    """64 MiB of spaces, compressed to a thousandth."""
    packer = zlib.compressobj(wbits=31)
    return b"".join(packer.compress(b" " * 2**20) for _ in range(64)) + packer.flush()


@fault("gzip bomb")
def _compressed(_asked: Asked, good: Answer) -> Answer:
    return replace(good, body=_bomb()).with_header("Content-Encoding", "gzip")


@fault("endless body")
def _endless(_asked: Asked, good: Answer) -> Answer:
    def pour(over: threading.Event) -> Iterator[bytes]:
        while not over.is_set():
            yield b" " * 65536

    return replace(good, chunks=pour)


def _collection(good: Answer) -> tuple[str, list[Any]]:
    """Name and items of the one listing in the body; no name when there is none."""
    document = good.json()
    found = (
        [(key, value) for key, value in document.items() if isinstance(value, list)]
        if isinstance(document, dict)
        else []
    )
    listings = [(key, value) for key, value in found if not key.endswith("_links")]
    return listings[0] if len(listings) == 1 else ("", [])


def _named(good: Answer) -> bool:
    key, items = _collection(good)
    return bool(key) and all(isinstance(item, dict) and "id" in item for item in items)


@fault("next page is itself")
def _same_page(asked: Asked, good: Answer) -> Answer | None:
    key, items = _collection(good)
    if not items or not _named(good):
        return None
    return good.with_json({key: items, f"{key}_links": [{"rel": "next", "href": asked.url}], "next": asked.url})


@fault("a next page for ever")
def _for_ever(asked: Asked, good: Answer) -> Answer | None:
    key, items = _collection(good)
    if not items or not _named(good):
        return None
    marker = f"{hash(asked.url):x}"
    following = f"{asked.url.partition('?')[0]}?marker={marker}"
    item = items[0] | {"id": marker}
    return good.with_json({key: [item], f"{key}_links": [{"rel": "next", "href": following}], "next": following})


@fault("ids twice")
def _twice(_asked: Asked, good: Answer) -> Answer | None:
    key, items = _collection(good)
    return good.with_json(good.json() | {key: [*items, items[-1]]}) if items and _named(good) else None


@fault("items without fields")
def _bare(_asked: Asked, good: Answer) -> Answer | None:
    key, items = _collection(good)
    return good.with_json(good.json() | {key: [{} for _ in items]}) if items else None


@fault("the last item without fields")
def _last_bare(_asked: Asked, good: Answer) -> Answer | None:
    key, items = _collection(good)
    return good.with_json(good.json() | {key: [*items[:-1], {}]}) if items else None


@fault("listing under another name")
def _renamed(_asked: Asked, good: Answer) -> Answer | None:
    key, items = _collection(good)
    return good.with_json({f"{key}-v9": items}) if key else None


def concerns(chosen: Asked, asked: Asked) -> bool:
    """Whether a request is the chosen one, or a later page of it."""
    if asked == chosen:
        return True
    one, other = urlsplit(chosen.url), urlsplit(asked.url)
    same = (one.netloc, one.path, chosen.microversion) == (other.netloc, other.path, asked.microversion)
    return same and "marker=" in other.query


def fields(good: Answer) -> list[str]:
    """Names of the fields of the items in an answer."""
    _, items = _collection(good)
    return list(dict.fromkeys(name for item in items if isinstance(item, dict) for name in item))


def without_field(good: Answer, name: str) -> Answer:
    """The answer with one field left out of every item."""
    key, items = _collection(good)
    return good.with_json(good.json() | {key: [{k: v for k, v in item.items() if k != name} for item in items]})
