# SPDX-License-Identifier: Apache-2.0
"""Archives of the kind that the kernel unpacks at boot: cpio, format newc, everything owned by root and of one time."""

import stat
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

import msgspec


class File(msgspec.Struct, frozen=True):
    """A regular file."""

    content: bytes
    executable: bool = False


class Link(msgspec.Struct, frozen=True):
    """A symbolic link."""

    target: str


def archive(entries: Mapping[str, File | Link], time: int) -> bytes:
    """The archive of what lies at these paths (`bin/busybox`), with the folders above them and /dev/console, which the
    kernel opens for the first process; `time`: Unix seconds for all. Kernel: Documentation/driver-api/early-userspace.
    """
    parts = [
        _member(name, mode, content, number, time, device)
        for number, (name, mode, content, device) in enumerate(_members(entries), start=1)
    ]
    parts.append(_member("TRAILER!!!", 0, b"", 0, 0, (0, 0)))
    return b"".join(parts)


def _members(entries: Mapping[str, File | Link]) -> Iterable[tuple[str, int, bytes, tuple[int, int]]]:
    folders = {str(above) for name in (*entries, "dev/console") for above in PurePosixPath(name).parents}
    for folder in sorted(folders - {"."}):
        yield folder, stat.S_IFDIR | 0o755, b"", (0, 0)
    yield "dev/console", stat.S_IFCHR | 0o600, b"", (5, 1)
    for name, entry in sorted(entries.items()):
        if isinstance(entry, Link):
            yield name, stat.S_IFLNK | 0o777, entry.target.encode(), (0, 0)
        else:
            yield name, stat.S_IFREG | (0o755 if entry.executable else 0o644), entry.content, (0, 0)


def _member(name: str, mode: int, content: bytes, number: int, time: int, device: tuple[int, int]) -> bytes:
    links = 2 if stat.S_ISDIR(mode) else 1
    path = name.encode() + b"\0"
    fields = (number, mode, 0, 0, links, time, len(content), 0, 0, *device, len(path), 0)
    header = b"070701" + b"".join(b"%08X" % field for field in fields) + path
    return _padded(header) + _padded(content)


def _padded(part: bytes) -> bytes:
    return part + bytes(-len(part) % 4)
