# SPDX-License-Identifier: Apache-2.0
"""The first bytes of a disk image: what was written is read, and what cannot be read is said."""

import contextlib
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.probes.qcow2 import NotReadable, empty_qcow2, first_bytes

BITS = st.integers(9, 16)
KINDS = ("data", "hole", "zero", "compressed")


def qcow2(
    bits: int, clusters: list[tuple[str, int]], *, version: int = 3, encrypted: int = 0, features: int = 0
) -> bytes:
    """An image of clusters that are filled with one byte each; a zero cluster has an offset to other content."""
    size = 1 << bits
    entries = size // 8
    tables = -(-len(clusters) // entries)
    table, data = bytearray(), bytearray()
    base = (2 + tables) * size
    for kind, value in clusters:
        content = bytes([value]) * size
        if kind == "hole":
            table += struct.pack(">Q", 0)
        elif kind == "compressed":
            squeezed = zlib.compressobj(9, zlib.DEFLATED, -12)
            packed = squeezed.compress(content) + squeezed.flush()
            table += struct.pack(">Q", 1 << 62 | base + len(data))
            data += packed.ljust(size, b"\0")
        else:
            table += struct.pack(">Q", 1 << 63 | base + len(data) | (kind == "zero"))
            data += content
    l1 = b"".join(struct.pack(">Q", 1 << 63 | (2 + number) * size) for number in range(tables))
    header = struct.pack(
        ">4sIQIIQIIQQIIQQQQII",
        b"QFI\xfb",
        version,
        0,
        0,
        bits,
        len(clusters) * size,
        encrypted,
        tables,
        size,
        0,
        0,
        0,
        0,
        features,
        0,
        0,
        4,
        104,
    )
    head = header.ljust(size, b"\0") + l1.ljust(size, b"\0") + bytes(table).ljust(tables * size, b"\0")
    return head + bytes(data)


def disk(bits: int, clusters: list[tuple[str, int]]) -> bytes:
    """What a guest reads of it."""
    return b"".join(
        (bytes([value]) if kind in ("data", "compressed") else b"\0") * (1 << bits) for kind, value in clusters
    )


CLUSTERS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 255)), min_size=1, max_size=9)


@given(BITS, CLUSTERS, st.data())
def test_what_a_guest_reads_is_read(bits: int, clusters: list[tuple[str, int]], data: st.DataObject) -> None:
    whole = disk(bits, clusters)
    length = data.draw(st.integers(0, len(whole)))
    assert first_bytes(qcow2(bits, clusters), length) == whole[:length]


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 255)), min_size=65, max_size=140))
def test_tables_of_more_than_one_cluster(clusters: list[tuple[str, int]]) -> None:
    whole = disk(9, clusters)
    assert first_bytes(qcow2(9, clusters), len(whole)) == whole


@given(BITS, CLUSTERS, st.data())
def test_one_changed_byte_of_content_is_seen(bits: int, clusters: list[tuple[str, int]], data: st.DataObject) -> None:
    clusters = [("data", value) for _, value in clusters]
    image = bytearray(qcow2(bits, clusters))
    at = data.draw(st.integers(len(image) - len(clusters) * (1 << bits), len(image) - 1))
    image[at] ^= data.draw(st.integers(1, 255))
    whole = disk(bits, clusters)
    assert first_bytes(bytes(image), len(whole)) != whole


@given(st.binary(max_size=2000), st.integers(0, 2000))
def test_raw_is_what_it_is(content: bytes, length: int) -> None:
    content = b"\0" + content
    if length <= len(content):
        assert first_bytes(content, length) == content[:length]
    else:
        with pytest.raises(NotReadable, match="less than"):
            first_bytes(content, length)


def test_an_empty_image_reads_as_zeros_and_no_longer_than_its_disk() -> None:
    assert first_bytes(empty_qcow2(1), 1 << 20) == bytes(1 << 20)
    with pytest.raises(NotReadable, match="less than"):
        first_bytes(qcow2(9, [("data", 7)]), 513)


@pytest.mark.parametrize("odd", [{"encrypted": 1}, {"encrypted": 2}, {"features": 4}, {"features": 16}])
def test_what_is_encrypted_or_elsewhere_is_refused(odd: dict[str, int]) -> None:
    with pytest.raises(NotReadable, match="elsewhere"):
        first_bytes(qcow2(9, [("data", 7)], **odd), 512)


def test_version_2_has_no_features() -> None:
    assert first_bytes(qcow2(9, [("data", 7)], version=2, features=4), 512) == b"\7" * 512


@given(BITS, CLUSTERS, st.data())
def test_a_torn_or_garbled_image_gives_bytes_or_says_so(
    bits: int, clusters: list[tuple[str, int]], data: st.DataObject
) -> None:
    image = bytearray(qcow2(bits, clusters)[: data.draw(st.integers(8, 4096))])
    for _ in range(data.draw(st.integers(0, 5))):
        image[data.draw(st.integers(4, len(image) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(NotReadable):
        assert len(first_bytes(bytes(image), 512)) == 512
