# SPDX-License-Identifier: Apache-2.0
"""The official reading equals what the reference suite was seen to read, and its cost grows with the name only."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sovran.naming.cursor import Cursor, HopelessError
from sovran.naming.diagnose import walk
from sovran.naming.flavor_name import check
from sovran.naming.official import OfficialReading, official_reading

VECTORS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "vectors.yaml").read_text(encoding="utf-8")
)["official"]  # fmt: skip


def test_there_are_enough_vectors_of_both_kinds() -> None:
    accepted = sum(row["reads"] is not None for row in VECTORS)
    assert len(VECTORS) >= 150
    assert accepted >= 100
    assert len(VECTORS) - accepted >= 100


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: ascii(row["name"]))
def test_reads_what_the_reference_suite_reads(row: dict[str, Any]) -> None:
    expected = None if row["reads"] is None else OfficialReading(*row["reads"])
    assert official_reading(row["name"]) == expected


@pytest.mark.parametrize("name", ["scs-2V-4", "SC-2V-4", "", "m1.tiny", " SCS-2V-4"])
def test_names_without_the_prefix_are_not_read(name: str) -> None:
    assert official_reading(name) is None


@pytest.mark.parametrize("version", ["v3", "v1"])
def test_numbers_are_taken_up_to_the_length_that_python_converts(version: str) -> None:
    part = "-" if version == "v3" else ":"
    longest = official_reading(f"SCS-{'0' * 4299}2V{part}4{part}{'1' * 4300}")
    assert longest is not None
    assert (longest.cpus, longest.disk_gb) == (2, int("1" * 4300))
    assert official_reading(f"SCS-{'0' * 4300}2V{part}4") is None
    assert official_reading(f"SCS-2V{part}4{part}{'1' * 4301}") is None


def test_ram_is_read_as_a_float_is() -> None:
    assert official_reading("SCS-2V-0.5000000000000000000001") == OfficialReading("v3", 2, 0.5, False, None)
    assert official_reading(f"SCS-2V-{'9' * 308}") is None  # finite, but its double is not
    assert official_reading(f"SCS-2V-{'9' * 400}") is None
    assert official_reading(f"SCS-2V-0.{'0' * 400}5") is None


def test_the_two_readings_differ_where_the_sheet_says_so() -> None:
    by_text_only, officially_only = "SCS-2V-4_GNa_ib", "SCS-02V-4.-x10_GNah"
    assert check(by_text_only).error is None
    assert official_reading(by_text_only) is None
    assert check(officially_only).error is not None
    assert official_reading(officially_only) == OfficialReading("v3", 2, 4.0, True, 10)


class CountingName(str):
    """A name that counts how many of its characters are looked at one by one or sliced."""

    __slots__ = ("looked_at",)
    looked_at: int

    def __getitem__(self, index: Any) -> str:
        part = super().__getitem__(index)
        self.looked_at = getattr(self, "looked_at", 0) + max(1, len(part))
        return part


@pytest.mark.parametrize(
    ("start", "filler"),
    [
        ("SCS-", "9"),
        ("SCS-2V-", "0"),
        ("SCS-2V-4-", "3x"),
        ("SCS-2V-4", "_i"),
        ("SCS-2V-4_i", "h"),
        ("SCS-2V-4_GN", "."),
        ("SCS-2V-4_GNa", "-1h"),
        ("SCS-2V-4", "\x1b"),
    ],
)
def test_work_grows_no_faster_than_the_name(start: str, filler: str) -> None:
    work = []
    for repeats in (2_000, 4_000):
        name = CountingName(start + filler * repeats)
        name.looked_at = 0
        official_reading(name)
        with pytest.raises(HopelessError):
            walk(Cursor(name, "v3"))
        work.append(name.looked_at)
        assert work[-1] <= 8 * len(name) + 200
    assert work[1] <= 2 * work[0] + 200
