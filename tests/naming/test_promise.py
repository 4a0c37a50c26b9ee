# SPDX-License-Identifier: Apache-2.0
"""A flavor must have what its name claims."""

import pytest

from sovran.naming.flavor_name import parse
from sovran.naming.promise import shortfalls


@pytest.mark.parametrize(
    ("name", "figures", "missing"),
    [
        ("SCS-4V-16-50", (4, 16384, 50), []),
        ("SCS-4V-16-50", (8, 20000, 100), []),
        ("SCS-4V-16-50", (None, None, None), []),
        (
            "SCS-4V-16-50",
            (3, 16383, 49),
            [("vcpus", "4", "3"), ("ram", "16384 MiB", "16383 MiB"), ("disk", "50 GB", "49 GB")],
        ),
        ("SCS-4V-3.5", (4, 3584, 0), []),
        ("SCS-4V-3.5-", (4, 3583, 0), [("ram", "3584 MiB", "3583 MiB")]),
    ],
)
def test_shortfalls(
    name: str, figures: tuple[int | None, int | None, int | None], missing: list[tuple[str, str, str]]
) -> None:
    assert shortfalls(parse(name), *figures) == missing
