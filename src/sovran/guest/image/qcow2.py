# SPDX-License-Identifier: Apache-2.0
"""Disk images in QEMU's copy-on-write format, written: compressed, and what is zero takes no room."""

import struct
import zlib

BITS = 16
CLUSTER = 1 << BITS
_HEADER = struct.Struct(">4sIQIIQIIQQIIQQQQII")
_TABLES = 5
"""Clusters before the data: header, refcount table, one refcount block, L1 table, one L2 table."""
_COPIED, _COMPRESSED = 1 << 63, 1 << 62
_SECTOR = 512
_SECTORS_AT = 62 - (BITS - 8)
"""Bit of a compressed cluster's entry from which on its further sectors are counted."""


def qcow2(disk: bytes) -> bytes:
    """The image, version 3, of a disk of at most 512 MiB, by the layout of QEMU's docs/interop/qcow2.

    Raises ValueError for a larger disk, whose table would not fit in one cluster.
    """
    if len(disk) > CLUSTER * (CLUSTER // 8):
        raise ValueError(f"a disk of {len(disk)} bytes is too large for one L2 table")
    data = bytearray()
    uses = [1] * _TABLES
    entries = []
    for at in range(0, len(disk), CLUSTER):
        cluster = disk[at : at + CLUSTER]
        entries.append(_add(data, uses, cluster.ljust(CLUSTER, b"\0")) if any(cluster) else 0)
    data += bytes(-len(data) % CLUSTER)
    header = _HEADER.pack(
        b"QFI\xfb", 3, 0, 0, BITS, len(disk), 0, 1, 3 * CLUSTER, CLUSTER, 1, 0, 0, 0, 0, 0, 4, _HEADER.size
    )
    tables = (
        header,
        struct.pack(">Q", 2 * CLUSTER),
        struct.pack(f">{len(uses)}H", *uses),
        struct.pack(">Q", _COPIED | 4 * CLUSTER),
        struct.pack(f">{len(entries)}Q", *entries),
    )
    return b"".join(table.ljust(CLUSTER, b"\0") for table in tables) + data


def _add(data: bytearray, uses: list[int], cluster: bytes) -> int:
    """Append a cluster to the data, counted in the uses of the file's clusters; returns its entry of the L2 table."""
    # QEMU unpacks with a window of 4 KiB
    packer = zlib.compressobj(6, wbits=-12)
    packed = packer.compress(cluster) + packer.flush()
    if len(packed) > CLUSTER * 15 // 16:
        data += bytes(-len(data) % CLUSTER)
        uses.append(1)
        start = _TABLES * CLUSTER + len(data)
        data += cluster
        return _COPIED | start
    start = _TABLES * CLUSTER + len(data)
    data += packed
    last = start + len(packed) - 1
    uses += [0] * (last // CLUSTER + 1 - len(uses))
    for used in range(start // CLUSTER, last // CLUSTER + 1):
        uses[used] += 1
    return _COMPRESSED | (last // _SECTOR - start // _SECTOR) << _SECTORS_AT | start
