# SPDX-License-Identifier: Apache-2.0
"""Flavor names by the text: the examples of the standard, errors, suggestions, warnings, hostile input."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from sovran.naming.flavor_name import (
    Cpu,
    Disk,
    FlavorName,
    FlavorNameError,
    Gpu,
    check,
    claims_grammar,
    detect,
    extra_specs,
    parse,
    render,
    short,
    to_v1,
    to_v2,
)
from sovran.naming.tables import Version

HERE = Path(__file__).parent
EXAMPLES: list[dict[str, Any]] = yaml.safe_load((HERE / "vectors.yaml").read_text(encoding="utf-8"))["examples"]
ERRORS: list[dict[str, Any]] = yaml.safe_load((HERE / "errors.yaml").read_text(encoding="utf-8"))
VALID = [row for row in EXAMPLES if row["valid"]]
INVALID = [row for row in EXAMPLES if not row["valid"]]


@pytest.mark.parametrize("row", VALID, ids=lambda row: row["name"])
def test_valid_example_says_what_the_standard_says(row: dict[str, Any]) -> None:
    says = dict(row["says"])
    for key, record in (("disk", Disk), ("cpu", Cpu), ("gpu", Gpu)):
        if key in says:
            says[key] = record(**says[key])
    assert parse(row["name"], row["version"]) == FlavorName(**says)


@pytest.mark.parametrize("row", [row for row in VALID if "v3" in row], ids=lambda row: row["name"])
def test_valid_example_is_written_canonically(row: dict[str, Any]) -> None:
    flavor = parse(row["name"], row["version"])
    written = {"v3": render(flavor), "short": render(short(flavor)), "v1": render(flavor, "v1")}
    assert written == {key: row[key] for key in written}


@pytest.mark.parametrize("row", INVALID, ids=lambda row: row["name"])
def test_invalid_example_is_refused_where_it_goes_wrong(row: dict[str, Any]) -> None:
    with pytest.raises(FlavorNameError) as caught:
        parse(row["name"], row["version"])
    assert caught.value.position == row["position"]
    assert caught.value.suggestion == row.get("suggestion")


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: f"{row['version']} {row['name'].strip()}")
def test_error_tells_position_reason_and_suggestion(row: dict[str, Any]) -> None:
    with pytest.raises(FlavorNameError) as caught:
        parse(row["name"], row["version"])
    assert str(caught.value) == row["error"]
    assert caught.value.suggestion == row.get("suggestion")


def test_every_suggestion_is_a_valid_name() -> None:
    suggestions = [row["suggestion"] for row in [*INVALID, *ERRORS] if "suggestion" in row]
    assert len(suggestions) > 20
    assert all(detect(suggestion) for suggestion in suggestions)


@pytest.mark.parametrize(
    ("name", "versions"),
    [
        ("SCS-2V-4-20s", ("v3", "v2")),
        ("SCS-2V-4_chy", ("v3",)),
        ("SCS-2V-4_a5", ("v3",)),
        ("SCS-2V-4-3xs", ("v2",)),
        ("SCS-2C:4:3x", ("v1",)),
        ("SCS-2V:4:20s", ("v1",)),
        ("SCS-2V:4-20s", ()),
        ("m1.small", ()),
    ],
)
def test_versions_are_told_by_the_delimiters_and_the_tables(name: str, versions: tuple[Version, ...]) -> None:
    assert detect(name) == versions


def test_disk_count_without_size_is_read_where_the_text_shows_it() -> None:
    assert parse("SCS-2C-4-3xs", "v2").disk == Disk(3, None, "s")
    assert parse("SCS-2C:4:3x", "v1").disk == Disk(3)
    with pytest.raises(FlavorNameError):
        parse("SCS-2C-4-3x-", "v2")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SCS-2V-4", []),
        ("SCS-9V-9.5", []),
        ("SCS-16V-10.5", ["half GiB"]),
        ("SCS-2C-4-3xs", ["disk count without a size"]),
        ("SCS-2V:4:20", ["deprecated naming v1; with the delimiters of v2 and v3 it is SCS-2V-4-20"]),
        ("SCS-2V-4_i0", ["CPU generation 0 is better left out: SCS-2V-4_i"]),
        ("SCS-2V:4-GNa:72:24", ["deprecated", "video memory"]),
    ],
)
def test_check_warns_of_what_is_discouraged_or_tolerated(name: str, words: list[str]) -> None:
    report = check(name)
    assert report.error is None
    assert len(report.warnings) == len(words)
    assert all(word in warning for word, warning in zip(words, report.warnings, strict=True))


def test_check_reports_the_newest_version_or_the_error_of_the_spelling_meant() -> None:
    assert (check("SCS-2V-4").version, check("SCS-2C-4-3xs").version, check("SCS-2V:4").version) == ("v3", "v2", "v1")
    colon, dash = check("SCS-2V:4:20-chy").error, check("SCS-2V-4-20_chi").error
    assert colon is not None
    assert colon.reason == "the hypervisor chy is not known before naming v3"
    assert dash is not None
    assert dash.position == 12


def test_only_the_prefix_in_capitals_claims_the_grammar() -> None:
    assert [claims_grammar(name) for name in ("SCS-x", "scs-2V-4", "SC-2T-4", "")] == [True, False, False, False]


def test_spellings_of_v1_and_v2_are_one_to_one() -> None:
    v2 = "SCS-16T-64-3x10s_bms_hwv_i3h_GNa-64-24h_ib"
    assert to_v1(v2) == "SCS-16T:64:3x10s-bms-hwv-i3h-GNa:64:24h-ib"
    assert to_v2(to_v1(v2)) == v2


def test_generation_zero_is_kept_when_read_and_left_out_when_written() -> None:
    flavor = parse("SCS-2V-4_z0h")
    assert flavor.cpu == Cpu("z", 0, "h")
    assert render(flavor) == "SCS-2V-4_zh"


def test_extra_specs_name_every_disk_and_every_spelling() -> None:
    assert extra_specs(parse("SCS-4C-16-2x200p_a1")) == {
        "scs:cpu-type": "dedicated-core",
        "scs:disk0-type": "nvme",
        "scs:disk1-type": "nvme",
        "scs:name-v1": "SCS-4C:16:2x200p-a1",
        "scs:name-v2": "SCS-4C-16-2x200p_a1",
        "scs:name-v3": "SCS-4C:16:2x200p-a",
        "scs:name-v4": "SCS-4C-16-2x200p_a",
    }


def test_extra_specs_of_the_standard_flavors_have_two_names_and_no_disk_unless_claimed() -> None:
    assert extra_specs(parse("SCS-1L-1")) == {
        "scs:cpu-type": "crowded-core",
        "scs:name-v1": "SCS-1L:1",
        "scs:name-v2": "SCS-1L-1",
    }
    assert extra_specs(parse("SCS-2V-4-10"))["scs:disk0-type"] == "network"


def test_records_go_to_json_and_back() -> None:
    flavor = parse("SCS-16T-64-3x10s_bms_hwv_i3h_GNa-64_ib")
    assert msgspec.json.decode(msgspec.json.encode(flavor), type=FlavorName) == flavor


HOSTILE = [
    "SCS-" + "9" * 10**6,
    "SCS-" + "0" * 10**6 + "1V-4",
    "SCS-2V-" + "9" * 10**6 + ".5",
    "SCS-2V-4" + ".0" * 500_000,
    "SCS-2V-4-" + "3x" * 500_000,
    "SCS-2V-4" + "_i" * 500_000,
    "SCS-2V-4_i" + "h" * 10**6,
    "SCS-2V-4_GNa" + "-1" * 500_000,
    "SCS-2V-4_GN" + "0." * 500_000,
    "SCS-2V-4" + "u" * 10**6,
    "SCS-2V-4" + "\x1b[31m" * 200_000,
    "😀" * 250_000,
    "\ud800SCS-2V-4\x00",
    "SCS-2V-4" + "\ud800",
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_end_as_an_ordinary_short_error(name: str) -> None:
    report = check(name)
    assert report.error is not None
    assert 0 <= report.error.position <= len(name)
    assert len(str(report.error)) < 300
    assert str(report.error).isprintable()
