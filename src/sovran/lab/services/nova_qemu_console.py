# SPDX-License-Identifier: Apache-2.0
"""What a guest printed on its serial port: the end of it is shown, and what is far from the end is forgotten."""

import ctypes
import errno
import os
from pathlib import Path

SHOWN = 100 * 1024
"""Bytes that the console API gives at most, as with libvirt."""
KEPT = 1 << 20
"""Bytes before the end that are kept on disk; a guest may print without end."""
_KEEP_SIZE, _PUNCH_HOLE = 1, 2


def last_bytes(console: Path) -> bytes:
    """The end of what was printed since the machine was switched on; empty when it never was."""
    try:
        with console.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - SHOWN))
            return file.read()
    except FileNotFoundError:
        return b""


def forget_beginning(console: Path) -> None:
    """Free the disk of what lies far before the end: a hole is made, the size stays, and QEMU goes on writing."""
    try:
        with console.open("rb+") as file:
            start = os.fstat(file.fileno()).st_size - KEPT
            if start > 0 and os.fstat(file.fileno()).st_blocks * 512 > 2 * KEPT:
                _punch(file.fileno(), start)
    except FileNotFoundError:
        pass


def _punch(file: int, length: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    offsets = (ctypes.c_int64(0), ctypes.c_int64(length))
    if libc.fallocate(file, _KEEP_SIZE | _PUNCH_HOLE, *offsets) and ctypes.get_errno() != errno.EOPNOTSUPP:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
