# SPDX-License-Identifier: Apache-2.0
"""A flavor must have what its name claims."""

import pytest

from sovran.naming.flavor_name import parse
from sovran.naming.promise import overpromises


@pytest.mark.parametrize(
    ("name", "figures", "words"),
    [
        ("SCS-4V-16-50", (4, 16384, 50), []),
        ("SCS-4V-16-50", (8, 20000, 100), []),
        ("SCS-4V-16-50", (None, None, None), []),
        ("SCS-4V-16-50", (3, 16383, 49), ["3 vCPUs, the name claims 4", "16383 MiB RAM", "49 GB disk"]),
        ("SCS-4V-3.5", (4, 3584, 0), []),
        ("SCS-4V-3.5-", (4, 3583, 0), ["3583 MiB RAM, the name claims 3584"]),
    ],
)
def test_overpromises(name: str, figures: tuple[int | None, int | None, int | None], words: list[str]) -> None:
    found = overpromises(parse(name), *figures)
    assert len(found) == len(words)
    assert all(word in clause for word, clause in zip(words, found, strict=True))
