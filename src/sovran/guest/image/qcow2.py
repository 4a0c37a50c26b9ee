# SPDX-License-Identifier: Apache-2.0
"""Disk images in QEMU's copy-on-write format, written: what is zero takes no room."""

import struct

BITS = 16
CLUSTER = 1 << BITS
_HEADER = struct.Struct(">4sIQIIQIIQQIIQQQQII")
_COPIED = 1 << 63
"""In an entry: this cluster is used once."""


def qcow2(disk: bytes) -> bytes:
    """The image, version 3, of a disk of at most 512 MiB, by the layout of QEMU's docs/interop/qcow2: header, refcount
    table, one refcount block, L1 table, one L2 table, data. Raises ValueError for a larger disk.
    """
    if len(disk) > CLUSTER * (CLUSTER // 8):
        raise ValueError(f"a disk of {len(disk)} bytes is too large for one L2 table")
    before = 5
    data: list[bytes] = []
    entries: list[int] = []
    for at in range(0, len(disk), CLUSTER):
        cluster = disk[at : at + CLUSTER]
        if any(cluster):
            entries.append(_COPIED | (before + len(data)) * CLUSTER)
            data.append(cluster.ljust(CLUSTER, b"\0"))
        else:
            entries.append(0)
    header = _HEADER.pack(
        b"QFI\xfb", 3, 0, 0, BITS, len(disk), 0, 1, 3 * CLUSTER, CLUSTER, 1, 0, 0, 0, 0, 0, 4, _HEADER.size
    )
    tables = (
        header,
        struct.pack(">Q", 2 * CLUSTER),
        struct.pack(">H", 1) * (before + len(data)),
        struct.pack(">Q", _COPIED | 4 * CLUSTER),
        b"".join(struct.pack(">Q", entry) for entry in entries),
    )
    return b"".join(table.ljust(CLUSTER, b"\0") for table in tables) + b"".join(data)
