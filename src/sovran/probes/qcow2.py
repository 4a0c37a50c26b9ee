# SPDX-License-Identifier: Apache-2.0
"""Disk images in QEMU's copy-on-write format: an empty one of any virtual size, and the first bytes of any."""

import struct
import zlib

CLUSTER_BITS = 16
CLUSTER = 1 << CLUSTER_BITS
ENTRIES = CLUSTER // 8
"""Of a table that fills one cluster."""
_HEADER = struct.Struct(">4sIQIIQIIQQIIQQQQII")
_MAGIC = b"QFI\xfb"
_OFFSET = 0x00FFFFFFFFFFFE00
"""Bits of an entry that are an offset in the file."""
_COMPRESSED, _ZERO = 1 << 62, 1
_HARMLESS = 0b11
"""Incompatible features that change nothing for a reader: dirty refcounts, and marked as corrupt."""


def empty_qcow2(gib: int) -> bytes:
    """A qcow2 image, version 3, with a virtual disk of so many GiB of which nothing is allocated; 256 KiB.

    The layout is that of QEMU's docs/interop/qcow2: header, refcount table, one refcount block, L1 table, a cluster
    each. Raises ValueError above 4096 GiB, for which one cluster of L1 table does not suffice.
    """
    size = gib * 1024**3
    l1_entries = -(-size // (CLUSTER * ENTRIES))
    if not 0 < l1_entries <= ENTRIES:
        raise ValueError(f"{gib} GiB are not between 1 and 4096")
    header = _HEADER.pack(
        _MAGIC, 3, 0, 0, CLUSTER_BITS, size, 0, l1_entries, 3 * CLUSTER, CLUSTER, 1, 0, 0, 0, 0, 0, 4, 104
    )
    in_use = struct.pack(">4H", 1, 1, 1, 1)
    clusters = (header, struct.pack(">Q", 2 * CLUSTER), in_use, b"")
    return b"".join(cluster.ljust(CLUSTER, b"\0") for cluster in clusters)


class NotReadable(ValueError):
    """An image cannot be read here; the text says why."""


def first_bytes(image: bytes, length: int) -> bytes:
    """The first bytes of the disk in an image, qcow2 or raw; what is not allocated in qcow2 is zero.

    Raises NotReadable for a disk that is shorter, and for qcow2 that is torn, encrypted or not in this one file.
    """
    found = _disk(image, length) if image.startswith(_MAGIC) else image[:length]
    if len(found) < length:
        raise NotReadable(f"it has {len(found)} bytes, which is less than {length}")
    return found


def _disk(image: bytes, length: int) -> bytes:
    try:
        _, version, backing, _, bits, size, encrypted, _, l1_table, *_, features, _, _, _, _ = _HEADER.unpack_from(
            image
        )
        if version != 3:
            features = 0
        if backing or encrypted or features & ~_HARMLESS or not 9 <= bits <= 21:
            raise NotReadable("it is encrypted, or parts of it are elsewhere")
        cluster = 1 << bits
        wanted = min(length, size)
        disk = bytearray()
        while len(disk) < wanted:
            disk += _cluster(image, l1_table, len(disk) // cluster, cluster)
        return bytes(disk[:wanted])
    except (struct.error, zlib.error, OverflowError):
        raise NotReadable("it is torn") from None


def _cluster(image: bytes, l1_table: int, number: int, cluster: int) -> bytes:
    """One cluster of the disk."""
    entries = cluster // 8
    (l1_entry,) = struct.unpack_from(">Q", image, l1_table + number // entries * 8)
    l2_table = l1_entry & _OFFSET
    if not l2_table:
        return bytes(cluster)
    (entry,) = struct.unpack_from(">Q", image, l2_table + number % entries * 8)
    if entry & _COMPRESSED:
        bits = 62 - (cluster.bit_length() - 9)
        return zlib.decompressobj(-12).decompress(image[entry & ((1 << bits) - 1) :], cluster).ljust(cluster, b"\0")
    offset = entry & _OFFSET
    if not offset or entry & _ZERO:
        return bytes(cluster)
    found = image[offset : offset + cluster]
    if len(found) < cluster and offset + len(found) < len(image):
        raise NotReadable("it is torn")
    return found.ljust(cluster, b"\0")
