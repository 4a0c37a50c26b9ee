# SPDX-License-Identifier: Apache-2.0
"""Files of snapshots: the same bytes for the same content, and one sentence for whatever is none."""

import gzip
import resource
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.cloud.snapshots import snapshot as module
from sovran.cloud.snapshots.snapshot import encode, is_snapshot, read
from sovran.model.errors import UsageError
from tests.cloud.snapshots import head, saved, snapshot


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "s")
    stored = read(path)
    assert msgspec.json.encode(stored.snapshot) == msgspec.json.encode(snapshot())
    assert stored.digest.encode() in path.read_bytes().splitlines()[0]
    assert stored.size == len(msgspec.json.encode(snapshot()))
    assert is_snapshot(path)


def test_the_same_content_gives_the_same_bytes() -> None:
    assert encode(snapshot()) == encode(snapshot())
    assert encode(snapshot()) != encode(snapshot(seconds=0.6))


def test_the_content_is_gzip_below_the_first_line() -> None:
    first, _, rest = encode(snapshot()).partition(b"\n")
    content = gzip.decompress(rest)
    assert content == msgspec.json.encode(snapshot())
    assert head(content) == first + b"\n"


def refusal(path: Path) -> str:
    with pytest.raises(UsageError) as refused:
        read(path)
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence


FOREIGN = {
    b"": "is no sovran snapshot",
    b"{}": "is no sovran snapshot",
    b"\x1f\x8b\x08\x00": "is no sovran snapshot",
    b"sovran-snapshot x\n": "is damaged in its first line",
    b"sovran-snapshot 0 sha256:" + b"0" * 64 + b" 1\n": "is damaged in its first line",
    b"sovran-snapshot 2 sha256:" + b"0" * 64 + b" 1\n": "has format 2: use a newer sovran",
    b"sovran-snapshot 1 sha256:" + b"0" * 64 + b" 999999999999\n": "larger than 512 MiB",
    b"sovran-snapshot 1 sha256:" + b"0" * 64 + b" 5\nxxxxxxxxxxxx": "is damaged",
    b"sovran-snapshot 1 sha256:" + b"0" * 64 + b" 0\n": "is cut short",
}


@pytest.mark.parametrize(("content", "words"), FOREIGN.items())
def test_files_that_are_none(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "s"
    path.write_bytes(content)
    assert words in refusal(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "absent")
    assert "Is a directory" in refusal(tmp_path)
    assert "not a path" in refusal(tmp_path / "a\0b")
    assert not is_snapshot(tmp_path / "absent")


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "s")
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        refusal(path)


@given(st.data())
def test_a_changed_byte_is_noticed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = saved(tmp_path_factory.mktemp("snapshots") / "s")
    whole = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(whole)
    try:
        stored = read(path)
    except UsageError:
        return
    # bytes of the gzip head (time, system) carry nothing
    assert msgspec.json.encode(stored.snapshot) == msgspec.json.encode(snapshot())


def test_content_that_was_changed_and_compressed_again(tmp_path: Path) -> None:
    path = tmp_path / "s"
    content = msgspec.json.encode(snapshot())
    path.write_bytes(head(content) + gzip.compress(content.replace(b"SCS-1V-4", b"SCS-1V-8")))
    assert "was changed after it was written" in refusal(path)


def test_more_behind_the_end(tmp_path: Path) -> None:
    path = saved(tmp_path / "s")
    path.write_bytes(path.read_bytes() + b"more")
    assert "longer than it says" in refusal(path)


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"sovran": 1}', b"[" * 100_000, b"\xff", b"null"])
def test_content_of_another_form(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s"
    path.write_bytes(head(content) + gzip.compress(content))
    assert "has another form than sovran writes" in refusal(path)


def test_a_bomb_fills_neither_memory_nor_time(tmp_path: Path) -> None:
    """A gigabyte of zeros behind a line that promises a kilobyte."""
    path = tmp_path / "bomb"
    with path.open("wb") as file:
        file.write(head(b"", length=1024))
        with gzip.open(file, "wb", compresslevel=1) as squeezed:
            block = bytes(1 << 20)
            for _ in range(1024):
                squeezed.write(block)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    assert "longer than it says" in refusal(path)
    assert time.monotonic() - start < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_the_promise_itself_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    assert "says that it is larger" in refusal(saved(tmp_path / "s"))
