# SPDX-License-Identifier: Apache-2.0
"""Tells why a name is not a flavor name: the first wrong character, the reason, and the spelling that was meant.

It walks a wrong name as a reader would, notes slips whose meaning is clear (leading zeros, swapped flags, the wrong
delimiter) and goes on, and stops at the first thing it cannot make sense of. Extensions: `diagnose_extensions`.
"""

import re
from contextlib import suppress

from sovran.naming.cursor import Cursor, HopelessError
from sovran.naming.diagnose_extensions import read_extensions
from sovran.naming.limits import MAX_COUNT_DIGITS, MAX_DIGITS
from sovran.naming.records import Disk, FlavorName, FlavorNameError
from sovran.naming.render import PREFIX, render
from sovran.naming.tables import CPU_TYPES, DISK_TYPES, Version

_FLAGS = re.compile("[uo]*")


def diagnose(name: str, version: Version) -> FlavorNameError:
    """Return the error of `name`, which is not valid in naming `version`; linear in its length."""
    cursor = Cursor(name, version)
    suggestion = None
    with suppress(HopelessError):
        suggestion = render(walk(cursor), version)
    position, reason = cursor.defects[0]
    return FlavorNameError(position, reason, suggestion)


def walk(cursor: Cursor) -> FlavorName:
    """Walk over a whole name and return what it means or was meant to; the slips stand in the cursor's `defects`.

    A valid name has none and is read as `parse` reads it.

    Raises:
        HopelessError: no meaning can be made out; the last defect says why.
    """
    for letter in PREFIX:
        if cursor.here() != letter:
            cursor.expected(f"the prefix {PREFIX}")
        cursor.at += 1
    cpus = cursor.number("the number of vCPUs")
    cpu_type, insecure = _cpu_type(cursor)
    _delimiter(cursor)
    ram = _ram(cursor)
    flags = _ram_flags(cursor)
    disk = _disk(cursor)
    found = read_extensions(cursor)
    return FlavorName(
        cpus,
        cpu_type,
        ram,
        insecure,
        "u" in flags,
        "o" in flags,
        disk,
        found.hypervisor,
        found.nested_virt,
        found.cpu,
        found.gpu,
        found.infiniband,
    )


def _cpu_type(cursor: Cursor) -> tuple[str, bool]:
    """The letter and whether the flag i stands with it."""
    early = cursor.here() == "i" and cursor.here(2)[1:] in CPU_TYPES
    if early:
        cursor.note(cursor.at, "the flag i stands behind the CPU type, not before it")
        cursor.at += 1
    letter = cursor.here()
    if letter and letter in "ctvl":
        cursor.note(cursor.at, f"the CPU type is a capital letter, found '{letter}'")
    elif letter not in CPU_TYPES:
        cursor.expected("CPU type C, T, V or L")
    cursor.at += 1
    late = cursor.here() == "i"
    if early and late:
        cursor.stop("the flag i stands twice")
    cursor.at += late
    return letter.upper(), early or late


def _delimiter(cursor: Cursor) -> None:
    """Between CPU and RAM; the delimiter of the other version means that the whole name is spelled that way."""
    if cursor.here() == cursor.part:
        cursor.at += 1
        return
    other = "-" if cursor.part == ":" else ":"
    if cursor.here() != other:
        flag = "" if cursor.name[cursor.at - 1] == "i" else " or the flag i"
        cursor.expected(f"'{cursor.part}' before the RAM{flag}")
    spelled = "naming v1" if other == ":" else "naming v2 and v3"
    cursor.note(cursor.at, f"expected '{cursor.part}' before the RAM, found '{other}', the delimiter of {spelled}")
    cursor.part, cursor.extension = (":", "-") if other == ":" else ("-", "_")
    cursor.at += 1


def _ram(cursor: Cursor) -> float:
    """GiB; `4.`, `4.0`, `.5` and leading zeros are slips."""
    start = cursor.at
    whole = cursor.digits()
    point = cursor.at
    decimals = ""
    if cursor.here() == ".":
        cursor.at += 1
        decimals = cursor.digits()
    if not whole and not decimals:
        cursor.at = start
        cursor.expected("the RAM in GiB")
    gib, half = whole.lstrip("0"), decimals.rstrip("0")
    if not gib and not half:
        cursor.stop("the RAM must be more than 0 GiB", start)
    if len(gib) > MAX_DIGITS:
        cursor.stop(f"the RAM has more than {MAX_DIGITS} digits", point - len(gib) + MAX_DIGITS)
    if whole != (gib or "0"):
        cursor.note(start, "the RAM has a leading zero" if whole else "the RAM has no digit before its decimal point")
    if half not in ("", "5"):
        cursor.stop("the RAM must be a multiple of 0.5 GiB", point + 1)
    if cursor.at > point and not half:
        cursor.note(point, "whole GiB of RAM are written without decimals")
    elif decimals != half:
        cursor.note(point + 2, "half GiB of RAM are written with the one decimal 5")
    return int(gib or "0") + len(half) / 2


def _ram_flags(cursor: Cursor) -> str:
    start = cursor.at
    flags = cursor.take(_FLAGS)
    if flags == "ou":
        cursor.note(start, "the flag u stands before the flag o")
    elif flags not in ("", "u", "o", "uo"):
        cursor.stop("the flags u and o stand once each at most, u first", start + (2 if flags[:2] == "uo" else 1))
    return flags


def _disk(cursor: Cursor) -> Disk | None:
    misplaced = cursor.here() == ("-" if cursor.part == ":" else ":") and cursor.digit_behind(1)
    if cursor.here() in ("", cursor.extension) and not misplaced:
        return None
    if misplaced:
        cursor.note(cursor.at, f"expected '{cursor.part}' before the disk, found '{cursor.here()}'")
    elif cursor.here() != cursor.part:
        cursor.expected(f"'{cursor.part}' and a disk, '{cursor.extension}' and an extension, or the end of the name")
    cursor.at += 1
    count = _disk_count(cursor)
    size = cursor.number("the disk size in GB") if cursor.digit_behind(0) else None
    if count and not size and cursor.version == "v3":
        cursor.expected("a disk size in GB behind the disk count")
    if cursor.here() == ".":
        cursor.stop("disk sizes are whole GB")
    kind: str | None = cursor.here()
    if kind in DISK_TYPES:
        cursor.at += 1
    elif kind in ("", cursor.extension):
        kind = None
    else:
        size_or_type = "disk type n, h, s or p" if size or count else "a disk size in GB, disk type n, h, s or p"
        cursor.expected(f"{size_or_type}, '{cursor.extension}' and an extension, or the end of the name")
    return Disk(count or 1, size, kind)


def _disk_count(cursor: Cursor) -> int | None:
    """The count before an x; None, with the cursor before the size, when there is none."""
    start = cursor.at
    digits = cursor.digits()
    if cursor.here() != "x":
        cursor.at = start
        return None
    if not digits:
        cursor.note(start, "the disk count before x is missing")
        cursor.at += 1
        return None
    cursor.at = start
    count = cursor.number("the disk count", MAX_COUNT_DIGITS)
    cursor.at += 1
    return count
