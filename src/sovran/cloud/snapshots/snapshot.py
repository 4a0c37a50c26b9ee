# SPDX-License-Identifier: Apache-2.0
"""Snapshots: the recording of one run on one cloud, from which verdicts can be taken again without the cloud.

A file is one line of ASCII, `sovran-snapshot FORMAT sha256:DIGEST LENGTH`, and then the content, compressed by gzip:
JSON of LENGTH bytes, whose SHA-256 is DIGEST. The same content gives the same bytes.
"""

import datetime
import hashlib
import re
import zlib
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from sovran.cloud.recorder import Failed, Request
from sovran.cloud.recording import Principal
from sovran.cloud.snapshots.shape import Shape
from sovran.model.errors import UsageError
from sovran.model.printable import printable
from sovran.model.question import Question
from sovran.model.report import CloudInfo
from sovran.model.verdict import Verdict

FORMAT: Final = 1
MAGIC = b"sovran-snapshot "
MOST_BYTES = 512 * 1024 * 1024
"""Of the content; the answers of a run are 256 MiB at most, and a snapshot keeps a part of them."""
LONGEST_HEAD = 200
_HEAD = re.compile(rb"sovran-snapshot ([0-9]{1,9}) sha256:([0-9a-f]{64}) ([0-9]{1,12})\n")
_CHUNK = 1024 * 1024


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was asked, and what a snapshot keeps of the answer."""

    request: Request
    at: datetime.datetime
    failed: Failed | None = None
    """How it failed, when there was no answer."""
    status: int = 0
    """Of the HTTP answer; 0: an observation, or no answer."""
    headers: dict[str, str] = {}
    shape: Shape = {}
    """Which parts of the answer were kept: see `cloud.shape`."""
    body: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    """The kept part, as JSON."""
    text: str | None = None
    """The kept part of an answer that is no JSON."""
    error: str = ""
    """Why the answer was no JSON, of which nothing is kept then."""
    size: int = 0
    """Bytes of the whole answer."""

    @property
    def order(self) -> tuple[str, ...]:
        """What entries are sorted by, so that the same recording gives the same file."""
        request = self.request
        return request.service, request.path, request.microversion, request.variant, request.observed

    @property
    def content(self) -> bytes | None:
        """The body as facts read it; None: nothing was kept, since no fact read it."""
        if self.text is not None:
            return self.text.encode()
        return None if self.body is msgspec.UNSET else bytes(self.body)


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One run on one cloud, without secrets."""

    sovran: str
    """Version that took it."""
    now: datetime.datetime
    """The clock of the run, UTC."""
    seconds: float
    requests: int
    """HTTP requests that the run sent."""
    ruleset: str
    """Digest of the standards that it was judged by."""
    question: Question
    cloud: CloudInfo
    notes: tuple[str, ...] = ()
    """What the preflight saw."""
    obstacle: str = ""
    """Why nothing could be asked; empty when something was."""
    interrupted: bool = False
    principal: Principal | None = None
    """None when there was no token."""
    late: dict[str, str] = {}
    """Facts that had not been read when the time was up or the user interrupted, with the reason."""
    entries: tuple[Entry, ...] = ()
    """Ordered by request."""
    verdicts: dict[str, Verdict] = {}
    """Of the recorded run, by claim."""
    removed: dict[str, int] = {}
    """Texts that looked like secrets and were removed, by kind."""
    anonymous: bool = False
    """True: names, hosts and ids were replaced."""


class Stored(msgspec.Struct, frozen=True):
    """A snapshot as it lies in a file."""

    snapshot: Snapshot
    digest: str
    """SHA-256 of the content, hexadecimal."""
    size: int
    """Bytes of the content."""


def is_snapshot(path: Path) -> bool:
    """Whether the file begins as snapshots do; False also when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except (OSError, ValueError):
        return False


def encode(snapshot: Snapshot) -> bytes:
    """The bytes of the file."""
    content = msgspec.json.encode(snapshot)
    digest = hashlib.sha256(content).hexdigest()
    squeezer = zlib.compressobj(6, zlib.DEFLATED, 31)
    head = f"sovran-snapshot {FORMAT} sha256:{digest} {len(content)}\n".encode()
    return head + squeezer.compress(content) + squeezer.flush()


def read(path: Path) -> Stored:
    """The snapshot in a file.

    Raises UsageError when it cannot be read, is no snapshot, has a newer format, or is not what was written.
    """
    shown = printable(str(path), limit=200)
    try:
        with path.open("rb") as file:
            return decode(file, shown)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise UsageError(f"Cannot read the snapshot {shown} ({reason}); name a file that sovran wrote.") from None


def decode(file: BinaryIO, shown: str) -> Stored:
    """The snapshot in an open file called `shown`; raises as `read` does."""
    digest, length = _head(file.readline(LONGEST_HEAD), shown)
    content = _inflate(file, length, shown)
    if hashlib.sha256(content).hexdigest() != digest:
        raise UsageError(f"The snapshot {shown} was changed after it was written: its digest is another; use a copy.")
    return Stored(_decode(content, shown), digest, length)


def _head(head: bytes, shown: str) -> tuple[str, int]:
    """Digest and length of the content."""
    if not head.startswith(MAGIC):
        raise UsageError(f"{shown} is no sovran snapshot; name a file written by `sovran check --save-snapshot`.")
    found = _HEAD.fullmatch(head)
    if found and int(found[1]) > FORMAT:
        raise UsageError(f"The snapshot {shown} has format {int(found[1])}: use a newer sovran to read it.")
    if not found or int(found[1]) != FORMAT:
        raise UsageError(f"The snapshot {shown} is damaged in its first line; use a copy.")
    length = int(found[3])
    if length > MOST_BYTES:
        raise UsageError(f"The snapshot {shown} says that it is larger than {MOST_BYTES // 1024**2} MiB; no run is.")
    return found[2].decode(), length


def _inflate(file: BinaryIO, length: int, shown: str) -> bytes:
    """Exactly `length` bytes from a gzip stream; never holds more than that, whatever the stream would give."""
    inflater = zlib.decompressobj(31)
    content = bytearray()
    try:
        while not inflater.eof and len(content) <= length:
            squeezed = inflater.unconsumed_tail or file.read(_CHUNK)
            if not squeezed:
                break
            content += inflater.decompress(squeezed, min(_CHUNK, length + 1 - len(content)))
    except zlib.error:
        raise UsageError(f"The snapshot {shown} is damaged; use a copy.") from None
    if len(content) > length or inflater.unused_data or (inflater.eof and file.read(1)):
        raise UsageError(f"The snapshot {shown} is longer than it says: it was changed; use a copy.")
    if not inflater.eof or len(content) < length:
        raise UsageError(f"The snapshot {shown} is cut short; use a whole copy.")
    return bytes(content)


def _decode(content: bytes, shown: str) -> Snapshot:
    try:
        return msgspec.json.decode(content, type=Snapshot)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        reason = printable(str(error), limit=200)
        raise UsageError(f"The snapshot {shown} has another form than sovran writes ({reason}); use a copy.") from None
