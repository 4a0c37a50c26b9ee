# SPDX-License-Identifier: Apache-2.0
"""Properties of the flavor-name grammar that hold for all names and all flavors."""

from contextlib import suppress
from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sovran.naming.cursor import Cursor, HopelessError
from sovran.naming.diagnose import walk
from sovran.naming.flavor_name import (
    Cpu,
    Disk,
    FlavorName,
    FlavorNameError,
    Gpu,
    check,
    detect,
    extra_specs,
    parse,
    render,
    short,
    to_v1,
    to_v2,
)
from sovran.naming.official import official_reading
from sovran.naming.tables import (
    CPU_FREQUENCIES,
    CPU_TYPES,
    CPU_VENDORS,
    DISK_TYPES,
    GPU_GENERATIONS,
    GPU_KINDS,
    HYPERVISORS,
    HYPERVISORS_SINCE_V3,
    MODIFIERS,
    NEWEST_CPU_GENERATION,
    VERSIONS,
    Version,
)
from sovran.naming.validate import problems

# nothing here is a matter of time, and the machine may be busy
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

T = TypeVar("T")
NUMBERS = st.integers(1, 9999) | st.integers(1, 10**10 - 1)
versions = st.sampled_from(VERSIONS)


def optional(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


@st.composite
def flavors(draw: st.DrawFn, version: Version) -> FlavorName:
    """Flavors whose name `version` can express, in the form in which names are read."""
    size = draw(optional(NUMBERS))
    count = draw(st.integers(1, 9999)) if size or version != "v3" else 1
    vendor = draw(st.sampled_from(list(CPU_VENDORS)))
    newest = NEWEST_CPU_GENERATION[version][vendor]
    generation = draw(st.none() | st.integers(1, newest)) if newest else None
    gpu_vendor = draw(st.sampled_from(list(GPU_GENERATIONS)))
    units = draw(st.none() | NUMBERS)
    vram = draw(st.none() | NUMBERS) if units else None
    modifier = optional(st.sampled_from(list(MODIFIERS)))
    gpu = Gpu(
        draw(st.sampled_from(list(GPU_KINDS))),
        gpu_vendor,
        draw(st.none() | st.sampled_from(list(GPU_GENERATIONS[gpu_vendor]))),
        units,
        draw(modifier) if units else None,
        vram,
        draw(modifier) if vram else None,
    )
    known = [name for name in HYPERVISORS if version == "v3" or name not in HYPERVISORS_SINCE_V3]
    return FlavorName(
        cpus=draw(NUMBERS),
        cpu_type=draw(st.sampled_from(list(CPU_TYPES))),
        ram_gib=draw(st.integers(1, 2 * 10**10 - 1)) / 2,
        insecure=draw(st.booleans()),
        no_ecc=draw(st.booleans()),
        ram_oversubscribed=draw(st.booleans()),
        disk=draw(
            st.none() | st.builds(Disk, st.just(count), st.just(size), optional(st.sampled_from(list(DISK_TYPES))))
        ),
        hypervisor=draw(st.none() | st.sampled_from(known)),
        nested_virt=draw(st.booleans()),
        cpu=draw(
            st.none() | st.just(Cpu(vendor, generation, draw(st.none() | st.sampled_from(list(CPU_FREQUENCIES)))))
        ),
        gpu=draw(st.none() | st.just(gpu)),
        infiniband=draw(st.booleans()),
    )


PIECES = (
    ["SCS-"] * 8 + ["scs-", ""],
    ["2", "16", "02", "0", ""],
    ["C", "T", "V", "L", "v", "Vi", "iV", "D"],
    ["-", "-", "-", ":", "_"],
    ["4", "0.5", "10.5", "4.", ".5", "4.50", "4.25", "04", "0", ""],
    ["", "", "u", "o", "uo", "ou"],
    ["", "", "-", "-10", "-n", "-3x10s", "-3xs", "-x10", "-010", "-0", ":5", "-1.5"],
    ["", "", "_kvm", "_chy", "_bms", "-xen"],
    ["", "", "_hwv", "_hwv_kvm"],
    ["", "", "_i", "_i3h", "_z06", "_a5", "_r1", "_ic", "_i0", "_i3hhhh"],
    ["", "", "_GNa", "_gI0.95-32h", "_GA3.1-96-48hh", "_GNah", "_GX", "_GN-064", "_GA5"],
    ["", "", "_ib", "_ib_ib", "_"],
    ["", "", "", "\n", "😀"],
)


@st.composite
def near_names(draw: st.DrawFn) -> str:
    """Names put together from right and wrong pieces, in either spelling, some with a character changed."""
    name = "".join(draw(st.sampled_from(choices)) for choices in PIECES)
    if draw(st.booleans()):
        name = to_v1(name)
    if draw(st.booleans()):
        at = draw(st.integers(0, len(name)))
        name = name[:at] + draw(st.sampled_from(["", "i", "x", "-", ":", "0", "h", "."])) + name[at + 1 :]
    return name


@given(st.data(), versions)
@UNHURRIED
def test_reading_gives_back_what_was_written(data: st.DataObject, version: Version) -> None:
    flavor = data.draw(flavors(version))
    assert problems(flavor, version) == ()
    name = render(flavor, version)
    assert parse(name, version) == flavor
    assert render(parse(name, version), version) == name


@given(st.data())
@UNHURRIED
def test_v1_and_v2_spellings_are_a_bijection(data: st.DataObject) -> None:
    flavor = data.draw(flavors("v1"))
    v1, v2 = render(flavor, "v1"), render(flavor, "v2")
    assert (to_v2(v1), to_v1(v2)) == (v2, v1)
    assert parse(v1, "v1") == parse(v2, "v2") == flavor
    assert detect(v1) == ("v1",)


@given(st.data())
@UNHURRIED
def test_short_name_says_less_and_is_its_own_short_name(data: st.DataObject) -> None:
    flavor = data.draw(flavors("v3"))
    assert short(short(flavor)) == short(flavor)
    assert parse(render(short(flavor))) == short(flavor)
    specs = extra_specs(flavor)
    names = [value for key, value in specs.items() if key.startswith("scs:name-v")]
    assert len(names) == len(set(names)) == (2 if short(flavor) == flavor else 4)
    assert names == sorted(names, key=lambda name: (-len(name), ":" not in name))
    assert sum(key.startswith("scs:disk") for key in specs) == (flavor.disk.count if flavor.disk else 0)


@given(near_names() | st.text(), versions)
@settings(UNHURRIED, max_examples=500)
def test_any_text_is_read_or_refused_with_a_position_inside_it(name: str, version: Version) -> None:
    if version in detect(name):
        flavor = parse(name, version)
        assert parse(render(flavor, version), version) == _without_generation_zero(flavor)
        return
    with pytest.raises(FlavorNameError) as caught:
        parse(name, version)
    error = caught.value
    assert 0 <= error.position <= len(name)
    assert error.reason
    assert error.reason.isprintable()
    assert error.suggestion is None or version in detect(error.suggestion)


@given(near_names(), versions)
@settings(UNHURRIED, max_examples=500)
def test_the_walk_that_explains_errors_agrees_with_the_grammar(name: str, version: Version) -> None:
    cursor = Cursor(name, version)
    meant = None
    with suppress(HopelessError):
        meant = walk(cursor)
    if version in detect(name):
        assert cursor.defects == []
        assert meant == parse(name, version)
    else:
        assert cursor.defects


@given(near_names() | st.text())
@settings(UNHURRIED, max_examples=300)
def test_check_and_the_official_reading_never_raise(name: str) -> None:
    report = check(name)
    assert (report.error is None) == (report.parsed is not None) == (report.version is not None)
    official = official_reading(name)
    if official is not None and report.parsed is not None:
        assert (official.cpus, official.ram_gib) == (report.parsed.cpus, report.parsed.ram_gib)
        assert official.has_disk == (report.parsed.disk is not None)
        assert official.disk_gb == (report.parsed.disk.size_gb if report.parsed.disk else None)


def _without_generation_zero(flavor: FlavorName) -> FlavorName:
    if flavor.cpu is None or flavor.cpu.generation != 0:
        return flavor
    return msgspec.structs.replace(flavor, cpu=Cpu(flavor.cpu.vendor, None, flavor.cpu.frequency))


odd_text = st.sampled_from(["", "x", "C", "V", "n", "h", "hh", "i", "z", "N", "G", "a", "3.1", "kvm", "chy", "ib"])
odd_number = st.integers(-1, 12) | st.just(10**10)


@given(
    st.builds(
        FlavorName,
        cpus=odd_number,
        cpu_type=odd_text,
        ram_gib=st.sampled_from([0.5, 4.0, 0.0, -1.0, 4.25, float("nan"), float("inf"), 1e10]),
        disk=st.none() | st.builds(Disk, odd_number, st.none() | odd_number, st.none() | odd_text),
        hypervisor=st.none() | odd_text,
        cpu=st.none() | st.builds(Cpu, odd_text, st.none() | odd_number, st.none() | odd_text),
    ),
    versions,
)
@UNHURRIED
def test_a_flavor_without_problems_has_a_name(flavor: FlavorName, version: Version) -> None:
    if problems(flavor, version):
        return
    assert parse(render(flavor, version), version) == _without_generation_zero(flavor)
