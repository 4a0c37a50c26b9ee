# SPDX-License-Identifier: Apache-2.0
"""Flavor names beside the reference suite: rate of parse + render, and equality of the official reading.

    python bench/names.py --reference DIR [--names N] [--seed S] [--vectors FILE]

DIR is a checkout of SovereignCloudStack/standards. Exit 1: a name is read differently or the rate is below three times
the reference's.
"""

import argparse
import importlib.util
import logging
import random
import sys
import timeit
from collections.abc import Callable, Iterator
from itertools import chain, count
from pathlib import Path
from typing import Any

import yaml

from sovran.naming.flavor_name import parse, render
from sovran.naming.official import official_reading

VECTORS = Path(__file__).parent.parent / "tests" / "naming" / "vectors.yaml"
WANTED_RATIO = 3.0

# pieces, correct and not, out of which near names are put together; `-` and `_` become `:` and `-` in half of them
PIECES = (
    ("SCS-",) * 30 + ("", "scs-", "SCS", "SCS_", "SCS-SCS-"),
    ("1", "2", "16", "02", "", "0", "00", "4" * 5000, "4" * 4300, "0" * 4300 + "1", "-1", "1.5", "٣"),
    ("C", "T", "V", "L") * 4 + ("", "v", "D", "i", "Vl"),
    ("",) * 4 + ("i", "i", "ii"),
    ("-",) * 12 + ("_", ":", "--", ""),
    ("4", "16", "0.5", "3.5", "10.5") * 3 + ("4.", ".5", "4.0", "4.50", "04", "0", "4.25", "", ".", "1.2.3", "4..")
    + ("9" * 400, "9" * 308, "1" + "0" * 308, "0.5" + "0" * 500)
    + ("4.000000000000000000001", "0.49999999999999999999", "1e5"),
    ("",) * 8 + ("u", "o", "uo", "ou", "uu"),
    ("", "-", "-10", "-10n", "-3x10s", "-s") * 3 + ("-3x", "-3xs", "-x10", "-x", "-xp", "-0x5", "-5x0", "-010", "-1.5n")
    + ("-00", "-10l", "_10", "-10nn", "-2x2x2", "-10x", "-" + "7" * 4301, "-" + "7" * 4301 + "x1"),
    ("",) * 8 + ("_kvm", "_chy", "_xen", "_vmw", "_hyv", "_bms", "_KVM", "_kvm_xen", "-bms", "_kv"),
    ("",) * 8 + ("_hwv", "_hwv", "_hw", "_hwv_xen", "_hwvv"),
    ("",) * 6 + ("_i", "_i3", "_z3hh", "_a1", "_r", "_r0", "_r1", "_ih", "_i3hhh", "_i3hhhh", "_i7", "_z06")
    + ("_a6", "_i0", "_i3\n", "_ic", "_3", "_q1", "_i" + "0" * 4300, "_i" + "0" * 4301, "_i3h3"),
    ("",) * 6 + ("_GN", "_GNa", "_gI0.95-32", "_GA3.1-96-48", "_GNa-72h-24hh", "_GNh", "_GNah-24", "_GNh-1h-2h")
    + ("_GNa-0", "_GNa--24", "_GNa-", "_GN-64", "_GA5", "_GX", "_GNahhh", "_GNa-72hhh", "_G", "_GNa-07-08", "_gNa_")
    + ("_GNa-1-2-3", "_GNx-1", "_GN\n-1", "_GNa-" + "3" * 4301, "_GA1.10-4"),
    ("",) * 6 + ("_ib", "_ib", "_ib_", "_IB", "_ib_ib", "ib"),
    ("",) * 20 + ("\n", " ", "_", "-", "x", "\u202e", "😀", "\ud800"),
)  # fmt: skip
ALPHABET = "SCS-0123456789CTVLiuoxnhsp-_:.kvmchyxenbmswizarGgNAIfkptlb \n\x1b😀"


def near_names(seed: int) -> Iterator[str]:
    """Yield names without end, some of them again: put together, mutated, and random ones."""
    draw = random.Random(seed)  # reproducible test input, nothing secret
    spell_v1 = str.maketrans("-_", ":-")
    for number in count():
        pieces = [draw.choice(choices) for choices in PIECES]
        if draw.random() < 0.9:  # few oddities at once, otherwise nearly all names are refused early
            odd = set(draw.sample(range(len(PIECES)), draw.randint(0, 4)))
            pieces = [piece if i in odd else draw.choice(PIECES[i][:4]) for i, piece in enumerate(pieces)]
            pieces[1] = pieces[1] if 1 in odd else str(draw.randint(1, 999))
            pieces[5] = pieces[5] if 5 in odd else f"{draw.randint(1, 400) / 2:g}"
        if draw.random() < 0.4:
            pieces[1:] = [piece.translate(spell_v1) for piece in pieces[1:]]
        name = "".join(pieces)
        if number % 3 == 1:
            name = mutated(name, draw)
        elif number % 20 == 2:
            name = "SCS-" + "".join(draw.choices(ALPHABET, k=draw.randint(0, 24)))
        yield name


def mutated(name: str, draw: random.Random) -> str:
    """Delete, insert, replace, swap or double one or two characters."""
    for _ in range(draw.randint(1, 2)):
        at = draw.randint(4, max(4, len(name)))
        change = draw.choice(("", draw.choice(ALPHABET), name[at : at + 2][::-1], name[at : at + 3] * 2))
        name = name[:at] + change + name[at + draw.randint(0, 2) :]
    return name


def load_reference(checkout: Path) -> Any:
    """Import the suite's module of flavor names from a checkout."""
    path = checkout / "Tests" / "iaas" / "scs_0100_flavor_naming" / "flavor_names.py"
    spec = importlib.util.spec_from_file_location("reference_flavor_names", path)
    if not path.is_file() or spec is None or spec.loader is None:
        sys.exit(f"bench/names.py: {path} is missing; give a checkout of SovereignCloudStack/standards")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    logging.getLogger("reference_flavor_names").disabled = True
    return module


Figures = tuple[str, int, float, bool, int | None] | None


def reference_figures(module: Any) -> Callable[[str], Figures]:
    """Return a function that reads a name with the suite's own strategy: v3, else v2 or v1 tolerated."""

    def figures(name: str) -> Figures:
        for version, parser in (("v3", module.parser_v3), ("v3", module.parser_v2), ("v1", module.parser_v1)):
            try:
                found = parser(name)
            except Exception:  # the suite's strategy swallows everything in the same way
                continue
            if found is None:
                return None
            disk = found.disk
            return version, found.cpuram.cpus, found.cpuram.ram, disk is not None, disk.disksize if disk else None
        return None

    return figures


def our_figures(name: str) -> Figures:
    """The same from sovran's official reading."""
    found = official_reading(name)
    return (found.version, found.cpus, found.ram_gib, found.has_disk, found.disk_gb) if found else None


def differences(module: Any, names: Iterator[str], wanted: int) -> int:
    """Compare `wanted` distinct names, print the first ten that differ and a summary; return how many differ."""
    theirs = reference_figures(module)
    different = accepted = 0
    seen: set[str] = set()
    for name in names:
        if name in seen:
            continue
        if len(seen) == wanted:
            break
        seen.add(name)
        expected, found = theirs(name), our_figures(name)
        accepted += expected is not None
        if expected != found:
            different += 1
            if different <= 10:
                print(f"differs: {ascii(name)[:200]}: reference {str(expected)[:80]}, sovran {str(found)[:80]}")
    print(f"official reading: {len(seen)} distinct names, {accepted} accepted by the reference, {different} differ")
    return different


def rates(module: Any, names: list[tuple[str, str]]) -> float:
    """Print microseconds per parse + render of both sides, measured in turns; return the ratio."""

    def theirs() -> None:
        for name, version in names:
            module.outputter(module.parser_v1(name) if version == "v1" else module.parser_v3(name))

    def ours() -> None:
        for name, version in names:
            render(parse(name, "v1" if version == "v1" else "v3"))

    turns = [(timeit.timeit(theirs, number=50), timeit.timeit(ours, number=50)) for _ in range(9)]
    scale = 1e6 / (50 * len(names))
    reference, sovran = min(turn[0] for turn in turns) * scale, min(turn[1] for turn in turns) * scale
    print(f"parse + render of {len(names)} names, no cache: reference {reference:.2f} us, sovran {sovran:.2f} us each")
    print(f"ratio {reference / sovran:.1f} (wanted {WANTED_RATIO:g})")
    return reference / sovran


def main() -> int:
    """Run both measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, required=True, metavar="DIR")
    parser.add_argument("--names", type=int, default=250_000, help="how many distinct names to compare")
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--vectors", type=Path, default=VECTORS)
    options = parser.parse_args()
    module = load_reference(options.reference)
    vectors = yaml.safe_load(options.vectors.read_text(encoding="utf-8"))
    listed = [row["name"] for row in vectors["examples"]] + [row["name"] for row in vectors["official"]]
    common = [
        (row["name"], row["version"])
        for row in vectors["examples"]
        if row["valid"] and official_reading(row["name"]) is not None
    ]
    ratio = rates(module, common)
    different = differences(module, chain(listed, near_names(options.seed)), options.names)
    return 1 if different or ratio < WANTED_RATIO else 0


if __name__ == "__main__":
    sys.exit(main())
