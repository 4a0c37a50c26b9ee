# SPDX-License-Identifier: Apache-2.0
"""An empty disk image in QEMU's copy-on-write format: of any virtual size, and next to nothing in bytes."""

import struct

CLUSTER_BITS = 16
CLUSTER = 1 << CLUSTER_BITS
ENTRIES = CLUSTER // 8
"""Of a table that fills one cluster."""
_HEADER = struct.Struct(">4sIQIIQIIQQIIQQQQII")


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
        b"QFI\xfb", 3, 0, 0, CLUSTER_BITS, size, 0, l1_entries, 3 * CLUSTER, CLUSTER, 1, 0, 0, 0, 0, 0, 4, 104
    )
    in_use = struct.pack(">4H", 1, 1, 1, 1)
    clusters = (header, struct.pack(">Q", 2 * CLUSTER), in_use, b"")
    return b"".join(cluster.ljust(CLUSTER, b"\0") for cluster in clusters)
