# SPDX-License-Identifier: Apache-2.0
"""Lists of flavors as users hand them over."""

import json

import pytest

from sovran.model.errors import UsageError
from sovran.naming.flavor_list import MAX_BYTES, ListedFlavor, read_flavor_list

OPENSTACK = [
    {"ID": "1", "Name": "SCS-4V-16", "RAM": 16384, "Disk": 0, "Ephemeral": 0, "VCPUs": 4, "Is Public": True},
    {"name": "x", "ram": "512", "disk": None},
]
EXPECTED = [ListedFlavor("SCS-4V-16", 4, 16384, 0), ListedFlavor("x", None, 512, None)]


@pytest.mark.parametrize(
    ("data", "source", "flavors"),
    [
        (b"SCS-2V-4\r\n\n  m1 small \n", "stdin", [ListedFlavor("SCS-2V-4"), ListedFlavor("m1 small")]),
        (b"\xef\xbb\xbfSCS-2V-4", "stdin", [ListedFlavor("SCS-2V-4")]),
        (b"", "stdin", []),
        (json.dumps(OPENSTACK).encode(), "stdin", EXPECTED),
        (json.dumps({"flavors": OPENSTACK}).encode(), "stdin", EXPECTED),
        (json.dumps(OPENSTACK[0]).encode(), "stdin", EXPECTED[:1]),
        (b'["a", "b "]', "names.json", [ListedFlavor("a"), ListedFlavor("b ")]),
        (b"- SCS-2V:4\n- {Name: y, VCPUs: 2}\n", "stdin", [ListedFlavor("SCS-2V:4"), ListedFlavor("y", 2)]),
        (b"# a comment\n- a\n", "names.yaml", [ListedFlavor("a")]),
        (b"---\nflavors: [a]\n", "stdin", [ListedFlavor("a")]),
    ],
)
def test_forms(data: bytes, source: str, flavors: list[ListedFlavor]) -> None:
    assert read_flavor_list(data, source) == flavors


@pytest.mark.parametrize(
    ("data", "source", "words"),
    [
        (b"\xff\xfea", "x", "x is not UTF-8 text (byte 0)"),
        (b"[1, 2", "x", "x is broken JSON (line 1, column 6"),
        (b"[" * 100_000, "x", "nested too deep"),
        (b"[" + b"9" * 5000 + b"]", "x", "huge number"),
        (b"- a\n- [b\n", "x", "x is broken YAML (line 3"),
        (b"- \x01", "x", "cannot be read as YAML"),
        (b"[" * 20_000, "x.yaml", "x.yaml"),
        (b"- 2026-99-99", "x", "cannot be read as YAML"),
        (b"- 12", "x", "entry 1 of x is neither a name nor a record with a Name"),
        (b"[{}]", "x", "entry 1 of x is neither"),
        (b"3", "x.json", "holds no list of flavors"),
        (
            b'[{"name": "a", "ram": "1.5\\u001b"}]',
            "x",
            "entry 1 of x has '1.5\\x1b' as ram, which must be a whole number",
        ),
        (b'[{"name": "a", "vcpus": true}]', "x", "entry 1 of x has a bool as vcpus"),
        (b'[{"name": "a", "disk": -1}]', "x", "entry 1 of x has a int as disk"),
        (b"+----+\n| ID |", "x", "openstack flavor list -f json"),
        (b" " * (MAX_BYTES + 1), "x\x1b", "x\\x1b is larger than 64 MiB"),
    ],
    ids=range(16),
)
def test_unreadable_input_is_one_sentence(data: bytes, source: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_flavor_list(data, source)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 250
