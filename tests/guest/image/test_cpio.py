# SPDX-License-Identifier: Apache-2.0
"""Archives for the kernel: what is in them, and that nothing of this machine is."""

from sovran.guest.image.cpio import File, Link, archive


def members(packed: bytes) -> dict[str, tuple[int, int, int, int, int, bytes]]:
    """Mode, user, group, time, links and content by name, read as the format newc says."""
    found: dict[str, tuple[int, int, int, int, int, bytes]] = {}
    at = 0
    while True:
        assert packed[at : at + 6] == b"070701"
        fields = [int(packed[at + 6 + 8 * number : at + 14 + 8 * number], 16) for number in range(13)]
        start = at + 110
        name = packed[start : start + fields[11] - 1].decode()
        start += fields[11] + -(start + fields[11]) % 4
        if name == "TRAILER!!!":
            return found
        content = packed[start : start + fields[6]]
        found[name] = (fields[1], fields[2], fields[3], fields[5], fields[4], content)
        at = start + fields[6] + -(fields[6]) % 4


def test_files_links_and_the_folders_above_them() -> None:
    entries: dict[str, File | Link] = {
        "bin/tool": File(b"odd", executable=True),
        "etc/a/b": File(b""),
        "sbin": Link("bin"),
    }
    found = members(archive(entries, 1_767_225_600))
    assert {name: (oct(row[0]), row[5]) for name, row in found.items()} == {
        "bin": ("0o40755", b""),
        "dev": ("0o40755", b""),
        "etc": ("0o40755", b""),
        "etc/a": ("0o40755", b""),
        "dev/console": ("0o20600", b""),
        "bin/tool": ("0o100755", b"odd"),
        "etc/a/b": ("0o100644", b""),
        "sbin": ("0o120777", b"bin"),
    }
    assert {row[1:4] for row in found.values()} == {(0, 0, 1_767_225_600)}
    names = list(found)
    assert all(names.index(name.rpartition("/")[0]) < names.index(name) for name in names if "/" in name)


def test_the_order_in_which_files_are_given_changes_nothing() -> None:
    one, two = ("a/x", File(b"1")), ("b", Link("a"))
    assert archive(dict([one, two]), 7) == archive(dict([two, one]), 7)
