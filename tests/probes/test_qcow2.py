# SPDX-License-Identifier: Apache-2.0
"""Empty disk images: what their headers say."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.probes.qcow2 import CLUSTER, empty_qcow2


@given(st.integers(1, 4096))
def test_the_header_tells_the_virtual_size_and_where_the_tables_are(gib: int) -> None:
    image = empty_qcow2(gib)
    assert len(image) == 4 * CLUSTER
    assert image[:8] == b"QFI\xfb\0\0\0\3"
    (bits, size) = struct.unpack_from(">IQ", image, 20)
    l1_entries, l1_table, refcounts = struct.unpack_from(">IQQ", image, 36)
    assert (1 << bits, size) == (CLUSTER, gib * 1024**3)
    # every byte of the disk has an entry, and the tables lie in the file
    assert l1_entries * (CLUSTER // 8) * CLUSTER >= size
    assert {l1_table, refcounts} <= {CLUSTER, 3 * CLUSTER}
    block = struct.unpack_from(">Q", image, refcounts)[0]
    assert struct.unpack_from(">5H", image, block) == (1, 1, 1, 1, 0)


@pytest.mark.parametrize("gib", [0, -1, 4097])
def test_other_sizes_are_refused(gib: int) -> None:
    with pytest.raises(ValueError, match="not between 1 and 4096"):
        empty_qcow2(gib)
